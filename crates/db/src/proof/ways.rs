//! One commit, and the five ways to abort a transaction. Each returns the mark of what was written inside.

use super::{
    kill::{is_dead, kill, own_id},
    way::Way,
    witness::Witness,
};
use crate::{
    address::Kind,
    classify::{self, During},
    database::Database,
    error::{DbError, TxError},
    speak::Speak,
    trouble::Trouble,
    tx::Tx,
    unwind::caught,
};
use bootproof_core::Diagnosis;
use std::{
    future::{Future, pending, poll_fn},
    panic::resume_unwind,
    pin::pin,
    sync::OnceLock,
    task::Poll,
    time::Duration,
};
use tokio::sync::oneshot;

/// The most a transaction of the proof may take, where it is not the time-out that is tried.
const LIMIT: Duration = Duration::from_secs(5);

/// Limits for the time-out that is tried: the first that leaves time to write counts.
const TRIED: [Duration; 4] =
    [Duration::from_millis(5), Duration::from_millis(25), Duration::from_millis(150), Duration::from_millis(1000)];

/// A boxed diagnosis: it is large, and most things go well.
pub(super) type Failed = Box<Diagnosis>;

/// Why the closure of a proof ended.
enum Stop {
    /// As it should.
    Wanted,
    /// Its connection lived on after it was killed.
    StillAlive,
    /// It could not do its part.
    Driver(sqlx::Error),
}

impl From<sqlx::Error> for Stop {
    fn from(error: sqlx::Error) -> Self {
        Self::Driver(error)
    }
}

/// What the panic of a proof carries.
struct Wanted;

/// Tries ways on one database.
#[derive(Clone, Copy)]
pub(super) struct Ways<'a> {
    pub(super) db: &'a Database,
    pub(super) witness: &'a dyn Witness,
}

