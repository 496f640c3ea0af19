//! Port conflicts: both IP families, owner named, held listeners.
