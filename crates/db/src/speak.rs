//! Plain statements on one connection of any kind, without types: what proofs and probes need, and no more.

use bootproof_core::Secret;
use sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection, PgConnection, Row, SqliteConnection};
use std::{future::Future, pin::Pin};

/// A boxed future that may borrow for `'c`: what a transaction's closure returns.
pub type BoxFuture<'c, T> = Pin<Box<dyn Future<Output = T> + Send + 'c>>;

/// The result of the driver.
pub(crate) type Driver<T> = Result<T, sqlx::Error>;

/// One connection, outside every pool.
pub(crate) type Session = Box<dyn Speak>;

/// One connection of any kind.
pub(crate) trait Speak: Send {
    /// Runs statements; tells how many rows they touched.
    fn run(&mut self, sql: String) -> BoxFuture<'_, Driver<u64>>;
    /// The first columns of the last row, as texts; NULL is empty.
    fn texts(&mut self, sql: String) -> BoxFuture<'_, Driver<Vec<String>>>;
    /// The first two columns of all rows, as texts.
    fn pairs(&mut self, sql: String) -> BoxFuture<'_, Driver<Vec<(String, String)>>>;
    /// The first column of the last row, a 64-bit number.
    fn number(&mut self, sql: String) -> BoxFuture<'_, Driver<i64>>;
    /// Closes the connection and says so to the server.
    fn close(self: Box<Self>) -> BoxFuture<'static, Driver<()>>;
}

macro_rules! speak {
    ($connection:ty) => {
        impl Speak for $connection {
            fn run(&mut self, sql: String) -> BoxFuture<'_, Driver<u64>> {
                Box::pin(async move { Ok(self.execute(AssertSqlSafe(sql)).await?.rows_affected()) })
            }

            fn texts(&mut self, sql: String) -> BoxFuture<'_, Driver<Vec<String>>> {
                Box::pin(async move {
                    let rows = self.fetch_all(AssertSqlSafe(sql)).await?;
                    let row = rows.last().ok_or(sqlx::Error::RowNotFound)?;
                    (0..row.len()).map(|at| Ok(row.try_get::<Option<String>, _>(at)?.unwrap_or_default())).collect()
                })
            }

            fn pairs(&mut self, sql: String) -> BoxFuture<'_, Driver<Vec<(String, String)>>> {
                Box::pin(async move {
                    let rows = self.fetch_all(AssertSqlSafe(sql)).await?;
                    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
                })
            }

            fn number(&mut self, sql: String) -> BoxFuture<'_, Driver<i64>> {
                Box::pin(async move {
                    let rows = self.fetch_all(AssertSqlSafe(sql)).await?;
                    rows.last().ok_or(sqlx::Error::RowNotFound)?.try_get(0)
                })
            }

            fn close(self: Box<Self>) -> BoxFuture<'static, Driver<()>> {
                Box::pin(async move { Connection::close(*self).await })
            }
        }
    };
}

speak!(PgConnection);
speak!(MySqlConnection);
speak!(SqliteConnection);

/// The password as the driver wants it: nothing when there is none.
pub(crate) fn given(secret: &Secret) -> Option<&str> {
    Some(secret.reveal()).filter(|text| !text.is_empty())
}
