//! The guarded pool: a connection that comes back inside a transaction is rolled back or closed, never lent again.

use crate::{address::Place, dialect::Dialect, options::DatabaseOptions, speak::Driver};
use sqlx::{Connection, Pool, pool::PoolOptions};
use std::{io, sync::Arc, time::Duration};

/// How long a connection that comes back may take to leave its transaction. Then it is closed: the server, which has its own
/// limit, may still be at work on a query that nobody waits for.
const GUARD_LIMIT: Duration = Duration::from_secs(1);

/// A guarded pool that opens its connections when they are needed.
pub(crate) fn guarded<DB: Dialect>(
    options: &DatabaseOptions,
    place: &Place,
    guard: &str,
    connect: <DB::Connection as Connection>::Options,
) -> Pool<DB> {
    let guard: Arc<str> = guard.into();
    let mut pool = PoolOptions::<DB>::new().max_connections(options.pool.max(1)).acquire_timeout(options.acquire);
    if matches!(place, Place::Memory) {
        // One connection that lives as long as the pool: the database is gone with its last one.
        pool = pool.max_connections(1).idle_timeout(None).max_lifetime(None);
    }
    #[cfg(test)]
    if options.sabotage == crate::sabotage::Sabotage::LeavesOpen {
        return pool.connect_lazy_with(connect);
    }
    pool.after_release(move |conn, _| Box::pin(come_back::<DB>(conn, Arc::clone(&guard)))).connect_lazy_with(connect)
}

/// Whether the connection may be lent again; an error closes it at once.
async fn come_back<DB: Dialect>(conn: &mut DB::Connection, guard: Arc<str>) -> Driver<bool> {
    match tokio::time::timeout(GUARD_LIMIT, DB::leave_transaction(conn, guard)).await {
        Ok(left) => left,
        Err(_) => Err(sqlx::Error::Io(io::ErrorKind::TimedOut.into())),
    }
}
