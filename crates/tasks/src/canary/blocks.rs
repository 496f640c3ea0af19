//! A task that blocks its thread: nothing can end it, so it must be found and named.
//!
//! It blocks a small runtime of its own, not the program's, and is let go as soon as it was found.

use super::{Cage, LIFE, Outcome, PATIENCE, limits};
use crate::{Limits, Settings, State, TaskError, TaskHandle, TaskInfo, TaskManager, Waited, diagnose};
use bootproof_core::{Diagnosis, Hold};
use std::{
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};
use tokio::{
    runtime::Builder,
    sync::oneshot,
    time::{sleep, timeout},
};

const NAME: &str = "canary/blocks-its-thread";
pub(super) const DID: &str =
    "ran a task that blocks its thread, on a runtime of its own: hard limit 15ms, counted as leaked 10ms later";
const HARD: u64 = 15;
const GRACE: Duration = Duration::from_millis(10);

type Started = Result<(TaskManager, TaskHandle), TaskError>;

/// Shows that it is found, with its name and the place that spawned it.
pub(super) async fn run(cage: Arc<Cage>) -> Result<Outcome, Diagnosis> {
    let mut settings = cage.manager.settings().clone();
    (settings.block_after, settings.grace) = (GRACE / 2, GRACE);
    let (limits, hold) = (limits(HARD, HARD)?, cage.hold.clone());
    // Dropped, also when this future is, it lets the task go.
    let (release, held) = mpsc::channel();
    let (tell, told) = oneshot::channel();
    let thread = thread::Builder::new().name("task-canary".into());
    thread
        .spawn(move || stage(settings, limits, held, tell, hold))
        .map_err(|error| diagnose::refused(&TaskError::NoWatchdog(error)))?;
    let broke = || diagnose::not_noticed(NAME, "its runtime could not be made");
    let (manager, task) = told.await.map_err(|_| broke())?.map_err(|error| diagnose::refused(&error))?;
    let found = timeout(limits.hard() + PATIENCE, found(&manager)).await;
    drop(release);
    let end = task.wait(PATIENCE).await;
    judge(found.ok(), &end)
}

/// Blocks the thread it is called on, until it is let go or its life is over.
fn stage(settings: Settings, limits: Limits, held: mpsc::Receiver<()>, tell: oneshot::Sender<Started>, _hold: Hold) {
    // A `tell` dropped without a word says that there is no runtime.
    let Ok(runtime) = Builder::new_current_thread().enable_time().build() else { return };
    let started = TaskManager::on(runtime.handle().clone(), settings).and_then(|manager| {
        let task = manager.spawn_with(NAME, limits, |_token| async move {
            let _ = held.recv_timeout(LIFE);
        })?;
        Ok((manager, task))
    });
    let task = started.as_ref().ok().map(|(_, task)| task.clone());
    let _ = tell.send(started);
    if let Some(task) = task {
        runtime.block_on(task.finished());
    }
}

/// Waits until the manager shows the task as leaked.
async fn found(manager: &TaskManager) -> TaskInfo {
    loop {
        if let Some(task) = manager.leaked().pop() {
            return task;
        }
        sleep(Duration::from_millis(1)).await;
    }
}

fn judge(found: Option<TaskInfo>, end: &Waited) -> Result<Outcome, Diagnosis> {
    let Some(task) = found else {
        return Err(diagnose::not_noticed(NAME, format!("nothing was found {PATIENCE:?} after its hard limit")));
    };
    match (&task.state, end) {
        (State::Leaked { after }, Waited::Ended(_)) if task.name == NAME && task.place.file() == file!() => {
            let place = task.place;
            Ok(Outcome::Shown(format!(
                "found after {after:.1?}, named with the place that spawned it, {place}; let go"
            )))
        }
        _ => Err(diagnose::not_noticed(NAME, format!("found was {task}; in the end it was {end:?}"))),
    }
}
