//! The transaction closure: commits on `Ok`, and leaves nothing behind whatever else happens.

use crate::{
    classify::{self, During},
    database::Database,
    error::{DbError, TxError},
    speak::BoxFuture,
    trouble::Trouble,
    tx::{Inner, Tx},
    unwind::{Panic, caught},
};
use std::{
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    time::Duration,
};
use tokio::time::{Instant, timeout_at};

/// The least that COMMIT is given, however late it is: once sent, hurry only makes its outcome unknown.
const COMMIT_AT_LEAST: Duration = Duration::from_secs(2);

impl Database {
    /// Runs `work` in a transaction, within the [limit](Database::limit), which the server is told too.
    ///
    /// It is committed when `work` returns `Ok`. When it returns `Err`, panics, takes too long, is cancelled (this future is
    /// dropped at any await), or the connection is lost, nothing of it is kept. A panic goes on to the caller once the
    /// rollback is done.
    ///
    /// ```no_run
    /// # use bootproof_db::{Database, DbError, TxError};
    /// # async fn sign_up(db: &Database, name: &str) -> Result<(), TxError<DbError>> {
    /// db.transaction(|tx| Box::pin(async move {
    ///     tx.execute("INSERT INTO users (id) VALUES (1)").await?;
    ///     tx.execute("INSERT INTO profiles (user_id) VALUES (1)").await?;
    ///     Ok(())
    /// })).await
    /// # }
    /// ```
    ///
    /// # Errors
    /// See [`TxError`]: only [`TxError::InDoubt`] leaves open whether it was committed, and then it was whole or not at all.
    ///
    /// # Panics
    /// With the panic of `work`.
    pub async fn transaction<'env, T, E, F>(&self, work: F) -> Result<T, TxError<E>>
    where
        F: for<'c> FnOnce(&'c mut Tx<'env>) -> BoxFuture<'c, Result<T, E>>,
    {
        let limit = self.limit();
        let deadline = Instant::now() + limit;
        let inner = self.begin(deadline, limit).await?;
        let mut tx = Tx::new(inner, self.address());
        let outcome = timeout_at(deadline, guarded(&mut tx, work)).await;
        let inner = std::mem::replace(&mut tx.inner, Inner::Cut);
        match outcome {
            Ok(Ok(Ok(value))) => self.finish(inner, deadline).await.map(|()| value),
            Ok(Ok(Err(error))) => {
                inner.rollback().await;
                Err(TxError::Closure(error))
            }
            Ok(Err(panic)) => {
                inner.rollback().await;
                resume_unwind(panic)
            }
            Err(_) => {
                inner.abandon().await;
                Err(TxError::TimedOut { limit })
            }
        }
    }

    async fn begin<E>(&self, deadline: Instant, limit: Duration) -> Result<Inner, TxError<E>> {
        match timeout_at(deadline, self.open(limit)).await {
            Ok(begun) => begun.map_err(|error| TxError::NotBegun(DbError::statement(&self.address(), error))),
            Err(_) => Err(TxError::TimedOut { limit }),
        }
    }

    async fn finish<E>(&self, inner: Inner, deadline: Instant) -> Result<(), TxError<E>> {
        let left = deadline.saturating_duration_since(Instant::now()).max(COMMIT_AT_LEAST);
        let statement = |error| DbError::statement(&self.address(), error);
        match inner.commit(left).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) if is_answer(&error) => Err(TxError::NotCommitted(statement(error))),
            Ok(Err(error)) => Err(TxError::InDoubt(statement(error))),
            Err(error) => Err(TxError::NotCommitted(statement(error))),
        }
    }
}

/// Whether the server itself refused, so that nothing was committed.
fn is_answer(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some() && classify::trouble(During::Working, error) != Trouble::Lost
}

/// Runs `work`, and catches its panic so that the rollback comes first.
async fn guarded<'env, T, E, F>(tx: &mut Tx<'env>, work: F) -> Result<Result<T, E>, Panic>
where
    F: for<'c> FnOnce(&'c mut Tx<'env>) -> BoxFuture<'c, Result<T, E>>,
{
    // Nothing that a panic may have left half changed is looked at again: the transaction is rolled back.
    let mut future = catch_unwind(AssertUnwindSafe(|| work(tx)))?;
    caught(future.as_mut()).await
}
