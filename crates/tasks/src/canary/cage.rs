//! Keeps canaries: whatever they started is ended and forgotten, also when nobody waits for them any more.

use super::{Outcome, PATIENCE};
use crate::{TaskError, TaskHandle, TaskManager, diagnose};
use bootproof_core::{Diagnosis, Hold};
use std::{
    future::Future,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::{sync::oneshot, time::timeout};

/// Keeps the tasks of one canary.
pub(super) struct Cage {
    pub(super) manager: TaskManager,
    pub(super) hold: Hold,
    tasks: Mutex<Vec<TaskHandle>>,
}

impl Cage {
    /// Keeps a task that was spawned on [`Cage::manager`].
    pub(super) fn keep(&self, spawned: Result<TaskHandle, TaskError>) -> Result<TaskHandle, Diagnosis> {
        let task = spawned.map_err(|error| diagnose::refused(&error))?;
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).push(task.clone());
        Ok(task)
    }

    /// Ends and forgets all.
    async fn empty(&self) {
        let tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        for task in &tasks {
            task.abort();
        }
        for task in &tasks {
            // One that cannot be ended stays in the books.
            if timeout(PATIENCE, task.finished()).await.is_ok() {
                self.manager.registry().forget(task.id());
            }
        }
    }
}

/// Runs `canary` in a task of its own. When the returned future is dropped, the canary is cut short, and cleaned up after all
/// the same; `hold` keeps the run alive until then.
pub(super) fn apart<F>(
    hold: Hold,
    manager: TaskManager,
    canary: impl FnOnce(Arc<Cage>) -> F + Send + 'static,
) -> impl Future<Output = Result<Outcome, Diagnosis>>
where
    F: Future<Output = Result<Outcome, Diagnosis>> + Send + 'static,
{
    let (mut tell, told) = oneshot::channel();
    let cage = Arc::new(Cage { manager, hold, tasks: Mutex::default() });
    tokio::spawn(async move {
        let outcome = tokio::select! {
            outcome = canary(Arc::clone(&cage)) => Some(outcome),
            () = tell.closed() => None,
        };
        cage.empty().await;
        drop(cage);
        if let Some(outcome) = outcome {
            // Nobody there to hear it any more is as good.
            let _ = tell.send(outcome);
        }
    });
    async { told.await.unwrap_or_else(|_| Err(diagnose::not_contained("canary", "the proof itself broke"))) }
}
