//! Removes known secrets from a text, whatever form they took there.

use super::{HIDDEN, forms, view::View};
use std::ops::Range;

/// Shorter secrets are not looked for: `a` or `42` would make every message unreadable, and hide nothing.
const SHORTEST: usize = 4;

/// Replaces every occurrence of each of `secrets` (of four characters or more) in `text` by `***`. For messages that come
/// from somebody else's server and may quote what they were sent.
///
/// Finds them as they are, percent-encoded and percent-decoded, escaped as JSON, Rust's `Debug` and shells do, also twice
/// over, in base64 of either alphabet (as the end of `user:password`, too), with quotes doubled, and each longer line of a secret
/// of several lines. Takes time linear in the length of `text` for each secret.
pub fn mask_text<'a>(text: &str, secrets: impl IntoIterator<Item = &'a str>) -> String {
    let views = View::all_of(text);
    let mut hidden = vec![];
    for secret in secrets.into_iter().filter(|secret| secret.len() >= SHORTEST) {
        for form in forms::literal(secret).iter().filter(|form| form.len() >= SHORTEST) {
            views.iter().for_each(|view| view.find(form, &mut hidden));
        }
        for form in forms::base64(secret) {
            let mut found = vec![];
            views.iter().for_each(|view| view.find(&form, &mut found));
            hidden.extend(whole_words(text, found));
        }
    }
    replaced(text, hidden)
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
