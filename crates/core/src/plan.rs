//! The validated graph of fixes and services.
//!
//! [`Plan::new`] refuses what cannot run, before anything runs; the order is stable: needs first, then as declared.

use crate::{Card, Node, Policy, nearest};
use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
    fmt,
    time::Duration,
};

/// A validated graph. Nodes are numbered as they were declared.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    cards: Vec<Card>,
    needs: Vec<Vec<(Node, bool)>>,
    dependents: Vec<Vec<Node>>,
    order: Vec<Node>,
}

/// Why a plan cannot run. Each problem that can be told is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanError {
    /// Two nodes have the same id.
    Duplicate {
        /// The id.
        id: String,
    },
    /// A node needs something that does not exist.
    Unknown {
        /// The node.
        id: String,
        /// What it needs.
        need: String,
        /// The nearest id that exists.
        nearest: Option<String>,
    },
    /// Nodes wait for each other in a ring.
    Cycle {
        /// The whole ring, beginning with its first declared node: each waits for the next, the last for the first.
        ring: Vec<String>,
    },
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Duplicate { id } => write!(f, "`{id}` is declared twice"),
            Self::Unknown { id, need, nearest } => {
                write!(f, "`{id}` needs `{need}`, which does not exist")?;
                nearest.as_ref().map_or(Ok(()), |n| write!(f, "; did you mean `{n}`?"))
            }
            Self::Cycle { ring } => {
                write!(f, "these wait for each other: ")?;
                ring.iter().try_for_each(|id| write!(f, "`{id}` needs "))?;
                write!(f, "`{}`", ring.first().map_or("", String::as_str))
            }
        }
    }
}

impl std::error::Error for PlanError {}

/// The most a run of a plan can take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorstCase {
    /// The ids of the longest way through the plan, in order.
    pub path: Vec<String>,
    /// The limits along it, added up.
    pub longest: Duration,
    /// What a run takes at most: the longest way, cut by the budget.
    pub bounded: Duration,
    /// Whether the longest way exceeds the budget, so that a run may be cut before it is done.
    pub exceeds_budget: bool,
}

impl Plan {
    /// Validates and orders.
    ///
    /// # Errors
    /// All duplicates and unknown names; when there are none, one whole ring for each knot of nodes that wait for each other.
    pub fn new(cards: Vec<Card>) -> Result<Self, Vec<PlanError>> {
        let index = index(&cards)?;
        let needs = resolve(&cards, &index)?;
        let mut dependents = vec![vec![]; cards.len()];
        for (node, on) in needs.iter().enumerate() {
            for (need, _) in on {
                dependents[need.0].push(Node(node));
            }
        }
        let order = order(&needs, &dependents);
        if order.len() < cards.len() {
            return Err(rings(&cards, &needs, &order));
        }
        Ok(Self { cards, needs, dependents, order })
    }

    /// The card of `node`.
    pub fn card(&self, node: Node) -> &Card {
        &self.cards[node.0]
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.cards.len()
    }

    /// Whether there is no node.
    pub fn is_empty(&self) -> bool {
        self.cards.is_empty()
    }

    /// All nodes, needs first.
    pub fn order(&self) -> &[Node] {
        &self.order
    }

    /// What `node` waits for, and whether each is required.
    pub fn needs(&self, node: Node) -> &[(Node, bool)] {
        &self.needs[node.0]
    }

    /// Who waits for `node`.
    pub fn dependents(&self, node: Node) -> &[Node] {
        &self.dependents[node.0]
    }

    /// The node with this id.
    pub fn find(&self, id: &str) -> Option<Node> {
        self.cards.iter().position(|card| card.id == id).map(Node)
    }

