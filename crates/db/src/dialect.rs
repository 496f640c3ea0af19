//! What the three kinds of database do differently around a transaction.

use crate::speak::{BoxFuture, Driver, Speak};
use std::sync::Arc;

/// A kind of database, as the guarded pool and the transaction closure need it.
pub(crate) trait Dialect: sqlx::Database<Connection: Speak> {
    /// Whether a connection can be used again after a query on it was dropped half way. MariaDB's packets are read in two
    /// steps, and a drop between them would leave the driver out of step with the server.
    const REUSABLE_WHEN_DROPPED: bool;

    /// Takes a connection that comes back out of whatever transaction it may be in; `false` when it must be closed. `sql` is
    /// [`Terms::guard`](crate::terms::Terms::guard).
    fn leave_transaction(conn: &mut Self::Connection, sql: Arc<str>) -> BoxFuture<'_, Driver<bool>>;

    /// Fails when the transaction was broken by an error which the closure kept to itself, so that COMMIT would lie.
    fn still_whole(conn: &mut Self::Connection) -> BoxFuture<'_, Driver<()>>;
}
