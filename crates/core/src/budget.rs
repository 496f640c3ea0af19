//! The total time start-up may take.

use std::time::Duration;

/// A total time, counted from the beginning of the run. Every step gets `min(own limit, what is left)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    total: Duration,
}

impl Budget {
    /// A budget of `total`.
    pub fn new(total: Duration) -> Self {
        Self { total }
    }

    /// The whole of it.
    pub fn total(self) -> Duration {
        self.total
    }

    /// What is left at `now`; zero when it ran out.
    pub fn left(self, now: Duration) -> Duration {
        self.total.saturating_sub(now)
    }

    /// What a step with a limit of `own` gets at `now`.
    pub fn grant(self, own: Duration, now: Duration) -> Duration {
        own.min(self.left(now))
    }
}

impl Default for Budget {
    /// 30 s: the ancestor's promise, and the default grace of common supervisors.
    fn default() -> Self {
        Self::new(Duration::from_secs(30))
    }
}
