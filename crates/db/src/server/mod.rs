//! The three kinds of database, one file each: how to connect, and how transactions begin and end there.

pub(crate) mod mysql;
pub(crate) mod postgres;
pub(crate) mod sqlite;
