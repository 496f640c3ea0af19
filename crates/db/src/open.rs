//! One open transaction and the connection it owns. Whoever drops it leaves no transaction behind.
//!
//! Begin, commit and rollback each run in a task of their own, so that a caller who goes away cannot cut them in half:
//! cancelling the driver's `begin` leaves an open transaction on a pooled connection (transact-rs/sqlx#4385).

use crate::{dialect::Dialect, options::DatabaseOptions, speak::Driver};
use sqlx::{AssertSqlSafe, SqlSafeStr, pool::PoolConnection};
use sqlx_core::transaction::TransactionManager;
use std::{future::Future, io, time::Duration};
use tokio::{runtime::Handle, time::timeout};

/// How long a rollback may take before the connection is closed instead.
const ROLLBACK: Duration = Duration::from_secs(1);

type Manager<DB> = <DB as sqlx::Database>::TransactionManager;

/// An open transaction on a pooled connection.
pub(crate) struct Open<DB: Dialect> {
    conn: Option<PoolConnection<DB>>,
    runtime: Handle,
    #[cfg(test)]
    sabotage: crate::sabotage::Sabotage,
}

/// Runs `work` to its end even when the caller goes away.
async fn shielded<T: Send + 'static>(work: impl Future<Output = Driver<T>> + Send + 'static) -> Driver<T> {
    match tokio::spawn(work).await {
        Ok(done) => done,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        // The runtime is shutting down.
        Err(_) => Err(sqlx::Error::WorkerCrashed),
    }
}

/// The error of a server that did not answer in time.
fn too_late() -> sqlx::Error {
    sqlx::Error::Io(io::ErrorKind::TimedOut.into())
}

impl<DB: Dialect> Open<DB> {
    /// Begins with `sql`, within `limit`.
    #[cfg_attr(not(test), expect(unused_variables, reason = "tests break it on purpose, by an option"))]
    pub(crate) async fn begin(
        conn: PoolConnection<DB>,
        sql: String,
        limit: Duration,
        options: &DatabaseOptions,
    ) -> Driver<Self> {
        let mut open = Self {
            conn: Some(conn),
            runtime: Handle::current(),
            #[cfg(test)]
            sabotage: options.sabotage,
        };
        let begin = async move {
            let begun = Manager::<DB>::begin(open.conn()?, Some(AssertSqlSafe(sql).into_sql_str()));
            timeout(limit, begun).await.unwrap_or_else(|_| Err(too_late()))?;
            Ok(open)
        };
        #[cfg(test)]
        if options.sabotage == crate::sabotage::Sabotage::LeavesOpen {
            return begin.await;
        }
        shielded(begin).await
    }

    /// The connection.
    pub(crate) fn conn(&mut self) -> Driver<&mut DB::Connection> {
        Ok(self.conn.as_mut().ok_or(sqlx::Error::PoolClosed)?)
    }

    /// Commits, unless the transaction was broken before. The first result is of that question, the second of COMMIT.
    pub(crate) async fn commit(mut self, limit: Duration) -> Driver<Driver<()>> {
        shielded(async move {
            let asked = timeout(limit, DB::still_whole(self.conn()?)).await.unwrap_or_else(|_| Err(too_late()));
            if let Err(error) = asked {
                self.roll_back().await;
                return Err(error);
            }
            #[cfg(test)]
            if self.sabotage == crate::sabotage::Sabotage::StoresNothing {
                self.roll_back().await;
                return Ok(Ok(()));
            }
            let done = timeout(limit, Manager::<DB>::commit(self.conn()?)).await.unwrap_or_else(|_| Err(too_late()));
            match done {
                Ok(()) => drop(self.conn.take()),
                Err(_) => self.close().await,
            }
            Ok(done)
        })
        .await
    }

    /// Rolls back; closes the connection when that cannot be done.
    pub(crate) async fn rollback(mut self) {
        // Its result is in the connection's fate: lent again or closed.
        let _ = shielded(async move {
            self.roll_back().await;
            Ok(())
        })
        .await;
    }

    /// Ends the transaction after its closure was dropped at an await, perhaps in the middle of a query.
    pub(crate) async fn abandon(self) {
        if DB::REUSABLE_WHEN_DROPPED {
            return self.rollback().await;
        }
        self.cut().await;
    }

    /// Closes the connection without a rollback.
    pub(crate) async fn cut(mut self) {
        let _ = shielded(async move {
            self.close().await;
            Ok(())
        })
        .await;
    }

    async fn roll_back(&mut self) {
        #[cfg(test)]
        if self.sabotage == crate::sabotage::Sabotage::Commits {
            if let Ok(conn) = self.conn() {
                let _ = Manager::<DB>::commit(conn).await;
            }
            return drop(self.conn.take());
        }
        let Ok(conn) = self.conn() else { return };
        match timeout(ROLLBACK, Manager::<DB>::rollback(conn)).await {
            Ok(Ok(())) => drop(self.conn.take()),
            _ => self.close().await,
        }
    }

    async fn close(&mut self) {
        if let Some(conn) = self.conn.take() {
            // The server rolls back what it can no longer answer.
            let _ = timeout(ROLLBACK, conn.close()).await;
        }
    }
}

impl<DB: Dialect> Drop for Open<DB> {
    /// The caller went away: the rollback is queued and the pool's guard sees it through, or the connection is closed.
    fn drop(&mut self) {
        let Some(mut conn) = self.conn.take() else { return };
        let _inside = self.runtime.enter();
        #[cfg(test)]
        if self.sabotage == crate::sabotage::Sabotage::LeavesOpen {
            return;
        }
        if DB::REUSABLE_WHEN_DROPPED {
            Manager::<DB>::start_rollback(&mut conn);
        } else {
            conn.close_on_drop();
        }
    }
}
