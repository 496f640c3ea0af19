//! The JSON document of a run: the only serialised types of a run, and public, so that names and meanings stay.
//!
//! Read [`Report`] first. `docs/report.schema.json` is made from these types. Within schema version 1 fields are only added.

mod ancestor;
mod fix;
mod millis;
mod problem;
mod service;
mod words;

pub use ancestor::{AncestorFix, FixDetail, FixStatus, RetrySummary, StartupFixes};
pub use fix::{FixEntry, PhaseTime, Retried, SeenEntry, Undoing, UndoneEntry};
pub use millis::Millis;
pub use problem::Problem;
pub use service::ServiceEntry;
pub use words::{Criticality, Environment, Outcome, Retry, Scope, Step, Verdict};

use crate::{notes::notes, time};
use bootproof_core::{Kind, Node, RunState, Strictness};
use serde::Serialize;

/// The version of the document. It changes when a field is removed or changes its meaning.
const SCHEMA_VERSION: u32 = 1;

/// A run of bootproof: what was done to make a service start right, and what was shown.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// 1. It changes when a field is removed or changes its meaning; fields may be added without that.
    #[cfg_attr(feature = "schema", schemars(extend("const" = SCHEMA_VERSION)))]
    pub schema_version: u32,
    /// The service's name.
    pub service: String,
    /// The environment in force; null when none could be chosen, and nothing was started.
    pub environment: Option<EnvironmentEntry>,
    /// When the run began: RFC 3339, UTC, to the millisecond.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "date-time")))]
    pub started_at: String,
    /// How long the run took, in milliseconds.
    pub duration_ms: Millis,
    /// The seed of the waits between attempts. Text, because JSON readers lose the digits of integers beyond 2^53.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = "^[0-9]+$")))]
    pub seed: String,
    /// The total time the run was allowed, in milliseconds.
    pub budget_ms: Millis,
    /// The whole run in one word.
    pub outcome: Outcome,
    /// The exit code of the command.
    pub exit_code: u8,
    /// What the reader must know: assumptions, protections that are switched off, why the run ended early.
    pub notes: Vec<String>,
    /// Problems of the run as such: why nothing was started, or that nothing is declared.
    pub diagnoses: Vec<Problem>,
    /// The fixes, in the order of the plan.
    pub fixes: Vec<FixEntry>,
    /// The services, in the order of the plan.
    pub services: Vec<ServiceEntry>,
    /// How many fixes came to which verdict.
    pub totals: Totals,
    /// The same run in the form of bootproof's ancestor.
    #[serde(rename = "startup_fixes")]
    pub startup_fixes: StartupFixes,
}

/// The environment in force, and who chose it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EnvironmentEntry {
    /// Which.
    pub name: Environment,
    /// `--env`, `ENVIRONMENT`, or `default` on a bare machine.
    pub source: String,
}

/// How many fixes came to which verdict.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Totals {
    /// All fixes.
    pub fixes: usize,
    /// Demonstrated after the change.
    pub proven: usize,
    /// The fallback was demonstrated.
    pub degraded: usize,
    /// Applied, not demonstrated.
    pub unproven: usize,
    /// Shown not to hold, or could not be made so.
    pub failed: usize,
    /// Did not run.
    pub skipped: usize,
}

impl Report {
    /// The document of what is known of a run. Truthful for a run that is still going on or was cut off, too.
    pub fn from_state(state: &RunState, strictness: Strictness) -> Self {
        let meta = &state.meta;
        Self {
            schema_version: SCHEMA_VERSION,
            service: meta.service.clone(),
            environment: meta.environment.as_ref().map(EnvironmentEntry::from),
            started_at: time::rfc3339(meta.started_at),
            duration_ms: state.duration().into(),
            seed: meta.seed.to_string(),
            budget_ms: meta.budget.into(),
            outcome: state.outcome().into(),
            exit_code: state.exit_code(strictness).0,
            notes: notes(state),
            diagnoses: state.general_diagnoses().iter().map(Problem::from).collect(),
            fixes: nodes(state, |kind| kind == Kind::Fix).map(|node| FixEntry::of(state, node)).collect(),
            services: nodes(state, |kind| kind != Kind::Fix).map(|node| ServiceEntry::of(state, node)).collect(),
            totals: state.totals().into(),
            startup_fixes: StartupFixes::of(state),
        }
    }

    /// One JSON document, indented, with a line end.
    pub fn to_json(&self) -> String {
        // serde_json refuses only maps whose keys are not text; the document has none.
        serde_json::to_string_pretty(self).expect("a report can be written as JSON") + "\n"
    }
}

/// The nodes of one kind, in the order of the plan.
fn nodes(state: &RunState, is: impl Fn(Kind) -> bool) -> impl Iterator<Item = Node> {
    state.plan.order().iter().copied().filter(move |node| is(state.plan.card(*node).kind))
}

impl From<&bootproof_core::ChosenEnvironment> for EnvironmentEntry {
    fn from(chosen: &bootproof_core::ChosenEnvironment) -> Self {
        Self { name: chosen.name.into(), source: chosen.source.clone() }
    }
}

impl From<bootproof_core::Totals> for Totals {
    fn from(totals: bootproof_core::Totals) -> Self {
        let bootproof_core::Totals { fixes, proven, degraded, unproven, failed, skipped } = totals;
        Self { fixes, proven, degraded, unproven, failed, skipped }
    }
}
