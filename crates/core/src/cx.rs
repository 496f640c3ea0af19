//! What a phase may use: the time it has left, the policy, the variables, the shelf, and a place for evidence.

use crate::{Budget, Environment, Event, Evidence, Node, Policy, Seed, Seen, Shelf, Step, Value, Vars};
use std::{any::Any, fmt, sync::Arc, time::Duration};

/// Tells the time since the run began. The engine's is tokio's, so that tests can pause it.
pub trait Clock: Send + Sync {
    /// Time since the run began.
    fn now(&self) -> Duration;
}

/// Takes the events of a run.
pub trait Sink: Send + Sync {
    /// Takes one event. Must not block.
    fn take(&self, event: Event);
}

/// What a phase may use. Made by the engine (or by `testkit`) for each step of each node.
pub struct Cx {
    run: Arc<RunParts>,
    place: Place,
}

/// Where in a run a [`Cx`] stands.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// Which node of the plan this is for.
    pub node: Node,
    /// The step under way.
    pub step: Step,
    /// Which attempt this is, from 1.
    pub attempt: u32,
    /// When this step must be over, since the run began.
    pub deadline: Duration,
}

/// What all [`Cx`] of a run share.
#[derive(Clone)]
pub struct RunParts {
    /// The policy in force.
    pub policy: Arc<Policy>,
    /// Variables as they were before any fix ran.
    pub given: Arc<Vars>,
    /// Variables as the schema maps them, problems left out: what other fixes use in a run whose environment fix is switched
    /// off or only looks.
    pub mapped: Arc<Vars>,
    /// What start-up holds on to.
    pub shelf: Arc<Shelf>,
    /// The seed of the run.
    pub seed: Seed,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Takes events.
    pub sink: Arc<dyn Sink>,
    /// Kept alive by whoever still cleans up; see [`Cx::hold`].
    pub hold: Hold,
}

/// Keeps a run from being over while something still cleans up. Made by the engine, which waits (for a bounded time)
/// until all clones are dropped.
#[derive(Clone)]
pub struct Hold(#[expect(dead_code, reason = "held only to be dropped")] Arc<dyn Any + Send + Sync>);

impl Hold {
    /// A hold whose last clone drops `thing`.
    pub fn new<T: Send + Sync + 'static>(thing: T) -> Self {
        Self(Arc::new(thing))
    }
}

/// The key under which the environment fix puts the resolved [`Vars`] on the shelf.
const RESOLVED: &str = "environment/vars";

impl Cx {
    /// A context at `place` of the run.
    pub fn new(run: Arc<RunParts>, place: Place) -> Self {
        Self { run, place }
    }

    /// Time since the run began.
    pub fn now(&self) -> Duration {
        self.run.clock.now()
    }

    /// How long this step may still take.
    pub fn left(&self) -> Duration {
        self.place.deadline.saturating_sub(self.now())
    }

    /// `own`, or what this step has left when that is less.
    pub fn at_most(&self, own: Duration) -> Duration {
        Budget::new(self.place.deadline).grant(own, self.now())
    }

    /// The environment in force.
    pub fn environment(&self) -> Environment {
        self.run.policy.environment
    }

    /// The policy in force.
    pub fn policy(&self) -> &Policy {
        &self.run.policy
    }

    /// The seed of the run.
    pub fn seed(&self) -> Seed {
        self.run.seed
    }

    /// Which attempt this is, from 1.
    pub fn attempt(&self) -> u32 {
        self.place.attempt
    }

    /// What start-up holds on to.
    pub fn shelf(&self) -> &Shelf {
        &self.run.shelf
    }

    /// The variables to use: what the environment fix resolved, else what the schema maps the given ones to.
    pub fn vars(&self) -> Arc<Vars> {
        self.run.shelf.get(RESOLVED).unwrap_or_else(|| Arc::clone(&self.run.mapped))
    }

    /// The variables as they were before any fix ran.
    pub fn given_vars(&self) -> &Arc<Vars> {
        &self.run.given
    }

    /// Keeps the run from being over until the returned hold is dropped: for a task that cleans up after its phase was
    /// dropped. The engine waits for it, but not for ever.
    pub fn hold(&self) -> Hold {
        self.run.hold.clone()
    }

    /// The variables that the environment fix put on the shelf, if it did.
    pub fn resolved_vars(&self) -> Option<Arc<Vars>> {
        self.run.shelf.get(RESOLVED)
    }

    /// Puts resolved variables where [`Cx::vars`] finds them. For the environment fix, and for fixes that move what a
    /// variable points to.
    pub fn publish_vars(&self, vars: Vars) {
        self.run.shelf.put(RESOLVED, Arc::new(vars));
    }

    /// Sets variables over the resolved ones, for nodes that find out where something is. Nodes that run side by side all keep
    /// what they set.
    pub fn set_vars(&self, set: impl IntoIterator<Item = (String, Value)>) {
        self.run.shelf.change(RESOLVED, |there: Option<Arc<Vars>>| {
            let mut vars = Vars::clone(there.as_ref().unwrap_or(&self.run.mapped));
            for (name, value) in set {
                vars.set(name, value);
            }
            Some(vars)
        });
    }

    /// Takes back what [`Cx::set_vars`] set: `edit` gives the variables what they were. When they were not `resolved` by then, and
    /// nobody else set any, they are withdrawn again.
    pub fn take_vars_back(&self, resolved: bool, edit: impl FnOnce(&mut Vars)) {
        self.run.shelf.change(RESOLVED, |there: Option<Arc<Vars>>| {
            let mut vars = there.as_deref()?.clone();
            edit(&mut vars);
            (resolved || vars != *self.run.mapped).then_some(vars)
        });
    }

    /// Takes the resolved variables away again. For the environment fix.
    pub fn withdraw_vars(&self) {
        self.run.shelf.take::<Vars>(RESOLVED);
    }

    /// Begins to look at something: say what is done, do it, then say what was seen with [`Look::saw`].
    pub fn look(&self, did: impl Into<String>) -> Look<'_> {
        Look { cx: self, did: did.into(), since: self.now() }
    }
}

impl fmt::Debug for Cx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cx").field("node", &self.place.node).field("step", &self.place.step).finish_non_exhaustive()
    }
}

/// A look that has begun. Dropped without [`Look::saw`], it leaves no evidence.
#[must_use = "a look without `saw` leaves no evidence"]
pub struct Look<'a> {
    cx: &'a Cx,
    did: String,
    since: Duration,
}

impl Look<'_> {
    /// Records what was seen, at once, so that it stays in the report whatever happens next.
    pub fn saw(self, saw: impl Into<String>) -> Seen {
        let at = self.cx.now();
        let evidence = Evidence {
            step: self.cx.place.step,
            did: self.did,
            saw: saw.into(),
            at,
            took: at.saturating_sub(self.since),
        };
        self.cx.run.sink.take(Event::Saw { node: self.cx.place.node, evidence });
        Seen { step: self.cx.place.step, attempt: self.cx.place.attempt }
    }
}
