//! Start a backend service right, and prove it.
