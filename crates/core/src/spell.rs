//! The nearest right spelling of a wrong word.

/// The word of `known` that is nearest to `word`, when it is near enough to be what was meant: at most a third of the
/// letters differ (Damerau-Levenshtein, upper and lower case alike).
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let known: Vec<&str> = known.into_iter().collect();
    // An abbreviation of at least three letters: `prod`, `dev`.
    if word.chars().count() >= 3
        && let Some(whole) = known.iter().find(|k| k.to_lowercase().starts_with(&word))
    {
        return Some(whole);
    }
    let allowed = (word.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|k| (strsim::damerau_levenshtein(&word, &k.to_lowercase()), k))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, k)| k)
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
}
