//! Transactions that leave nothing behind, on PostgreSQL, MariaDB/MySQL and SQLite.
//!
//! Read [`Database`] first: [`Database::transaction`] commits or leaves nothing. [`ping`] asks whether a database is up, and
//! [`DatabaseFix`] is the startup fix `database`: it opens the guarded pool and proves it by aborting five ways.

mod address;
mod classify;
mod database;
mod diagnose;
mod dialect;
mod error;
mod file;
mod fix;
mod open;
mod options;
mod ping;
mod pool;
mod proof;
#[cfg(test)]
mod sabotage;
mod server;
mod session;
mod speak;
mod terms;
mod transaction;
mod trouble;
mod tx;
mod unwind;

pub use address::Kind;
pub use database::Database;
pub use diagnose::CODES;
pub use error::{DbError, Place, TxError};
pub use fix::{DatabaseFix, DatabaseSpec};
pub use options::DatabaseOptions;
pub use ping::ping;
pub use speak::BoxFuture;
pub use sqlx;
pub use tx::Tx;
