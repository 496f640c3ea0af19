//! A plan before it runs: its order, its limits, and the most it can take.

mod dot;
mod json;
mod mermaid;
mod text;

use crate::time::limit;
use bootproof_core::{Card, Node, Plan, Policy, WorstCase};
use std::time::Duration;

/// A plan under a policy, for `bootproof plan`. [`PlanView::text`] for people, [`PlanView::json`] for programs,
/// [`PlanView::dot`] and [`PlanView::mermaid`] for pictures.
#[derive(Debug, Clone, Copy)]
pub struct PlanView<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The policy in force.
    pub policy: &'a Policy,
    /// How long the engine lets undoing take, beyond the budget.
    pub undo_grace: Duration,
}

impl PlanView<'_> {
    /// The most `card` may take: its own limit or the policy's, whichever is less.
    fn limit(&self, card: &Card) -> Duration {
        self.policy.limit_of(card)
    }

    /// The worst case, in which what is switched off takes no time.
    fn worst_case(&self) -> WorstCase {
        self.plan.worst_case(self.policy)
    }

    /// The longest wait before each retry, in order.
    fn waits(&self) -> impl Iterator<Item = Duration> {
        let backoff = self.policy.backoff;
        (1..=backoff.retries).filter_map(move |attempt| backoff.ceiling(attempt))
    }

    /// What a node of a picture says under its id.
    fn caption(&self, card: &Card) -> String {
        match self.policy.switched_off_by(&card.id) {
            Some(by) => format!("switched off by {by}"),
            None => format!("{}, {}", card.criticality, limit(self.limit(card))),
        }
    }

    /// All edges, from what is waited for to who waits, and whether it is required.
    fn edges(&self) -> impl Iterator<Item = (Node, Node, bool)> {
        let order = self.plan.order().iter();
        order.flat_map(|node| self.plan.needs(*node).iter().map(|(need, required)| (*need, *node, *required)))
    }
}
