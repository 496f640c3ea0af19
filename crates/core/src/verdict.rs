//! What a run may say about a fix or service, and how far the proof reaches.

use std::fmt;

/// What is said of a fix or a service after its phases. Only [`Verdict::Proven`] and [`Verdict::Degraded`] count as success.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Demonstrated on the real thing, after the change.
    Proven,
    /// The first choice is away; the declared fallback was demonstrated.
    Degraded,
    /// Applied, but not demonstrated.
    Unproven,
    /// Shown not to hold, or it could not be made so.
    Failed,
    /// Did not run; the reason is given beside it.
    Skipped,
}

impl Verdict {
    /// Whether this counts as success.
    pub fn is_success(self) -> bool {
        matches!(self, Self::Proven | Self::Degraded)
    }

    /// The word used in every report.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Proven => "proven",
            Self::Degraded => "degraded",
            Self::Unproven => "unproven",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What a proof covers. A proof about a server is never passed off as one about a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// The database, Redis or port as such.
    Server,
    /// This Rust program's own pool, tasks or handle.
    Process,
    /// The program that `bootproof run` started.
    Child,
}

impl Scope {
    /// The word used in every report.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Process => "process",
            Self::Child => "child",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
