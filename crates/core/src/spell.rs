//! The nearest right spelling of a wrong word.

/// Known words, prepared for being compared with many.
#[derive(Debug, Clone, Default)]
pub struct Spelling<'a>(Vec<Known<'a>>);

#[derive(Debug, Clone)]
struct Known<'a> {
    word: &'a str,
    lower: String,
    length: usize,
    letters: u128,
}

/// The word of `known` that is nearest to `word`, when it is near enough to be what was meant: at most a third of the
/// letters differ (Damerau-Levenshtein, upper and lower case alike). With many words, prepare them once: [`Spelling`].
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    Spelling::of(known).nearest(word)
}

impl<'a> Spelling<'a> {
    /// Prepares the words.
    pub fn of(known: impl IntoIterator<Item = &'a str>) -> Self {
        Self(known.into_iter().map(Known::of).collect())
    }

    /// As [`nearest`]. Of several that are equally near, the first.
    pub fn nearest(&self, word: &str) -> Option<&'a str> {
        let meant = Known::of(word);
        // An abbreviation of at least three letters: `prod`, `dev`.
        if meant.length >= 3
            && let Some(whole) = self.0.iter().find(|known| known.lower.starts_with(&meant.lower))
        {
            return Some(whole.word);
        }
        let mut best = None;
        // Only what is nearer than the best so far is measured letter by letter.
        let mut allowed = (meant.length / 3).max(1);
        for known in &self.0 {
            let Some(distance) = meant.distance_to(known, allowed) else { continue };
            best = Some(known.word);
            match distance.checked_sub(1) {
                Some(nearer) => allowed = nearer,
                None => break,
            }
        }
        best
    }
}

impl<'a> Known<'a> {
    fn of(word: &'a str) -> Self {
        let lower = word.to_lowercase();
        // One bit for each letter that occurs, whatever shares it.
        let letters = lower.chars().fold(0, |bits, c| bits | 1 << (u32::from(c) % 128));
        Self { word, length: lower.chars().count(), letters, lower }
    }

    /// The slips between the two, if they are at most `allowed`.
    fn distance_to(&self, other: &Self, allowed: usize) -> Option<usize> {
        if allowed == 0 {
            return (self.lower == other.lower).then_some(0);
        }
        // A slip changes the length by one at most, and takes one letter away and adds one at most.
        let far = (self.letters ^ other.letters).count_ones() as usize > 2 * allowed;
        if far || self.length.abs_diff(other.length) > allowed {
            return None;
        }
        Some(strsim::damerau_levenshtein(&self.lower, &other.lower)).filter(|distance| *distance <= allowed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_swapped_letter_is_recognised_and_a_foreign_word_is_not() {
        assert_eq!(nearest("prodcution", ["production", "staging"]), Some("production"));
        assert_eq!(nearest("Staging", ["production", "staging"]), Some("staging"));
        assert_eq!(nearest("prod", ["production", "staging"]), Some("production"));
        assert_eq!(nearest("banana", ["production", "staging"]), None);
    }

    #[test]
    fn the_first_of_the_nearest_is_found_whatever_comes_before() {
        let known = ["STAGE_HOST", "CACHE_HOTS", "CACHE_POST", "CACHE_HOST", "CACHE_HOST2", "KÄSE", "käse"];
        let spelling = Spelling::of(known);
        for (word, meant) in [
            ("CACHE_HOZT", Some("CACHE_HOST")),
            ("CACHE_HSOT", Some("CACHE_HOST")),
            ("cache_host", Some("CACHE_HOST")),
            ("CACHE_HOTS_", Some("CACHE_HOTS")),
            ("KÖSE", Some("KÄSE")),
            ("WORKERS", None),
        ] {
            assert_eq!(spelling.nearest(word), meant, "{word}");
            let slow = known.iter().map(|k| (strsim::damerau_levenshtein(&word.to_lowercase(), &k.to_lowercase()), k));
            let nearest = slow.min_by_key(|(distance, _)| *distance).map(|(distance, _)| distance).unwrap();
            let found = meant.map(|k| strsim::damerau_levenshtein(&word.to_lowercase(), &k.to_lowercase()));
            assert!(found.is_none_or(|found| found == nearest), "{word}: {nearest}");
        }
    }
}
