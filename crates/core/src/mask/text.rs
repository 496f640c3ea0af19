//! Removes known secrets from a text, whatever form they took there.

use super::{HIDDEN, forms, needles::Needles, view::View};
use std::{fmt, ops::Range};

/// Shorter secrets, and forms of them, are not looked for: `a` or `42` would make every message unreadable, and hide nothing.
pub(super) const SHORTEST: usize = 4;

/// Known secrets, prepared once for the many texts they are taken out of. Prints nothing of them.
///
/// ```
/// use bootproof_core::Masker;
/// let masker = Masker::new(["hunter2"]);
/// assert_eq!(masker.mask("bad password hunter2!"), "bad password ***!");
/// ```
pub struct Masker {
    literal: Needles,
    base64: Needles,
}

impl Masker {
    /// Prepares `secrets`; those shorter than four bytes are left out.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let (mut literal, mut base64) = (vec![], vec![]);
        for secret in secrets.into_iter().filter(|secret| secret.len() >= SHORTEST) {
            literal.extend(forms::literal(secret));
            base64.extend(forms::base64(secret));
        }
        Self { literal: Needles::new(literal), base64: Needles::new(base64) }
    }

    /// Whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.literal.is_empty() && self.base64.is_empty()
    }

    /// `text` with `***` for every occurrence of each secret, as [`mask_text`] finds them. Takes time linear in the length of
    /// `text`, however many secrets there are; once more for each form of a secret that has more than 256 bytes.
    pub fn mask(&self, text: &str) -> String {
        // Decoding never makes a text longer.
        if self.is_empty() || text.len() < SHORTEST {
            return text.to_owned();
        }
        let (mut hidden, mut encoded) = (vec![], vec![]);
        for view in View::all_of(text) {
            self.literal.find(&view, &mut hidden);
            self.base64.find(&view, &mut encoded);
        }
        hidden.extend(whole_words(text, encoded));
        replaced(text, hidden)
    }
}

impl fmt::Debug for Masker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Masker").finish_non_exhaustive()
    }
}

/// Replaces every occurrence of each of `secrets` (of four characters or more) in `text` by `***`. For messages that come
/// from somebody else's server and may quote what they were sent. For many texts, prepare a [`Masker`].
///
/// Finds them as they are, percent-encoded and percent-decoded, escaped as JSON, Rust's `Debug` and shells do, also twice
/// over, in base64 of either alphabet (as the end of `user:password`, too), with quotes doubled, and each longer line of a secret
/// of several lines.
pub fn mask_text<'a>(text: &str, secrets: impl IntoIterator<Item = &'a str>) -> String {
    Masker::new(secrets).mask(text)
}

/// Base64 in which a secret was found, from its first letter to its last: the letters at its ends hold bits of the secret, too.
fn whole_words(text: &str, mut found: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let letter = |b: &u8| b.is_ascii_alphanumeric() || b"+/-_=".contains(b);
    found.sort_unstable_by_key(|range| range.start);
    let mut words: Vec<Range<usize>> = vec![];
    for range in found {
        // Each letter is looked at once, though a word may hold the secret often.
        if words.last().is_some_and(|last| range.end <= last.end) {
            continue;
        }
        let bytes = text.as_bytes();
        // Padding stands at an end only: a `=` before the word is somebody's `name=`.
        let before = bytes[..range.start].iter().rev().take_while(|b| letter(b) && **b != b'=').count();
        let behind = bytes[range.end..].iter().take_while(|b| letter(b)).count();
        words.push(range.start - before..range.end + behind);
    }
    words
}

fn replaced(text: &str, mut hidden: Vec<Range<usize>>) -> String {
    hidden.sort_unstable_by_key(|range| (range.start, range.end));
    let (mut masked, mut at) = (String::with_capacity(text.len()), 0);
    let mut hidden = hidden.into_iter().peekable();
    while let Some(mut range) = hidden.next() {
        while let Some(next) = hidden.next_if(|next| next.start < range.end) {
            range.end = range.end.max(next.end);
        }
        masked.push_str(&text[at..range.start]);
        masked.push_str(HIDDEN);
        at = range.end;
    }
    masked.push_str(&text[at..]);
    masked
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
