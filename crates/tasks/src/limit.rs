//! How long a task may take. A [`Limit`] over 120 s cannot be made, so nothing further down has to check it.

use crate::TaskError;
use std::{fmt, time::Duration};

/// How long a task may take: more than zero, at most [`Limit::MOST`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Limit(Duration);

impl Limit {
    /// 120 s: the most a background task may have. The ancestor ran into 3600 s and none at all; two minutes is its corrected
    /// bound.
    pub const MOST: Duration = Duration::from_secs(120);

    /// A limit of `limit`.
    ///
    /// # Errors
    /// [`TaskError::LimitOutOfRange`] for zero and for more than [`Limit::MOST`].
    pub fn new(limit: Duration) -> Result<Self, TaskError> {
        if limit.is_zero() || limit > Self::MOST {
            return Err(TaskError::LimitOutOfRange { given: limit });
        }
        Ok(Self(limit))
    }

    /// The time.
    pub fn get(self) -> Duration {
        self.0
    }
}

impl Default for Limit {
    /// 60 s, as the ancestor had it.
    fn default() -> Self {
        Self(Duration::from_secs(60))
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// A soft limit, at which a task is asked to end, and a hard one, at which it is ended. The soft one is never the later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Limits {
    soft: Duration,
    hard: Limit,
}

impl Limits {
    /// The longest time to clean up that a limit without a soft one leaves. Chosen by hand: what common supervisors' shorter
    /// stop time-outs allow.
    const CLEAN_UP: Duration = Duration::from_secs(5);

    /// Asks at `soft`, ends at `hard`, both counted from the spawn.
    ///
    /// # Errors
    /// [`TaskError::SoftOutOfRange`] when `soft` is zero or later than `hard`.
    pub fn new(soft: Duration, hard: Limit) -> Result<Self, TaskError> {
        if soft.is_zero() || soft > hard.get() {
            return Err(TaskError::SoftOutOfRange { soft, hard: hard.get() });
        }
        Ok(Self { soft, hard })
    }

    /// When the task is asked to end, since its spawn.
    pub fn soft(self) -> Duration {
        self.soft
    }

    /// When the task is ended, since its spawn.
    pub fn hard(self) -> Duration {
        self.hard.get()
    }

    /// The time to clean up between the two. A task that is stopped earlier gets as much.
    pub fn clean_up(self) -> Duration {
        self.hard().saturating_sub(self.soft)
    }
}

impl From<Limit> for Limits {
    /// Leaves a tenth of the limit to clean up, 5 s at most.
    fn from(hard: Limit) -> Self {
        Self { soft: hard.get() - (hard.get() / 10).min(Self::CLEAN_UP), hard }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Limit::default().into()
    }
}

impl fmt::Display for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "soft limit {:?}, hard limit {}", self.soft, self.hard)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_limit_of_3600_s_is_refused_and_the_error_names_it_and_120_s() {
        let error = Limit::new(3600 * SECOND).unwrap_err().to_string();
        assert!(error.contains("3600s") && error.contains("120s"), "{error}");
    }

    #[test]
    fn zero_and_a_nanosecond_over_120_s_are_refused_and_120_s_is_not() {
        assert!(Limit::new(Duration::ZERO).is_err());
        assert!(Limit::new(Limit::MOST + Duration::from_nanos(1)).is_err());
        assert_eq!(Limit::new(Limit::MOST).unwrap().get(), 120 * SECOND);
        assert_eq!(Limit::default().get(), 60 * SECOND);
    }

    #[test]
    fn a_soft_limit_of_zero_or_after_the_hard_one_is_refused() {
        let hard = Limit::new(SECOND).unwrap();
        assert!(Limits::new(Duration::ZERO, hard).is_err());
        let error = Limits::new(2 * SECOND, hard).unwrap_err().to_string();
        assert!(error.contains("2s") && error.contains("1s"), "{error}");
        assert_eq!(Limits::new(SECOND, hard).unwrap().clean_up(), Duration::ZERO);
    }

    proptest! {
        #[test]
        fn the_soft_limit_is_never_zero_nor_after_the_hard_one(nanos in 1_u64..=120_000_000_000) {
            let limits = Limits::from(Limit::new(Duration::from_nanos(nanos)).unwrap());
            prop_assert!(!limits.soft().is_zero() && limits.soft() <= limits.hard());
        }
    }
}
