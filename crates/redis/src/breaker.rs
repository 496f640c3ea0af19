//! When a server counts as away, and how often it is tried again. Pure: no clock, no randomness of its own.

use crate::Failure;
use std::{
    sync::atomic::{AtomicU32, Ordering::Relaxed},
    time::Duration,
};

/// Counts failures in a row.
#[derive(Debug)]
pub(crate) struct Breaker {
    row: AtomicU32,
    limit: u32,
}

impl Breaker {
    /// Opens after `limit` failures in a row (at least one).
    pub(crate) fn new(limit: u32) -> Self {
        Self { row: AtomicU32::new(0), limit: limit.max(1) }
    }

    /// A call succeeded: the row begins anew. Writes only when there is something to forget.
    pub(crate) fn succeeded(&self) {
        if self.row.load(Relaxed) != 0 {
            self.row.store(0, Relaxed);
        }
    }

    /// A call failed. Whether the server counts as away now.
    pub(crate) fn failed(&self) -> bool {
        self.row.fetch_add(1, Relaxed).saturating_add(1) >= self.limit
    }
}

/// How long to wait before an away server is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// The longest first wait; doubled for each further one.
    pub first: Duration,
    /// The longest wait of all, for what time may cure.
    pub longest: Duration,
    /// The wait after what only a change of the configuration cures, such as a wrong password: a password that is put right on
    /// the server is found, and the server's log is not flooded.
    pub permanent: Duration,
}

impl Default for Pace {
    /// 20 ms, 1 s and 30 s: the way back takes less than 2 s however long the outage was.
    fn default() -> Self {
        Self { first: Duration::from_millis(20), longest: Duration::from_secs(1), permanent: Duration::from_secs(30) }
    }
}

impl Pace {
    /// The wait after round `round` (from 0), between half of its longest and all of it by `fraction` in [0, 1): many clients
    /// do not come back in step.
    pub(crate) fn after(self, round: u32, because: &Failure, fraction: f64) -> Duration {
        let longest = match because.is_permanent() {
            true => self.permanent,
            false => self.first.saturating_mul(1_u32.checked_shl(round).unwrap_or(u32::MAX)).min(self.longest),
        };
        longest.mul_f64(0.5 + fraction / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Trouble;

    fn failure(trouble: Trouble) -> Failure {
        Failure::new(trouble, "h:1", "")
    }

    #[test]
    fn only_failures_in_a_row_open_it() {
        let breaker = Breaker::new(3);
        assert!(!breaker.failed() && !breaker.failed());
        breaker.succeeded();
        assert!(!breaker.failed() && !breaker.failed() && breaker.failed());
        assert!(Breaker::new(0).failed(), "a limit of none is one");
    }

    proptest::proptest! {
        #[test]
        fn a_wait_is_never_zero_never_more_than_the_longest_and_grows(round in 0_u32..100, fraction in 0.0_f64..1.0) {
            let pace = Pace::default();
            let wait = pace.after(round, &failure(Trouble::Refused), fraction);
            proptest::prop_assert!(wait >= pace.first / 2 && wait <= pace.longest);
            proptest::prop_assert!(pace.after(round + 1, &failure(Trouble::Refused), fraction) >= wait);
            let wait = pace.after(round, &failure(Trouble::WrongPass), fraction);
            proptest::prop_assert!(wait >= pace.permanent / 2 && wait <= pace.permanent);
        }
    }
}
