//! Something the program needs, asked in its own protocol.

use crate::{Card, Cx, Phase};

/// A database, Redis, an HTTP server or a command that the program needs.
pub trait Service: Send + Sync {
    /// Fixed facts: id (`database.main`), title, criticality, what it waits for, limits.
    fn card(&self) -> &Card;
    /// Asks whether it is up, ready and lets us in. Changes nothing. Each call looks afresh; nothing is cached.
    fn probe<'a>(&'a self, cx: &'a Cx) -> Phase<'a, Identity>;
}

/// Who answered, such as `PostgreSQL 15.18, database app`. No secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity(pub String);
