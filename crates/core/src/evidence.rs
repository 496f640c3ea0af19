//! What was done and what was seen.

use std::{fmt, time::Duration};

/// The step of a fix or service that something belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// Looking, without touching anything.
    Inspect,
    /// Making it so.
    Apply,
    /// Demonstrating it afresh.
    Prove,
    /// Taking it back.
    Undo,
}

impl Step {
    /// The word used in every report.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inspect => "inspect",
            Self::Apply => "apply",
            Self::Prove => "prove",
            Self::Undo => "undo",
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// One thing that was done and what was seen of it. Attached to every verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The step it was seen in.
    pub step: Step,
    /// What was done, such as "wrote a key through the refused link".
    pub did: String,
    /// What was seen, such as "answered by the in-process store in 1 ms".
    pub saw: String,
    /// When it was seen, since the run began.
    pub at: Duration,
    /// How long the doing took.
    pub took: Duration,
}

/// Shows that something was seen in this run, and in which step of which attempt. Only [`crate::Look::saw`] makes one, and
/// without one there is no [`crate::Proof`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    pub(crate) step: Step,
    pub(crate) attempt: u32,
}
