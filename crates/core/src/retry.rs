//! When to try again: exponential backoff with full jitter, a pure function of seed, node and attempt.

use std::{fmt, time::Duration};

/// The seed of a run: the waits between attempts are derived from it, and the report prints it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seed(pub u64);

impl Seed {
    /// A number that depends on the seed, `name` and `n` alone (FNV-1a over the name, then the finaliser of SplitMix64,
    /// Steele, Lea and Flood 2014).
    pub fn derive(self, name: &str, n: u64) -> u64 {
        let hash =
            name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
        let mut z = (self.0 ^ hash).wrapping_add(n.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

impl fmt::Display for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// How often and how late to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// Retries after the first attempt.
    pub retries: u32,
    /// The longest wait before the first retry; doubled for each further one.
    pub base: Duration,
}

impl Default for Backoff {
    /// The ancestor's: three retries, 1, 2 and 4 s.
    fn default() -> Self {
        Self { retries: 3, base: Duration::from_secs(1) }
    }
}

impl Backoff {
    /// The longest wait after attempt `attempt` (from 1), or `None` when there are no retries left.
    pub fn ceiling(self, attempt: u32) -> Option<Duration> {
        (attempt <= self.retries)
            .then(|| self.base.saturating_mul(1_u32.checked_shl(attempt.saturating_sub(1)).unwrap_or(u32::MAX)))
    }

    /// The wait after attempt `attempt` (from 1) of node `id`: uniform between zero and the ceiling ("full jitter",
    /// Brooker, AWS Architecture Blog 2015), or `None` when there are no retries left.
    pub fn delay(self, seed: Seed, id: &str, attempt: u32) -> Option<Duration> {
        let ceiling = self.ceiling(attempt)?;
        // 53 random bits give a uniform fraction in [0, 1).
        let fraction = (seed.derive(id, u64::from(attempt)) >> 11) as f64 / (1_u64 << 53) as f64;
        Some(ceiling.mul_f64(fraction))
    }

    /// The longest all waits together can be.
    pub fn longest(self) -> Duration {
        (1..=self.retries).filter_map(|attempt| self.ceiling(attempt)).fold(Duration::ZERO, Duration::saturating_add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_one_two_and_four_seconds_at_most_and_then_over() {
        let backoff = Backoff::default();
        let ceilings: Vec<_> = (1..=4).map(|attempt| backoff.ceiling(attempt).map(|d| d.as_secs())).collect();
        assert_eq!(ceilings, [Some(1), Some(2), Some(4), None]);
        assert_eq!(backoff.longest(), Duration::from_secs(7));
    }

    proptest::proptest! {
        #[test]
        fn a_wait_is_within_its_ceiling_and_the_same_for_the_same_seed(seed: u64, id in "[a-z.]{0,12}", attempt in 1_u32..5, retries in 0_u32..80) {
            let backoff = Backoff { retries, base: Duration::from_secs(1) };
            let delay = backoff.delay(Seed(seed), &id, attempt);
            proptest::prop_assert_eq!(delay, backoff.delay(Seed(seed), &id, attempt));
            proptest::prop_assert_eq!(delay.is_some(), attempt <= retries);
            if let (Some(delay), Some(ceiling)) = (delay, backoff.ceiling(attempt)) {
                proptest::prop_assert!(delay <= ceiling);
            }
        }
    }

    #[test]
    fn different_nodes_do_not_retry_in_step() {
        let backoff = Backoff::default();
        assert_ne!(backoff.delay(Seed(1), "database.main", 1), backoff.delay(Seed(1), "redis.cache", 1));
    }
}
