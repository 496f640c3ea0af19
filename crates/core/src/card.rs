//! The fixed facts of a fix or a service.

use std::{fmt, time::Duration};

/// Fixed facts of a node of the plan. Data, so that `plan` can print it without running anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// Unique id: `environment`, `database.main`.
    pub id: String,
    /// A few words for people.
    pub title: String,
    /// Fix or service.
    pub kind: Kind,
    /// Whether its failure fails the start.
    pub criticality: Criticality,
    /// What it waits for.
    pub needs: Vec<Need>,
    /// The most it may take, all attempts and the waits between them included. The engine takes the least of this, the
    /// policy's step limit and what is left of the budget.
    pub limit: Duration,
}

impl Card {
    /// A required fix that needs nothing, with no limit of its own (the policy's holds).
    pub fn fix(id: impl Into<String>, title: impl Into<String>) -> Self {
        Self::new(id, title, Kind::Fix)
    }

    /// A required service of this kind (`postgres`, `redis`, ...) that needs nothing, with no limit of its own.
    pub fn service(id: impl Into<String>, title: impl Into<String>, kind: &'static str) -> Self {
        Self::new(id, title, Kind::Service(kind))
    }

    fn new(id: impl Into<String>, title: impl Into<String>, kind: Kind) -> Self {
        Self {
            id: id.into(),
            title: title.into(),
            kind,
            criticality: Criticality::Required,
            needs: vec![],
            limit: Duration::MAX,
        }
    }

    /// Waits for `id`, and is skipped when that does not succeed.
    pub fn needs(mut self, id: impl Into<String>) -> Self {
        self.needs.push(Need { on: id.into(), required: true });
        self
    }

    /// Waits for `id`, and runs whatever came of it.
    pub fn after(mut self, id: impl Into<String>) -> Self {
        self.needs.push(Need { on: id.into(), required: false });
        self
    }

    /// Sets the most it may take.
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Sets whether its failure fails the start.
    pub fn criticality(mut self, criticality: Criticality) -> Self {
        self.criticality = criticality;
        self
    }

    /// Whether its failure fails the start.
    pub fn is_required(&self) -> bool {
        self.criticality == Criticality::Required
    }
}

/// Fix or service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One of the startup fixes.
    Fix,
    /// Something the program needs, with its kind: `postgres`, `mysql`, `sqlite`, `redis`, `clickhouse`, `http`, `tcp`, `command`.
    Service(&'static str),
}

/// Whether a failure fails the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Criticality {
    /// Its failure fails the start.
    Required,
    /// Its failure degrades the start.
    Optional,
}

impl Criticality {
    /// `Required` when `required`.
    pub fn when(required: bool) -> Self {
        if required { Self::Required } else { Self::Optional }
    }

    /// The word used in every report.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Optional => "optional",
        }
    }
}

impl fmt::Display for Criticality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A declared need: an edge of the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// The id of what is waited for.
    pub on: String,
    /// Whether the node is skipped when that does not succeed.
    pub required: bool,
}
