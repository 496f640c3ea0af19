//! A service in the document.

use super::{Millis, Problem, SeenEntry, Verdict};
use bootproof_core::{Kind, Node, RunState, Skip};
use serde::Serialize;

/// What came of asking one service.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Service"))]
#[serde(rename_all = "camelCase")]
pub struct ServiceEntry {
    /// Unique id, such as `database.main`.
    pub id: String,
    /// `postgres`, `mysql`, `sqlite`, `redis`, `clickhouse`, `http`, `tcp` or `command`.
    pub kind: String,
    /// Whether its failure fails the start.
    pub required: bool,
    /// What is said of it.
    pub verdict: Verdict,
    /// Attempts begun; 0 when it was skipped.
    pub attempts: u32,
    /// How long it took with all its attempts and the waits between them, in milliseconds.
    pub duration_ms: Millis,
    /// Who answered; null when nobody did.
    pub identity: Option<String>,
    /// What was done and what was seen, in the last attempt.
    pub evidence: Vec<SeenEntry>,
    /// Why it was skipped; null when it was not.
    pub skipped: Option<String>,
    /// What is wrong; null when it is proven or was skipped.
    pub diagnosis: Option<Problem>,
}

impl ServiceEntry {
    pub(super) fn of(state: &RunState, node: Node) -> Self {
        let (card, ending) = (state.plan.card(node), state.ending(node));
        Self {
            id: card.id.clone(),
            kind: match card.kind {
                Kind::Service(kind) => kind.to_owned(),
                Kind::Fix => "fix".to_owned(),
            },
            required: card.is_required(),
            verdict: ending.verdict.into(),
            attempts: state.node(node).attempts,
            duration_ms: state.took(node).into(),
            identity: ending.identity.clone(),
            evidence: SeenEntry::all(state, node),
            skipped: ending.skipped.as_ref().map(Skip::reason),
            diagnosis: ending.diagnosis.as_ref().map(Problem::from),
        }
    }
}
