//! A fix in the document.

use super::{Criticality, Millis, Problem, Scope, Step, Verdict};
use crate::time;
use bootproof_core::{Evidence, Node, RunState, Skip, Undone};
use serde::Serialize;

/// What came of one fix.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Fix"))]
#[serde(rename_all = "camelCase")]
pub struct FixEntry {
    /// Unique id, such as `ports`.
    pub id: String,
    /// A few words for people.
    pub title: String,
    /// Whether its failure fails the start.
    pub criticality: Criticality,
    /// What is said of it.
    pub verdict: Verdict,
    /// What the proof covers; null without a proof.
    pub scope: Option<Scope>,
    /// Attempts begun; 0 when it was skipped.
    pub attempts: u32,
    /// How long it took with all its attempts and the waits between them, in milliseconds.
    pub duration_ms: Millis,
    /// The ids of what it waits for.
    pub needs: Vec<String>,
    /// How long each finished phase took, added up over the attempts.
    pub phases: Vec<PhaseTime>,
    /// What was done and what was seen, in the last attempt.
    pub evidence: Vec<SeenEntry>,
    /// Why earlier attempts failed, one entry for each.
    pub retried: Vec<Retried>,
    /// Why it was skipped; null when it was not.
    pub skipped: Option<String>,
    /// What came of taking its change back; null when nobody tried.
    pub undone: Option<UndoneEntry>,
    /// What is wrong; null when it is proven or was skipped.
    pub diagnosis: Option<Problem>,
}

/// How long a phase took.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PhaseTime {
    /// Which.
    pub phase: Step,
    /// Milliseconds.
    pub ms: Millis,
}

/// One thing that was done, and what was seen of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Evidence"))]
pub struct SeenEntry {
    /// The phase it was seen in.
    pub phase: Step,
    /// What was done.
    pub did: String,
    /// What was seen.
    pub saw: String,
    /// When it was seen: `startedAt` and the steady time since then. RFC 3339, UTC, to the millisecond.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "date-time")))]
    pub at: String,
    /// How long the doing took, in milliseconds.
    pub ms: Millis,
}

/// An attempt that failed and was followed by another.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Retried {
    /// The code of the diagnosis.
    pub code: String,
    /// What was wrong.
    pub what: String,
}

/// What came of taking a change back.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Undone"))]
pub struct UndoneEntry {
    /// Whether it was taken back.
    pub result: Undoing,
    /// What is left half done; null when it was taken back.
    pub diagnosis: Option<Problem>,
}

/// Whether a change was taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "each word says it")]
pub enum Undoing {
    Undone,
    Stuck,
}

impl FixEntry {
    pub(super) fn of(state: &RunState, node: Node) -> Self {
        let (card, known, ending) = (state.plan.card(node), state.node(node), state.ending(node));
        Self {
            id: card.id.clone(),
            title: card.title.clone(),
            criticality: card.criticality.into(),
            verdict: ending.verdict.into(),
            scope: ending.scope.map(Scope::from),
            attempts: known.attempts,
            duration_ms: state.took(node).into(),
            needs: card.needs.iter().map(|need| need.on.clone()).collect(),
            phases: known.spans.iter().map(|s| PhaseTime { phase: s.step.into(), ms: s.took.into() }).collect(),
            evidence: SeenEntry::all(state, node),
            retried: known.retried.iter().map(|d| Retried { code: d.code.to_owned(), what: d.what.clone() }).collect(),
            skipped: ending.skipped.as_ref().map(Skip::reason),
            undone: known.undone.as_ref().map(UndoneEntry::from),
            diagnosis: ending.diagnosis.as_ref().map(Problem::from),
        }
    }
}

impl SeenEntry {
    /// The evidence of `node`.
    pub(super) fn all(state: &RunState, node: Node) -> Vec<Self> {
        let entry = |seen: &Evidence| Self {
            phase: seen.step.into(),
            did: seen.did.clone(),
            saw: seen.saw.clone(),
            at: time::rfc3339(state.meta.started_at.saturating_add(seen.at)),
            ms: seen.took.into(),
        };
        state.node(node).evidence.iter().map(entry).collect()
    }
}

impl From<&Undone> for UndoneEntry {
    fn from(undone: &Undone) -> Self {
        match undone {
            Undone::Undone => Self { result: Undoing::Undone, diagnosis: None },
            Undone::Stuck(diagnosis) => Self { result: Undoing::Stuck, diagnosis: Some(diagnosis.as_ref().into()) },
        }
    }
}
