//! A run under way: watch it, stop it, wait for it.

use crate::{
    Engine, Observer,
    driver::drive,
    recorder::Recorder,
    shared::{Shared, UNDO_GRACE},
};
use bootproof_core::{Clock, Event, RunEnd, RunState, Shelf, Sink};
use std::{sync::Arc, time::Duration};
use tokio::{sync::watch, task::JoinHandle};

/// A run under way. Dropping it aborts everything it does; its [`View`] stays truthful.
pub struct Run {
    recorder: Arc<Recorder>,
    shelf: Arc<Shelf>,
    signal: watch::Sender<i32>,
    driver: AbortOnDrop,
    latest: Duration,
}

/// A run that is over.
pub struct Finished {
    /// The final snapshot.
    pub state: RunState,
    /// What start-up holds on to. Dropping it releases everything.
    pub shelf: Arc<Shelf>,
}

/// Looks at a run, also after it was dropped.
#[derive(Clone)]
pub struct View(Arc<Recorder>);

/// Ends a run early.
#[derive(Clone)]
pub struct Stopper(watch::Sender<i32>);

struct AbortOnDrop(JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl View {
    /// The snapshot now.
    pub fn snapshot(&self) -> RunState {
        self.0.state().clone()
    }
}

impl Stopper {
    /// Ends the run: what is under way is dropped, changes are taken back, the report is made. `signal` is the number of the
    /// signal that asked for it, 0 for none. Only the first call counts.
    pub fn stop(&self, signal: i32) {
        self.0.send_if_modified(|now| {
            let first = *now == 0;
            if first {
                *now = if signal > 0 { signal } else { -1 };
            }
            first
        });
    }
}

impl Run {
    pub(crate) fn start(engine: Engine, observer: Option<Arc<dyn Observer>>) -> Self {
        let state = RunState::new(engine.settings.meta.clone(), Arc::clone(&engine.plan));
        let recorder = Arc::new(Recorder::new(state, observer));
        let shared = Arc::new(Shared::new(engine, Arc::clone(&recorder)));
        let (signal, wish) = watch::channel(0);
        // Beyond the budget and the grace, as much again in reserve, for a signal that comes last.
        let latest = shared.budget().saturating_add(UNDO_GRACE * 2);
        let shelf = Arc::clone(&shared.shelf);
        let driver = AbortOnDrop(tokio::spawn(drive(shared, wish)));
        Self { recorder, shelf, signal, driver, latest }
    }

    /// Looks at the run, also after it is over or dropped.
    pub fn view(&self) -> View {
        View(Arc::clone(&self.recorder))
    }

    /// Ends the run early.
    pub fn stopper(&self) -> Stopper {
        Stopper(self.signal.clone())
    }

    /// Waits for the end. When a fix blocks the very thread that drives the run, the run is given up shortly after its
    /// budget, and the snapshot says that the budget ran out.
    pub async fn finish(mut self) -> Finished {
        let until = self.recorder.began() + self.latest;
        let ended = tokio::time::timeout_at(until, &mut self.driver.0).await;
        if self.recorder.state().end().is_none() {
            let end = if ended.is_err() { RunEnd::BudgetRanOut } else { RunEnd::Cancelled { signal: 0 } };
            self.recorder.take(Event::RunEnded { end, cleaned: false, at: self.recorder.now() });
        }
        let state = self.recorder.state().clone();
        Finished { state, shelf: Arc::clone(&self.shelf) }
    }
}
