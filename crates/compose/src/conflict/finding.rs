//! What a check found: one finding for each trouble, with the places of both sides.

use super::claim::Seat;
use crate::Place;

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// `docker compose up` would fail.
    Conflict,
    /// It may fail, or fail later.
    Warning,
    /// Worth knowing.
    Note,
}

impl Level {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Conflict => "conflict",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// One trouble.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How grave it is.
    pub level: Level,
    /// Its code, such as `COMPOSE-020`.
    pub code: &'static str,
    /// Where it is written.
    pub place: Place,
    /// What is wrong, in one sentence.
    pub what: String,
    /// The other side: who it is, and where that is written, when it is.
    pub other: Option<(String, Option<Place>)>,
    /// What to do.
    pub action: String,
    /// The published port that cures it by being moved; `None` when moving cures nothing.
    pub moving: Option<Seat>,
}

impl Finding {
    pub(crate) fn new(level: Level, code: &'static str, place: &Place, what: impl Into<String>) -> Self {
        Self { level, code, place: place.clone(), what: what.into(), other: None, action: String::new(), moving: None }
    }

    pub(crate) fn other(mut self, who: impl Into<String>, place: Option<&Place>) -> Self {
        self.other = Some((who.into(), place.cloned()));
        self
    }

    pub(crate) fn action(mut self, action: impl Into<String>) -> Self {
        self.action = action.into();
        self
    }

    pub(crate) fn moving(mut self, seat: Seat) -> Self {
        self.moving = Some(seat);
        self
    }
}
