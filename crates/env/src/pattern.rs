//! Regular expressions that a value must match as a whole.

use regex_lite::Regex;

/// A compiled pattern. Matching takes time linear in the text (`regex-lite` never backtracks).
#[derive(Debug, Clone)]
pub struct Pattern {
    source: String,
    whole: Regex,
}

impl Pattern {
    /// Compiles `source`, which is matched against whole texts: `^` and `$` may be left out.
    ///
    /// # Errors
    /// What is wrong with it, in the words of `regex-lite`.
    pub fn new(source: &str) -> Result<Self, regex_lite::Error> {
        // Alone first: `a)(b` would become a pattern inside the group.
        Regex::new(source)?;
        Ok(Self { source: source.to_owned(), whole: Regex::new(&format!("^(?:{source})$"))? })
    }

    /// As it was written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether the whole of `text` matches.
    pub fn matches(&self, text: &str) -> bool {
        self.whole.is_match(text)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_texts_match() {
        let pattern = Pattern::new("[a-z]+|[0-9]+").unwrap();
        assert!(pattern.matches("abc") && pattern.matches("42"));
        assert!(!pattern.matches("abc4") && !pattern.matches("") && !pattern.matches("42\n"));
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for source in ["(", "a)(b", "[", "*"] {
            assert!(Pattern::new(source).is_err(), "{source}");
        }
    }
}
