//! The context that a probe needs, made for one question outside a run: a limit and variables, and evidence goes nowhere.

use bootproof_core::{
    Clock, Cx, Environment, Event, Hold, Node, Place, Policy, RunParts, Seed, Shelf, Sink, Step, Vars,
};
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

/// Makes contexts. Nothing that is put on its shelf is ever looked at.
pub struct Within(Arc<RunParts>);

struct Since(Instant);

impl Clock for Since {
    fn now(&self) -> Duration {
        self.0.elapsed()
    }
}

struct Nowhere;

impl Sink for Nowhere {
    fn take(&self, _: Event) {}
}

impl Within {
    /// For templates that name these variables, and commands that see them.
    pub fn new(environment: Environment, vars: Arc<Vars>) -> Self {
        Self(Arc::new(RunParts {
            // A probe asks no policy; there must be one.
            policy: Arc::new(Policy::builtin(environment)),
            given: Arc::clone(&vars),
            mapped: vars,
            shelf: Arc::new(Shelf::default()),
            seed: Seed(0),
            clock: Arc::new(Since(Instant::now())),
            sink: Arc::new(Nowhere),
            hold: Hold::new(()),
        }))
    }

    /// A context for a question that must be over after `limit`.
    pub fn cx(&self, limit: Duration) -> Cx {
        let deadline = self.0.clock.now().saturating_add(limit);
        Cx::new(Arc::clone(&self.0), Place { node: Node(0), step: Step::Inspect, attempt: 1, deadline })
    }
}
