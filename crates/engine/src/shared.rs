//! What all nodes of a run share.

use crate::{Work, recorder::Recorder};
use bootproof_core::{Change, Clock, Event, Hold, Node, Plan, Policy, RunParts, Seed, Shelf, Sink, Vars};
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// How long ending what runs, taking changes back, and waiting for what still cleans up may take after the budget, all
/// together. Two seconds are enough to drop a table on a slow server, and short enough for a supervisor's own grace (10 s in Docker, 30 s in Kubernetes).
pub const UNDO_GRACE: Duration = Duration::from_secs(2);

/// What all nodes of a run share.
pub(crate) struct Shared {
    pub(crate) plan: Arc<Plan>,
    pub(crate) work: Vec<Work>,
    pub(crate) policy: Arc<Policy>,
    pub(crate) given: Arc<Vars>,
    pub(crate) mapped: Arc<Vars>,
    pub(crate) shelf: Arc<Shelf>,
    pub(crate) seed: Seed,
    pub(crate) recorder: Arc<Recorder>,
    applied: Mutex<Applied>,
}

/// What was changed so far and must be taken back if the start fails.
struct Applied {
    changes: Vec<Option<Change>>,
    /// In the order in which changing began.
    order: Vec<Node>,
}

impl Shared {
    pub(crate) fn new(engine: crate::Engine, recorder: Arc<Recorder>) -> Self {
        let crate::Engine { plan, work, settings } = engine;
        let changes = vec![None; plan.len()];
        Self {
            plan,
            work,
            policy: settings.policy,
            given: settings.given,
            mapped: settings.mapped,
            shelf: Arc::default(),
            seed: settings.meta.seed,
            recorder,
            applied: Mutex::new(Applied { changes, order: vec![] }),
        }
    }

    pub(crate) fn now(&self) -> Duration {
        self.recorder.now()
    }

    pub(crate) fn tell(&self, event: Event) {
        self.recorder.take(event);
    }

    pub(crate) fn budget(&self) -> Duration {
        self.policy.budget.total()
    }

    /// What the contexts of all nodes share; `hold` lives as long as one of them.
    pub(crate) fn parts(&self, hold: Hold) -> Arc<RunParts> {
        Arc::new(RunParts {
            policy: Arc::clone(&self.policy),
            given: Arc::clone(&self.given),
            mapped: Arc::clone(&self.mapped),
            shelf: Arc::clone(&self.shelf),
            seed: self.seed,
            clock: Arc::clone(&self.recorder) as Arc<dyn Clock>,
            sink: Arc::clone(&self.recorder) as Arc<dyn Sink>,
            hold,
        })
    }

    /// Notes that `node` begins to change something: from here on it must be taken back.
    pub(crate) fn apply_began(&self, node: Node) {
        let mut applied = self.lock();
        if applied.changes[node.0].is_none() {
            applied.changes[node.0] = Some(Change::nothing());
            applied.order.push(node);
        }
    }

    /// Notes what `node` changed, beside what earlier attempts changed. Returns all of it.
    pub(crate) fn apply_ended(&self, node: Node, change: Change) -> Change {
        let mut applied = self.lock();
        let all = applied.changes[node.0].get_or_insert_default();
        all.made.extend(change.made);
        all.clone()
    }

    /// What `node` changed, if it began to.
    pub(crate) fn change_of(&self, node: Node) -> Option<Change> {
        self.lock().changes[node.0].clone()
    }

    /// The nodes that changed something, last first.
    pub(crate) fn to_undo(&self) -> Vec<Node> {
        let applied = self.lock();
        applied.order.iter().rev().copied().filter(|node| applied.changes[node.0].is_some()).collect()
    }

    /// Forgets a change that was taken back, or that is stuck and was told.
    pub(crate) fn settled(&self, node: Node) {
        self.lock().changes[node.0] = None;
    }

    fn lock(&self) -> MutexGuard<'_, Applied> {
        self.applied.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
