//! Many needles looked for at once.
//!
//! They are sorted, so that the longest one that begins at a place of a text is found by halving; most places are ruled out by
//! their first four bytes before that.

use super::{text::SHORTEST, view::View};
use std::ops::Range;
use zeroize::Zeroizing;

/// Longer needles are looked for one by one, in linear time each: comparing them at every place would take longer.
const LONGEST: usize = 256;

/// The bits of [`Needles::first`].
const BITS: usize = 1 << 16;

pub(super) struct Needles {
    /// In order of their bytes, each once.
    short: Vec<Short>,
    /// A bit for each hash of the first four bytes of a short one: no piece of a secret stays behind.
    first: Vec<u64>,
    long: Vec<Zeroizing<String>>,
}

struct Short {
    text: Zeroizing<String>,
    /// The longest other one that this begins with.
    beginning: Option<usize>,
}

impl Needles {
    /// Leaves out what is shorter than four bytes.
    pub(super) fn new(mut all: Vec<Zeroizing<String>>) -> Self {
        all.retain(|text| text.len() >= SHORTEST);
        // In place, and by moving pointers: no copy of a secret is made.
        all.sort_unstable_by(|one, other| one.as_bytes().cmp(other.as_bytes()));
        all.dedup();
        let mut needles = Self { short: Vec::with_capacity(all.len()), first: vec![], long: vec![] };
        for text in all {
            if text.len() > LONGEST {
                needles.long.push(text);
            } else {
                needles.add(text);
            }
        }
        needles
    }

    /// Adds one that stands behind all others so far.
    fn add(&mut self, text: Zeroizing<String>) {
        if let Some(hash) = hash(text.as_bytes()) {
            self.first.resize(BITS / 64, 0);
            self.first[hash / 64] |= 1 << (hash % 64);
        }
        let last = self.short.len().checked_sub(1);
        let beginning = self.ancestors(last).find(|at| text.starts_with(self.short[*at].text.as_str()));
        self.short.push(Short { text, beginning });
    }

    /// A needle, and those it begins with, the longest first.
    fn ancestors(&self, first: Option<usize>) -> impl Iterator<Item = usize> {
        std::iter::successors(first, |at| self.short[*at].beginning)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.short.is_empty() && self.long.is_empty()
    }

    /// Adds where a needle stands, as places of the original: of those that begin at one place the longest, which covers them all.
    pub(super) fn find(&self, view: &View, found: &mut Vec<Range<usize>>) {
        let bytes = view.bytes();
        if !self.short.is_empty() {
            let lengths = (0..bytes.len()).filter_map(|at| Some((at, self.longest_before(&bytes[at..])?)));
            found.extend(lengths.map(|(at, length)| view.original(at..at + length)));
        }
        self.long.iter().filter(|needle| needle.len() <= bytes.len()).for_each(|needle| view.find(needle, found));
    }

    /// The length of the longest short needle that `rest` begins with.
    fn longest_before(&self, rest: &[u8]) -> Option<usize> {
        let hash = hash(rest)?;
        if self.first[hash / 64] >> (hash % 64) & 1 == 0 {
            return None;
        }
        // All that `rest` begins with stand at or before it, and the last that does begins with each of them.
        let behind = self.short.partition_point(|needle| needle.text.as_bytes() <= rest);
        let same = |at: &usize| rest.starts_with(self.short[*at].text.as_bytes());
        self.ancestors(behind.checked_sub(1)).find(same).map(|at| self.short[at].text.len())
    }
}

/// A hash of the first four bytes, below [`BITS`].
fn hash(bytes: &[u8]) -> Option<usize> {
    let first = u32::from_le_bytes(*bytes.first_chunk()?);
    // Fibonacci hashing: the golden ratio of 2^32, of which the upper bits are well mixed.
    usize::try_from(first.wrapping_mul(0x9E37_79B9) >> 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(needles: &[&str], text: &str) -> Vec<(usize, usize)> {
        let needles = Needles::new(needles.iter().map(|text| Zeroizing::new((*text).to_owned())).collect());
        let mut found = vec![];
        View::all_of(text).iter().take(1).for_each(|view| needles.find(view, &mut found));
        found.into_iter().map(|range: Range<usize>| (range.start, range.end)).collect()
    }

    #[test]
    fn the_longest_needle_at_each_place_is_found() {
        assert_eq!(
            found(&["abcd", "abcdef", "abcdeg", "bcde", "abc"], "xabcdeh abcdeg"),
            [(1, 5), (2, 6), (8, 14), (9, 13)]
        );
        assert_eq!(found(&["abcd", "abcdzz"], "abcdyy"), [(0, 4)]);
        assert_eq!(found(&["abcd", "abcdaa", "abcdab"], "abcdb"), [(0, 4)]);
        assert!(found(&[], "abcd").is_empty() && found(&["abcd"], "abc").is_empty());
    }

    #[test]
    fn needles_of_any_length_are_found() {
        let needle = "ab".repeat(LONGEST);
        for length in [LONGEST - 1, LONGEST, LONGEST + 1] {
            assert_eq!(found(&[&needle[..length]], &format!("-{}-", &needle[..length])), [(1, 1 + length)]);
        }
    }

    proptest::proptest! {
        #[test]
        fn all_that_a_search_one_by_one_covers_is_covered(needles in proptest::collection::vec("[ab]{3,8}", 0..9), text in "[ab]{0,40}") {
            let needles: Vec<&str> = needles.iter().map(String::as_str).collect();
            let mut covered = vec![false; text.len()];
            for needle in needles.iter().filter(|needle| needle.len() >= SHORTEST) {
                for at in (0..text.len()).filter(|at| text[*at..].starts_with(needle)) {
                    covered[at..at + needle.len()].fill(true);
                }
            }
            let mut ours = vec![false; text.len()];
            found(&needles, &text).into_iter().for_each(|(from, to)| ours[from..to].fill(true));
            proptest::prop_assert_eq!(ours, covered);
        }
    }
}
