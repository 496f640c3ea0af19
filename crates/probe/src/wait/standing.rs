//! How far each target has come: written by the tasks that ask, read by whoever tells of it.

use super::{Observer, Target};
use bootproof_core::{Diagnosis, Identity};
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// How far a target has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The target as it may be shown.
    pub target: String,
    /// How often it was asked.
    pub tries: u64,
    /// What it said last: who answers (or, when it was to go, how it is gone), or why not.
    pub said: Option<Result<Identity, Diagnosis>>,
    /// How long this is so: the time of the wait at which it was first said.
    pub since: Duration,
    /// The time of the wait at which nothing more was to be asked: it came, or waiting for it cannot help.
    pub done: Option<Duration>,
}

impl Standing {
    /// Whether it came (or is gone, when it was to go).
    pub fn came(&self) -> bool {
        self.done.is_some() && matches!(self.said, Some(Ok(_)))
    }

    /// Why waiting for it cannot help.
    pub fn hopeless(&self) -> Option<&Diagnosis> {
        self.done.and(self.said.as_ref()?.as_ref().err())
    }
}

/// How a wait ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// What was waited for came (or went).
    Came,
    /// The time is over.
    TimeOut,
    /// Waiting longer cannot help.
    Hopeless,
}

/// A wait that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waited {
    /// How.
    pub outcome: Outcome,
    /// After how long.
    pub took: Duration,
    /// Each target, in the order given.
    pub targets: Vec<Standing>,
}

/// What the tasks write on.
pub(super) struct Board {
    began: Instant,
    standings: Mutex<Vec<Standing>>,
    observer: Option<Observer>,
}

impl Board {
    pub(super) fn new(began: Instant, targets: &[Target], observer: Option<Observer>) -> Self {
        let standing = |target: &Target| Standing {
            target: target.shown().to_owned(),
            tries: 0,
            said: None,
            since: Duration::ZERO,
            done: None,
        };
        Self { began, standings: Mutex::new(targets.iter().map(standing).collect()), observer }
    }

    /// Notes what target `at` said, and tells it when it is new.
    pub(super) fn note(&self, at: usize, said: Result<Identity, Diagnosis>, done: bool) {
        let now = self.began.elapsed();
        let mut standings = self.lock();
        let standing = &mut standings[at];
        standing.tries += 1;
        let is_new = !standing.said.as_ref().is_some_and(|before| alike(before, &said));
        if is_new {
            standing.since = now;
        }
        standing.said = Some(said);
        standing.done = done.then_some(now);
        if (is_new || done)
            && let Some(observer) = &self.observer
        {
            observer(at, standing);
        }
    }

    /// The end of the wait.
    pub(super) fn waited(&self, all: bool, in_time: bool) -> Waited {
        let targets = self.lock().clone();
        let came = if all { targets.iter().all(Standing::came) } else { targets.iter().any(Standing::came) };
        let outcome = match (came, in_time) {
            (true, _) => Outcome::Came,
            (false, true) => Outcome::Hopeless,
            (false, false) => Outcome::TimeOut,
        };
        Waited { outcome, took: self.began.elapsed(), targets }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Standing>> {
        self.standings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether two answers tell a reader the same. Causes may differ in times and counts.
fn alike(a: &Result<Identity, Diagnosis>, b: &Result<Identity, Diagnosis>) -> bool {
    match (a, b) {
        (Ok(a), Ok(b)) => a == b,
        (Err(a), Err(b)) => (a.code, &a.what) == (b.code, &b.what),
        _ => false,
    }
}
