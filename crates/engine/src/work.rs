//! What an engine is made of.

use crate::{Observer, Run};
use bootproof_core::{Card, Fix, Plan, PlanError, Policy, RunMeta, Service, Vars};
use std::sync::Arc;

/// One node's work.
#[derive(Clone)]
pub enum Work {
    /// A startup fix.
    Fix(Arc<dyn Fix>),
    /// A service to be asked.
    Service(Arc<dyn Service>),
}

impl Work {
    /// Its fixed facts.
    pub fn card(&self) -> &Card {
        match self {
            Self::Fix(fix) => fix.card(),
            Self::Service(service) => service.card(),
        }
    }
}

/// What a run is given.
#[derive(Clone)]
pub struct Settings {
    /// What is known of the run before it begins.
    pub meta: RunMeta,
    /// The policy in force. Its budget bounds the run.
    pub policy: Arc<Policy>,
    /// The variables as they are.
    pub given: Arc<Vars>,
    /// The variables as the schema maps them, for a run whose environment fix is switched off or only looks.
    pub mapped: Arc<Vars>,
}

/// A validated plan with the work of each node.
pub struct Engine {
    pub(crate) plan: Arc<Plan>,
    pub(crate) work: Vec<Work>,
    pub(crate) settings: Settings,
}

impl Engine {
    /// Validates and orders `work`. Nothing runs yet.
    ///
    /// # Errors
    /// All unknown names, duplicates and rings.
    pub fn new(work: Vec<Work>, settings: Settings) -> Result<Self, Vec<PlanError>> {
        let plan = Plan::new(work.iter().map(|w| w.card().clone()).collect())?;
        Ok(Self { plan: Arc::new(plan), work, settings })
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Begins the run on the current tokio runtime. `observer` sees each event after it was folded in.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn start(self, observer: Option<Arc<dyn Observer>>) -> Run {
        Run::start(self, observer)
    }
}