impl Ways<'_> {
    /// Aborts one transaction; `watch` is another connection.
    pub(super) async fn abort(self, way: Way, watch: &mut dyn Speak) -> Result<String, Failed> {
        match way {
            Way::Error => self.error().await,
            Way::Panic => self.panic().await,
            Way::TimeOut => self.time_out().await,
            Way::Cancel => self.cancel().await,
            Way::Killed => self.kill(watch).await,
        }
    }

    /// Commits one.
    pub(super) async fn commit(self) -> Result<String, Failed> {
        let (db, mark) = (self.db.with_limit(LIMIT), OnceLock::new());
        let done = db.transaction(|tx| Box::pin(self.marked(tx, "commit", &mark))).await;
        done.map_err(|error| self.unexpected(error))?;
        self.marked_by(&mark)
    }

    /// Begins one and goes away at its first await, while BEGIN is on its way.
    pub(super) async fn begin_and_go(self) -> Result<(), Failed> {
        let conn = self.db.acquire().await.map_err(|error| failed(self.db, &error))?;
        let mut begin = pin!(self.db.open_on(conn, LIMIT));
        poll_fn(|cx| {
            // Whatever it says, it is dropped now.
            let _ = begin.as_mut().poll(cx);
            Poll::Ready(())
        })
        .await;
        Ok(())
    }

    async fn error(self) -> Result<String, Failed> {
        let (db, mark) = (self.db.with_limit(LIMIT), OnceLock::new());
        let done = db.transaction(|tx| {
            let mark = &mark;
            Box::pin(async move {
                self.marked(tx, Way::Error.label(), mark).await?;
                Err(Stop::Wanted)
            })
        });
        self.ended(done.await, &mark)
    }

    async fn panic(self) -> Result<String, Failed> {
        let (db, mark) = (self.db.with_limit(LIMIT), OnceLock::new());
        let transaction = db.transaction(|tx| {
            let mark = &mark;
            Box::pin(async move {
                self.marked(tx, Way::Panic.label(), mark).await?;
                unwind()
            })
        });
        match caught(pin!(transaction)).await {
            Err(panic) if panic.is::<Wanted>() => self.marked_by(&mark),
            Err(panic) => resume_unwind(panic),
            Ok(done) => self.ended(done, &mark),
        }
    }

    async fn time_out(self) -> Result<String, Failed> {
        for limit in TRIED {
            let (db, mark) = (self.db.with_limit(limit), OnceLock::new());
            let done = db.transaction(|tx| {
                let mark = &mark;
                Box::pin(async move {
                    self.marked(tx, Way::TimeOut.label(), mark).await?;
                    pending::<Result<(), Stop>>().await
                })
            });
            match done.await {
                Err(TxError::TimedOut { .. }) if mark.get().is_some() => return self.marked_by(&mark),
                // Too short to begin or to write.
                Err(TxError::TimedOut { .. }) => {}
                Err(error) if is_too_short(&error) => {}
                Err(error) => return Err(self.unexpected(error)),
                Ok(()) => return Err(self.impossible("a transaction that never ends was committed")),
            }
        }
        Err(self.too_slow(TRIED[TRIED.len() - 1]))
    }

    async fn cancel(self) -> Result<String, Failed> {
        let (db, mark) = (self.db.with_limit(LIMIT), OnceLock::new());
        let (wrote, written) = oneshot::channel::<()>();
        let transaction = db.transaction(|tx| {
            let mark = &mark;
            Box::pin(async move {
                self.marked(tx, Way::Cancel.label(), mark).await?;
                let _ = wrote.send(());
                pending::<Result<(), Stop>>().await
            })
        });
        // What loses is dropped where it waits.
        tokio::select! {
            biased;
            done = transaction => self.ended(done, &mark),
            Ok(()) = written => self.marked_by(&mark),
        }
    }

    async fn kill(self, watch: &mut dyn Speak) -> Result<String, Failed> {
        let (db, kind, mark) = (self.db.with_limit(LIMIT), self.db.kind(), OnceLock::new());
        let (tell, told) = oneshot::channel::<String>();
        let (killed, done) = oneshot::channel::<bool>();
        let transaction = db.transaction(|tx| {
            let mark = &mark;
            Box::pin(async move {
                self.marked(tx, Way::Killed.label(), mark).await?;
                match own_id(kind) {
                    Some(question) => {
                        let said = tx.inner.speak()?.texts(question.to_owned()).await?;
                        drop(tell.send(said.into_iter().next().ok_or(sqlx::Error::RowNotFound)?));
                    }
                    None => drop(tell),
                }
                if !done.await.unwrap_or(false) {
                    tx.inner.cut().await;
                }
                Err::<(), _>(if is_dead(tx).await { Stop::Wanted } else { Stop::StillAlive })
            })
        });
        let by_the_server = async move {
            let done = match told.await {
                Ok(id) => watch.run(kill(kind, &id)).await.is_ok(),
                Err(_) => false,
            };
            let _ = killed.send(done);
        };
        let (ended, ()) = tokio::join!(transaction, by_the_server);
        self.ended(ended, &mark)
    }

    async fn marked(self, tx: &mut Tx<'_>, label: &str, mark: &OnceLock<String>) -> Result<(), Stop> {
        let written = self.witness.mark(tx.inner.speak()?, label).await?;
        mark.get_or_init(|| written);
        Ok(())
    }

    fn ended(self, done: Result<(), TxError<Stop>>, mark: &OnceLock<String>) -> Result<String, Failed> {
        match done {
            Err(TxError::Closure(Stop::Wanted)) => self.marked_by(mark),
            Err(error) => Err(self.unexpected(error)),
            Ok(()) => Err(self.impossible("a transaction that was aborted says that it was committed")),
        }
    }

    fn marked_by(self, mark: &OnceLock<String>) -> Result<String, Failed> {
        mark.get().cloned().ok_or_else(|| self.impossible("a transaction ended before it wrote"))
    }

    fn unexpected(self, error: TxError<Stop>) -> Failed {
        match error {
            TxError::Closure(Stop::Driver(error)) => failed(self.db, &error),
            TxError::Closure(Stop::StillAlive) => self.impossible("a connection that was killed still answers"),
            TxError::Closure(Stop::Wanted) => self.impossible("a transaction ended in another way than was tried"),
            TxError::NotBegun(error) | TxError::NotCommitted(error) | TxError::InDoubt(error) => {
                Box::new(error.diagnosis())
            }
            TxError::TimedOut { limit } => self.too_slow(limit),
        }
    }

    /// Nothing could be written in time: a file has one lock for all who write.
    fn too_slow(self, limit: Duration) -> Failed {
        let trouble = if self.db.kind() == Kind::Sqlite { Trouble::Locked } else { Trouble::NoAnswer };
        Box::new(trouble.at(&self.db.address(), format!("no transaction could write within {limit:?}")))
    }

    fn impossible(self, what: &str) -> Failed {
        Box::new(Trouble::Statement.at(&self.db.address(), what))
    }
}

/// The diagnosis of a driver's error on `db`.
pub(super) fn failed(db: &Database, error: &sqlx::Error) -> Failed {
    Box::new(classify::diagnosis(&db.address(), During::Working, error))
}

/// Unwinds as a panic does, without the message that a panic hook would print.
fn unwind() -> Result<(), Stop> {
    resume_unwind(Box::new(Wanted))
}

/// Whether the limit itself is the reason, so that a longer one should be tried.
fn is_too_short(error: &TxError<Stop>) -> bool {
    let error = match error {
        TxError::Closure(Stop::Driver(error)) | TxError::NotBegun(DbError::Statement { source: error, .. }) => error,
        _ => return false,
    };
    matches!(classify::trouble(During::Working, error), Trouble::OverLimit | Trouble::Lost)
}
