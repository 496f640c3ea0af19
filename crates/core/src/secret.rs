//! Text that must never be printed, and is wiped from memory when it is no longer needed.
//!
//! Read [`Secret`] first; [`SecretBuilder`] puts one together from pieces. A `String` that grows moves its text and leaves
//! the old copy behind in freed memory: whatever may hold a secret grows in a builder instead.

use std::{fmt, hint::black_box};
use zeroize::{Zeroize, Zeroizing};

/// Text that prints as `***` and is wiped from memory when dropped. It is no `Serialize`, on purpose.
///
/// Comparing two takes as long for a near miss as for a far one; only their lengths can be told from it.
#[derive(Clone, Default)]
pub struct Secret(String);

impl Secret {
    /// Takes the text over. A `String` is moved, not copied; a `&str` is copied once, into memory of just its size.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Takes bytes over, as they were read from a file.
    ///
    /// # Errors
    /// When they are not UTF-8; they are wiped then, too.
    pub fn from_utf8(bytes: Vec<u8>) -> Result<Self, NotUtf8> {
        String::from_utf8(bytes).map(Self).map_err(|error| {
            error.into_bytes().zeroize();
            NotUtf8
        })
    }

    /// The pieces, one after the other.
    pub fn concat<'a>(pieces: impl IntoIterator<Item = &'a str>) -> Self {
        let mut whole = SecretBuilder::default();
        pieces.into_iter().for_each(|piece| whole.push_str(piece));
        whole.finish()
    }

    /// The text itself. Call it only where the text is used, never where something is shown.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// Bytes that were to become a [`Secret`] are no text. Tells nothing of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is not UTF-8 text")]
pub struct NotUtf8;

impl PartialEq for Secret {
    /// Every byte is looked at, whatever the first ones say. A loop of our own: `subtle` would be one more dependency of a
    /// crate that everything depends on, for these three lines.
    fn eq(&self, other: &Self) -> bool {
        let differing = self.0.bytes().zip(other.0.bytes()).fold(0, |all, (a, b)| black_box(all | (a ^ b)));
        self.0.len() == other.0.len() && black_box(differing) == 0
    }
}

impl Eq for Secret {}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// A text that grows without leaving copies of itself behind: the old memory is wiped whenever it moves. `write!` works on it.
///
/// ```
/// # use std::fmt::Write;
/// let mut url = bootproof_core::SecretBuilder::default();
/// url.push_str("redis://:");
/// write!(url, "{}@{}", "hunter2", "cache")?;
/// assert_eq!(url.finish().reveal(), "redis://:hunter2@cache");
/// # Ok::<(), std::fmt::Error>(())
/// ```
#[derive(Default)]
pub struct SecretBuilder(Zeroizing<String>);

impl SecretBuilder {
    /// Has room for `bytes` before it must move for the first time.
    pub fn with_capacity(bytes: usize) -> Self {
        Self(Zeroizing::new(String::with_capacity(bytes)))
    }

    /// Adds a text at the end.
    pub fn push_str(&mut self, text: &str) {
        let needed = self.0.len() + text.len();
        if needed > self.0.capacity() {
            let mut larger = Zeroizing::new(String::with_capacity(needed.max(self.0.capacity() * 2)));
            larger.push_str(&self.0);
            // The smaller one is wiped here.
            self.0 = larger;
        }
        self.0.push_str(text);
    }

    /// Adds a character at the end.
    pub fn push(&mut self, c: char) {
        let mut bytes = [0; 4];
        self.push_str(c.encode_utf8(&mut bytes));
        bytes.zeroize();
    }

    /// Takes the last character off.
    pub fn pop(&mut self) -> Option<char> {
        self.0.pop()
    }

    /// What there is so far. For looking at its end, never for showing.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The secret, without another copy.
    pub fn finish(mut self) -> Secret {
        Secret(std::mem::take(&mut *self.0))
    }
}

impl fmt::Write for SecretBuilder {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push_str(text);
        Ok(())
    }
}

impl fmt::Debug for SecretBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_prints_as_stars() {
        let secret = Secret::new("hunter2");
        assert_eq!(format!("{secret} {secret:?}"), "*** ***");
        assert_eq!(format!("{:?}", SecretBuilder(Zeroizing::new("hunter2".into()))), "***");
        assert_eq!(secret.reveal(), "hunter2");
    }

    #[test]
    fn secrets_are_equal_when_all_of_their_text_is() {
        for (a, b, equal) in
            [("", "", true), ("ab", "ab", true), ("ab", "ac", false), ("ab", "a", false), ("", "a", false)]
        {
            assert_eq!(Secret::new(a) == Secret::new(b), equal, "{a} {b}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_refused_without_being_told() {
        assert_eq!(Secret::from_utf8(b"hunter2".to_vec()).unwrap().reveal(), "hunter2");
        assert_eq!(Secret::from_utf8(b"hunter2\xff".to_vec()).unwrap_err().to_string(), "it is not UTF-8 text");
    }

    proptest::proptest! {
        #[test]
        fn a_builder_holds_what_was_pushed(pieces in proptest::collection::vec(".{0,9}", 0..9)) {
            let whole = Secret::concat(pieces.iter().map(String::as_str));
            proptest::prop_assert_eq!(whole.reveal(), pieces.concat());
            let mut by_letter = SecretBuilder::with_capacity(3);
            pieces.concat().chars().for_each(|c| by_letter.push(c));
            proptest::prop_assert!(by_letter.finish() == whole);
        }
    }
}
