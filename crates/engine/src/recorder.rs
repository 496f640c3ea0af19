//! Folds events into the state of the run, and tells the time.

use bootproof_core::{Clock, Event, RunState, Sink};
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// Watches a run.
pub trait Observer: Send + Sync {
    /// Called for each event, after it was folded into `state`. Must not block.
    fn saw(&self, event: &Event, state: &RunState);
}

/// The one place where state changes.
pub(crate) struct Recorder {
    state: Mutex<RunState>,
    began: Instant,
    observer: Option<Arc<dyn Observer>>,
}

impl Recorder {
    pub(crate) fn new(state: RunState, observer: Option<Arc<dyn Observer>>) -> Self {
        Self { state: Mutex::new(state), began: Instant::now(), observer }
    }

    pub(crate) fn began(&self) -> Instant {
        self.began
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, RunState> {
        // A panicking observer cannot leave the state half folded: folding comes first.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sink for Recorder {
    fn take(&self, event: Event) {
        let mut state = self.state();
        match &self.observer {
            None => state.fold(event),
            Some(observer) => {
                state.fold(event.clone());
                observer.saw(&event, &state);
            }
        }
    }
}

impl Clock for Recorder {
    fn now(&self) -> Duration {
        self.began.elapsed()
    }
}
