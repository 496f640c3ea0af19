//! The plan as a JSON document.

use super::PlanView;
use crate::json::{Criticality, Environment, Millis};
use bootproof_core::{Kind, Node};
use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PlanDocument<'a> {
    schema_version: u32,
    environment: Environment,
    budget_ms: Millis,
    step_timeout_ms: Millis,
    undo_grace_ms: Millis,
    /// Whether the start goes on after a failure.
    graceful: bool,
    /// The longest wait before each retry.
    retry_waits_ms: Vec<Millis>,
    /// In the order of a start.
    nodes: Vec<NodeEntry<'a>>,
    worst_case: WorstCaseEntry,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NodeEntry<'a> {
    id: &'a str,
    title: &'a str,
    /// `fix`, or the kind of service.
    kind: &'static str,
    criticality: Criticality,
    needs: Vec<NeedEntry<'a>>,
    limit_ms: Millis,
    /// Who switched it off; null when nobody did.
    switched_off_by: Option<&'a str>,
}

#[derive(Serialize)]
struct NeedEntry<'a> {
    id: &'a str,
    required: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WorstCaseEntry {
    path: Vec<String>,
    longest_ms: Millis,
    bounded_ms: Millis,
    exceeds_budget: bool,
}

impl PlanView<'_> {
    /// One JSON document, indented, with a line end.
    pub fn json(&self) -> String {
        let worst = self.worst_case();
        let document = PlanDocument {
            schema_version: 1,
            environment: self.policy.environment.into(),
            budget_ms: self.policy.budget.total().into(),
            step_timeout_ms: self.policy.step_timeout.into(),
            undo_grace_ms: self.undo_grace.into(),
            graceful: self.policy.graceful,
            retry_waits_ms: self.waits().map(Millis::from).collect(),
            nodes: self.plan.order().iter().map(|node| self.entry(*node)).collect(),
            worst_case: WorstCaseEntry {
                path: worst.path,
                longest_ms: worst.longest.into(),
                bounded_ms: worst.bounded.into(),
                exceeds_budget: worst.exceeds_budget,
            },
        };
        // serde_json refuses only maps whose keys are not text; the document has none.
        serde_json::to_string_pretty(&document).expect("a plan can be written as JSON") + "\n"
    }

    fn entry(&self, node: Node) -> NodeEntry<'_> {
        let card = self.plan.card(node);
        NodeEntry {
            id: &card.id,
            title: &card.title,
            kind: match card.kind {
                Kind::Fix => "fix",
                Kind::Service(kind) => kind,
            },
            criticality: card.criticality.into(),
            needs: (self.plan.needs(node).iter())
                .map(|(need, required)| NeedEntry { id: &self.plan.card(*need).id, required: *required })
                .collect(),
            limit_ms: self.limit(card).into(),
            switched_off_by: self.policy.switched_off_by(&card.id),
        }
    }
}
