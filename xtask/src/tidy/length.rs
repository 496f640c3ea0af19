//! Files about 200 lines long are read; over 400 it is time to look for the second idea in one.

use super::{Finding, Text};

const LONG: usize = 400;

/// Warns of long files.
pub(super) fn check(sources: &[Text]) -> Vec<Finding> {
    let long = |file: &Text| {
        let lines = file.text.lines().count();
        (lines > LONG).then(|| Finding::warning(&file.path, format!("{lines} lines")))
    };
    sources.iter().filter_map(long).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_file_is_a_warning_and_a_short_one_is_nothing() {
        let files = [Text::new("a.rs", &"x\n".repeat(401)), Text::new("b.rs", &"x\n".repeat(400))];
        let found = check(&files);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].to_string(), "warning: a.rs: 401 lines");
    }
}
