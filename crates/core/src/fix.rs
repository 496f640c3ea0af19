//! One startup repair: the trait, and what its phases hand on.
//!
//! Read [`Fix`] first. How to write one: `CONTRIBUTING.md`, "how to add a fix".

use crate::{Card, Cx, Diagnosis, Scope, Seen, Step};
use std::{future::Future, pin::Pin};

/// What a phase returns: a boxed future, so that fixes are `dyn` and compile times stay flat.
pub type Phase<'a, T> = Pin<Box<dyn Future<Output = Result<T, Diagnosis>> + Send + 'a>>;

/// A startup fault that can be seen, repaired, and shown to be gone. Keep no state in `self`: the engine may run any phase
/// again. What a fix holds on to (a listener, a pool) it puts on [`Cx::shelf`].
pub trait Fix: Send + Sync {
    /// Fixed facts: id, title, criticality, what it waits for, limits. Data, so `plan` can print it.
    fn card(&self) -> &Card;
    /// Looks, touches nothing; dropping the future is harmless. Twice in a row it finds the same.
    fn inspect<'a>(&'a self, cx: &'a Cx) -> Phase<'a, Finding>;
    /// Makes it so; a second call changes nothing more. Only policy can make a [`Permit`].
    fn apply<'a>(&'a self, cx: &'a Cx, by: Permit, seen: &'a Finding) -> Phase<'a, Change>;
    /// Demonstrates it afresh on the real thing; `apply` having returned is never the evidence.
    fn prove<'a>(&'a self, cx: &'a Cx, done: &'a Change) -> Phase<'a, Proof>;
    /// Takes `done` back. An error here leaves the fix `stuck`, and the report says what is half done.
    fn undo<'a>(&'a self, cx: &'a Cx, done: &'a Change) -> Phase<'a, ()>;
}

/// What `inspect` found. Facts are stable: no times, no counters, so that looking twice gives equal findings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The service declares nothing for this fix: it is skipped and not counted as done.
    NothingDeclared,
    /// What was found, one fact a line.
    Facts(Vec<String>),
}

impl Finding {
    /// A finding of these facts.
    pub fn facts(facts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self::Facts(facts.into_iter().map(Into::into).collect())
    }
}

/// What `apply` changed, one thing a line. Empty when everything was so already.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// What was changed, such as "bound `api` to port 8001".
    pub made: Vec<String>,
}

impl Change {
    /// Nothing had to be changed.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// One or more things were changed.
    pub fn made(made: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { made: made.into_iter().map(Into::into).collect() }
    }

    /// Whether nothing was changed.
    pub fn is_nothing(&self) -> bool {
        self.made.is_empty()
    }
}

/// The right to change something. Only [`crate::Policy::permit`] makes one.
#[derive(Debug, Clone, Copy)]
pub struct Permit(pub(crate) ());

/// What `prove` showed. It cannot be made without something [`Seen`] in this run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// How it stands.
    pub standing: Standing,
    /// What the proof covers.
    pub scope: Scope,
    by: Option<Seen>,
}

/// How a fix stands after its proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Demonstrated.
    Proven,
    /// The first choice is away (the diagnosis says why); the fallback was demonstrated.
    Degraded(Box<Diagnosis>),
    /// Applied, but it could not be demonstrated; the diagnosis says why.
    Unproven(Box<Diagnosis>),
}

impl Proof {
    /// It was demonstrated.
    pub fn proven(scope: Scope, by: Seen) -> Self {
        Self { standing: Standing::Proven, scope, by: Some(by) }
    }

    /// The fallback was demonstrated; `because` says why the first choice does not serve.
    pub fn degraded(scope: Scope, because: Diagnosis, by: Seen) -> Self {
        Self { standing: Standing::Degraded(Box::new(because)), scope, by: Some(by) }
    }

    /// It was applied but could not be demonstrated; `because` says why.
    pub fn unproven(scope: Scope, because: Diagnosis) -> Self {
        Self { standing: Standing::Unproven(Box::new(because)), scope, by: None }
    }

    /// Whether what it rests on was seen while proving, in attempt `attempt`: after the change, not before it.
    pub fn was_seen_in(&self, attempt: u32) -> bool {
        self.by.is_none_or(|seen| seen.step == Step::Prove && seen.attempt == attempt)
    }
}
