//! Randomness that needs no crate: the standard library seeds each [`RandomState`] from the system.

use std::hash::{BuildHasher, Hasher, RandomState};

/// The beginning of every key that a proof makes.
pub(crate) const PREFIX: &str = "bootproof:proof:";

/// 64 random bits.
pub(crate) fn bits() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// A key that nobody else has: 128 random bits.
pub(crate) fn proof_key() -> String {
    format!("{PREFIX}{:016x}{:016x}", bits(), bits())
}

/// Uniform in [0, 1), from 53 random bits.
pub(crate) fn fraction() -> f64 {
    (bits() >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_a_fraction_is_one() {
        let keys: std::collections::HashSet<_> = (0..1000).map(|_| proof_key()).collect();
        assert_eq!(keys.len(), 1000);
        assert!((0..1000).map(|_| fraction()).all(|f| (0.0..1.0).contains(&f)));
    }
}
