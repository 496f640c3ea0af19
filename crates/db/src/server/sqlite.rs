//! SQLite.

use crate::{
    address::{File, FileMode},
    dialect::Dialect,
    speak::{BoxFuture, Driver, Speak},
};
use sqlx::{
    ConnectOptions, Connection, Sqlite, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode},
};
use std::{str::FromStr, sync::Arc, time::Duration};

/// How long a connection waits for another one's lock before it reports it. Waiting there is not fair: with twenty writers at
/// once, some wait more than 2 s.
const BUSY: Duration = Duration::from_secs(5);

/// The same for a mere look.
const BUSY_LOOK: Duration = Duration::from_millis(500);

/// Options for a file that is there.
pub(crate) fn options(file: &File) -> SqliteConnectOptions {
    let options = SqliteConnectOptions::new()
        .filename(&file.path)
        .read_only(file.mode == FileMode::ReadOnly)
        .busy_timeout(BUSY)
        .disable_statement_logging();
    // A write-ahead log lets readers and the writer work at the same time; a read-only connection cannot switch to it.
    if file.mode == FileMode::ReadOnly { options } else { options.journal_mode(SqliteJournalMode::Wal) }
}

/// Options to look at a file that is there, which change nothing about it.
pub(crate) fn looking(file: &File) -> SqliteConnectOptions {
    SqliteConnectOptions::new().filename(&file.path).busy_timeout(BUSY_LOOK).disable_statement_logging()
}

/// Options for a database in memory: each call gives a new one, clones lead to the same.
pub(crate) fn in_memory() -> Driver<SqliteConnectOptions> {
    Ok(SqliteConnectOptions::from_str("sqlite::memory:")?.busy_timeout(BUSY).disable_statement_logging())
}

impl Dialect for Sqlite {
    const REUSABLE_WHEN_DROPPED: bool = true;

    fn leave_transaction(conn: &mut SqliteConnection, sql: Arc<str>) -> BoxFuture<'_, Driver<bool>> {
        Box::pin(async move {
            if conn.is_in_transaction() {
                return Ok(false);
            }
            match conn.run(sql.to_string()).await {
                Err(sqlx::Error::Database(error)) if error.message().contains("no transaction is active") => Ok(true),
                other => other.map(|_| true),
            }
        })
    }

    /// SQLite refuses a COMMIT outside of a transaction, so there is nothing to ask.
    fn still_whole(_: &mut SqliteConnection) -> BoxFuture<'_, Driver<()>> {
        Box::pin(async { Ok(()) })
    }
}
