//! The block `startup_fixes`: the same run with the field names of the system that bootproof descends from.
//!
//! Only names and form are the ancestor's. Every value is of this run: nothing is counted that did not happen in it.

use super::Verdict;
use crate::time;
use bootproof_core::{Ending, Kind, Node, RunState, Skip, Undone};
use serde::Serialize;
use std::collections::BTreeMap;

/// The run in the ancestor's form. Fixes that the ancestor did not have are not in it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StartupFixes {
    /// When the run began, in seconds since the Unix epoch.
    pub timestamp: f64,
    /// How many fixes there are: always the ancestor's five. Each is in exactly one of the three lists.
    pub total_fixes: usize,
    /// Those that are `proven` or `degraded`.
    pub successful_fixes: Vec<AncestorFix>,
    /// Those that are `failed` or `unproven`.
    pub failed_fixes: Vec<AncestorFix>,
    /// Those that were skipped.
    pub skipped_fixes: Vec<AncestorFix>,
    /// Each of the five, by name.
    pub fix_details: BTreeMap<AncestorFix, FixDetail>,
    /// How long the run took, in seconds.
    pub total_duration: f64,
    /// Retries as they were.
    pub retry_summary: RetrySummary,
}

/// The ancestor's name of a fix: `environment`, `ports`, `database`, `tasks`, `redis`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "each is the name of a fix")]
pub enum AncestorFix {
    EnvironmentFixes,
    PortConflictResolution,
    DatabaseTransaction,
    BackgroundTaskTimeout,
    RedisFallback,
}

/// One fix in the ancestor's form.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FixDetail {
    /// Which of the three lists it is in.
    pub status: FixStatus,
    /// What bootproof says of it.
    pub verdict: Verdict,
    /// Seconds.
    pub duration: f64,
    /// Attempts begun; 0 when it was skipped.
    pub attempts: u32,
    /// Code and what is wrong; null when it succeeded or was skipped.
    pub error: Option<String>,
    /// What was done and seen, why it was tried again, why it is degraded or was skipped, whether it was taken back.
    pub details: Vec<String>,
}

/// Which of the three lists a fix is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the lists say it")]
pub enum FixStatus {
    Success,
    Failed,
    Skipped,
}

/// Retries as they were: attempts without the first.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RetrySummary {
    /// All retries of the five.
    pub total_retries: u32,
    /// The fixes that were tried again, and how often.
    pub fixes_with_retries: BTreeMap<AncestorFix, u32>,
}

impl AncestorFix {
    /// The five with bootproof's ids, in the order of a start.
    const ALL: [(Self, &str); 5] = [
        (Self::EnvironmentFixes, "environment"),
        (Self::PortConflictResolution, "ports"),
        (Self::DatabaseTransaction, "database"),
        (Self::BackgroundTaskTimeout, "tasks"),
        (Self::RedisFallback, "redis"),
    ];
}

impl StartupFixes {
    pub(super) fn of(state: &RunState) -> Self {
        let fixes = AncestorFix::ALL.map(|(name, id)| {
            let node = state.plan.find(id).filter(|node| state.plan.card(*node).kind == Kind::Fix);
            (name, node.map_or_else(FixDetail::absent, |node| FixDetail::of(state, node)))
        });
        let with = |status| fixes.iter().filter(|(_, fix)| fix.status == status).map(|(name, _)| *name).collect();
        let retries: BTreeMap<_, _> =
            fixes.iter().filter(|(_, fix)| fix.attempts > 1).map(|(name, fix)| (*name, fix.attempts - 1)).collect();
        Self {
            timestamp: time::seconds(state.meta.started_at),
            total_fixes: fixes.len(),
            successful_fixes: with(FixStatus::Success),
            failed_fixes: with(FixStatus::Failed),
            skipped_fixes: with(FixStatus::Skipped),
            total_duration: time::seconds(state.duration()),
            retry_summary: RetrySummary {
                total_retries: retries.values().fold(0, |sum, n| sum.saturating_add(*n)),
                fixes_with_retries: retries,
            },
            fix_details: fixes.into(),
        }
    }
}

impl FixDetail {
    /// A fix that this run did not have.
    fn absent() -> Self {
        let verdict = Verdict::Skipped;
        let details = vec!["skipped: not in the plan".to_owned()];
        Self { status: FixStatus::Skipped, verdict, duration: 0.0, attempts: 0, error: None, details }
    }

    fn of(state: &RunState, node: Node) -> Self {
        let ending = state.ending(node);
        let told = ending.diagnosis.as_ref().map(|d| format!("{}: {}", d.code, d.what));
        let status = match ending.verdict {
            verdict if verdict.is_success() => FixStatus::Success,
            bootproof_core::Verdict::Skipped => FixStatus::Skipped,
            _ => FixStatus::Failed,
        };
        Self {
            status,
            verdict: ending.verdict.into(),
            duration: time::seconds(state.took(node)),
            attempts: state.node(node).attempts,
            error: told.filter(|_| status == FixStatus::Failed),
            details: details(state, node, &ending),
        }
    }
}

fn details(state: &RunState, node: Node, ending: &Ending) -> Vec<String> {
    let known = state.node(node);
    let mut details: Vec<String> =
        known.retried.iter().map(|d| format!("tried again after {}: {}", d.code, d.what)).collect();
    details.extend(known.evidence.iter().map(|seen| format!("{}: {}", seen.did, seen.saw)));
    if let (true, Some(d)) = (ending.verdict.is_success(), &ending.diagnosis) {
        details.push(format!("{}: {}: {}", ending.verdict, d.code, d.what));
    }
    details.extend(ending.skipped.as_ref().map(Skip::reason).map(|reason| format!("skipped: {reason}")));
    details.extend(known.undone.as_ref().map(|undone| match undone {
        Undone::Undone => "its change was taken back".to_owned(),
        Undone::Stuck(d) => format!("{}: {}", d.code, d.what),
    }));
    details
}
