//! Sockets that bootproof itself was given.