    /// The most a run can take under `policy`.
    pub fn worst_case(&self, policy: &Policy) -> WorstCase {
        let budget = policy.budget;
        let mut longest: Vec<(Duration, Option<Node>)> = vec![(Duration::ZERO, None); self.len()];
        for &node in &self.order {
            let before =
                self.needs(node).iter().map(|(need, _)| (longest[need.0].0, Some(*need))).max_by_key(|(d, _)| *d);
            let (sum, through) = before.unwrap_or((Duration::ZERO, None));
            longest[node.0] = (sum.saturating_add(policy.limit_of(self.card(node))), through);
        }
        let last = self.order.iter().copied().max_by_key(|node| (longest[node.0].0, Reverse(node.0)));
        let sum = last.map_or(Duration::ZERO, |node| longest[node.0].0);
        let mut path: Vec<String> =
            std::iter::successors(last, |node| longest[node.0].1).map(|node| self.card(node).id.clone()).collect();
        path.reverse();
        WorstCase { path, longest: sum, bounded: sum.min(budget.total()), exceeds_budget: sum > budget.total() }
    }
}

fn index(cards: &[Card]) -> Result<HashMap<&str, Node>, Vec<PlanError>> {
    let (mut index, mut errors) = (HashMap::with_capacity(cards.len()), vec![]);
    for (node, card) in cards.iter().enumerate() {
        if index.insert(card.id.as_str(), Node(node)).is_some() {
            errors.push(PlanError::Duplicate { id: card.id.clone() });
        }
    }
    if errors.is_empty() { Ok(index) } else { Err(errors) }
}

type Needs = Vec<Vec<(Node, bool)>>;

fn resolve(cards: &[Card], index: &HashMap<&str, Node>) -> Result<Needs, Vec<PlanError>> {
    let mut errors = vec![];
    let needs = cards
        .iter()
        .map(|card| {
            let mut on: Vec<(Node, bool)> = vec![];
            for need in &card.needs {
                match index.get(need.on.as_str()) {
                    // Declared twice, once as required: required.
                    Some(&node) => match on.iter_mut().find(|(known, _)| *known == node) {
                        Some(known) => known.1 |= need.required,
                        None => on.push((node, need.required)),
                    },
                    None => errors.push(PlanError::Unknown {
                        id: card.id.clone(),
                        need: need.on.clone(),
                        nearest: nearest(&need.on, index.keys().copied()).map(str::to_owned),
                    }),
                }
            }
            on
        })
        .collect();
    if errors.is_empty() { Ok(needs) } else { Err(errors) }
}

/// Kahn's algorithm (1962), with the first declared of the ready nodes taken first. Nodes in or behind a ring are missing.
fn order(needs: &Needs, dependents: &[Vec<Node>]) -> Vec<Node> {
    let mut waiting: Vec<usize> = needs.iter().map(Vec::len).collect();
    let mut ready: BinaryHeap<Reverse<usize>> = (0..needs.len()).filter(|&n| waiting[n] == 0).map(Reverse).collect();
    let mut order = Vec::with_capacity(needs.len());
    while let Some(Reverse(node)) = ready.pop() {
        order.push(Node(node));
        for dependent in &dependents[node] {
            waiting[dependent.0] -= 1;
            if waiting[dependent.0] == 0 {
                ready.push(Reverse(dependent.0));
            }
        }
    }
    order
}

/// One ring for each knot. Every node that is left has a need that is left, so following the first such need must come round.
fn rings(cards: &[Card], needs: &Needs, order: &[Node]) -> Vec<PlanError> {
    let mut left = vec![true; cards.len()];
    order.iter().for_each(|node| left[node.0] = false);
    let mut seen_from = vec![None; cards.len()];
    let mut errors = vec![];
    for start in 0..cards.len() {
        let (mut node, mut path) = (start, vec![]);
        while left[node] && seen_from[node].is_none() {
            seen_from[node] = Some(start);
            path.push(node);
            match needs[node].iter().find(|(need, _)| left[need.0]) {
                Some((need, _)) => node = need.0,
                None => break,
            }
        }
        if seen_from[node] == Some(start)
            && let Some(at) = path.iter().position(|n| *n == node)
        {
            let mut ring = path.split_off(at);
            let first = ring.iter().enumerate().min_by_key(|(_, n)| **n).map_or(0, |(i, _)| i);
            ring.rotate_left(first);
            errors.push(PlanError::Cycle { ring: ring.into_iter().map(|n| cards[n].id.clone()).collect() });
        }
    }
    errors
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
