//! Fingerprints: whether two services or two environments hold the same, without showing what.
//!
//! Read [`fingerprint`]: HMAC-SHA-256 (RFC 2104, FIPS 180-4) over a name and its value. Without the key nobody can try values
//! out; with one that is easily guessed anybody could, so a short key is refused. Both sides need the same key.

use bootproof_core::Secret;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt;

/// The shortest key in bytes: 16, which are 128 bits when they are random. Chosen by hand; length alone makes no phrase hard to guess.
pub const SHORTEST_KEY: usize = 16;

/// Said in every fingerprint: a change of how they are made changes this, and with it all of them.
const VERSION: &str = "bootproof env fingerprint v1";

/// What both sides of a comparison know and nobody else does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FingerprintKey(Secret);

impl FingerprintKey {
    /// The key in `given`: a phrase, or the text of a file. White space at both ends is no part of it, so that a phrase and a
    /// file that ends with a line break are the same key.
    ///
    /// # Errors
    /// No key (a random one would compare to nothing), or one of less than [`SHORTEST_KEY`] bytes.
    pub fn new(given: Option<&Secret>) -> Result<Self, FingerprintError> {
        let key = given.ok_or(FingerprintError::NoKey)?.reveal().trim();
        if key.len() < SHORTEST_KEY {
            return Err(FingerprintError::ShortKey { bytes: key.len() });
        }
        Ok(Self(Secret::new(key)))
    }

    /// HMAC over a purpose and the parts, each with its length before it, so that no two lists of parts look the same.
    fn hash(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(self.0.reveal().as_bytes()).expect("HMAC takes keys of any length");
        for part in [VERSION.as_bytes(), purpose.as_bytes()].iter().chain(parts) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

/// What two sides compare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprints {
    /// Of the key alone: when it differs, the two sides used different keys, and nothing else can be compared.
    pub key: Fingerprint,
    /// Of each variable, by name.
    pub each: Vec<(String, Fingerprint)>,
    /// Of all of them together, whatever their order.
    pub all: Fingerprint,
}

/// 16 hex digits, the first 64 bits of an HMAC-SHA-256. Two different values agree by chance once in 2^64 (1.8 × 10^19);
/// among 10,000 of them any two do with a chance of 3 in 10^12 (n²/2^65).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(u64);

impl Fingerprint {
    fn of(hash: &[u8; 32]) -> Self {
        let [a, b, c, d, e, f, g, h, ..] = *hash;
        Self(u64::from_be_bytes([a, b, c, d, e, f, g, h]))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// The fingerprints of variables, each a name and its value; `None` is a variable that is not set, which is told apart from
/// an empty one.
///
/// The name is hashed, too: two variables with one value have different fingerprints, so that this shows nothing but whether
/// the same variable holds the same.
///
/// # Errors
/// A name given twice: which of its values counts cannot be known.
pub fn fingerprint(key: &FingerprintKey, variables: &[(&str, Option<&str>)]) -> Result<Fingerprints, FingerprintError> {
    let mut sorted = variables.to_vec();
    sorted.sort_by_key(|(name, _)| *name);
    if let Some(pair) = sorted.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return Err(FingerprintError::Twice { name: pair[0].0.to_owned() });
    }
    let hashes: Vec<[u8; 32]> = sorted.iter().map(|(name, value)| hash_one(key, name, *value)).collect();
    let parts: Vec<&[u8]> = hashes.iter().map(<[u8; 32]>::as_slice).collect();
    let named = sorted.iter().zip(&hashes);
    Ok(Fingerprints {
        key: Fingerprint::of(&key.hash("key", &[])),
        each: named.map(|((name, _), hash)| ((*name).to_owned(), Fingerprint::of(hash))).collect(),
        all: Fingerprint::of(&key.hash("set", &parts)),
    })
}

fn hash_one(key: &FingerprintKey, name: &str, value: Option<&str>) -> [u8; 32] {
    match value {
        Some(value) => key.hash("set variable", &[name.as_bytes(), value.as_bytes()]),
        None => key.hash("unset variable", &[name.as_bytes()]),
    }
}

/// Why there are no fingerprints.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FingerprintError {
    /// No key is given.
    #[error(
        "fingerprints need a key that both sides know, as a random one would compare to nothing; make one with \
         `openssl rand -hex 16`, keep it in a file, and give the same file on both sides"
    )]
    NoKey,
    /// The key could be guessed.
    #[error(
        "the key has {bytes} bytes and needs at least {SHORTEST_KEY}: with one that can be guessed, short values can be found \
         by trying; make one with `openssl rand -hex 16`"
    )]
    ShortKey {
        /// How many bytes it has.
        bytes: usize,
    },
    /// A name is given twice.
    #[error("`{}` is given twice, and which of its values counts cannot be known; give it once", name.escape_debug())]
    Twice {
        /// The name.
        name: String,
    },
}

#[cfg(test)]
#[path = "fingerprint_tests.rs"]
mod tests;
