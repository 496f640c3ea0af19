//! How many tests passed and failed, read from what the runners print.

use std::fmt;
use std::ops::AddAssign;

/// Sums over all runners.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Totals {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl AddAssign for Totals {
    fn add_assign(&mut self, more: Self) {
        self.passed += more.passed;
        self.failed += more.failed;
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// What a line of output adds.
pub(crate) fn of_line(line: &str) -> Totals {
    let line = without_colour(line);
    let line = line.trim();
    let found = match line.strip_prefix("test result: ") {
        Some(rest) => cargo_test(rest),
        None if line.starts_with("Summary [") => nextest(line),
        None => None,
    };
    found.unwrap_or_default()
}

/// `ok. 3 passed; 0 failed; 1 ignored; ...`
fn cargo_test(rest: &str) -> Option<Totals> {
    let counts = rest.split_once(". ")?.1;
    Some(Totals { passed: before(counts, "passed")?, failed: before(counts, "failed")? })
}

/// `Summary [ 1.2s] 5/7 tests run: 3 passed (1 slow), 1 failed, 1 timed out, 0 skipped`. Whatever ran and did not
/// pass has failed, whichever word nextest has for it.
fn nextest(line: &str) -> Option<Totals> {
    let (head, counts) = line.split_once("] ")?.1.split_once(" run: ")?;
    let run = head.split_whitespace().next()?.split('/').next()?.parse::<u64>().ok()?;
    let passed = before(counts, "passed")?;
    Some(Totals { passed, failed: run.saturating_sub(passed) })
}

/// The number before `word`.
fn before(text: &str, word: &str) -> Option<u64> {
    let words: Vec<_> = text.split([' ', ',', ';', '(', ')']).filter(|word| !word.is_empty()).collect();
    let at = words.iter().position(|found| *found == word)?;
    words.get(at.checked_sub(1)?)?.parse().ok()
}

fn without_colour(line: &str) -> String {
    let mut parts = line.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').map_or(part, |(_, rest)| rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn counts(line: &str, passed: u64, failed: u64) {
        assert_eq!(of_line(line), Totals { passed, failed }, "{line}");
    }

    #[test]
    fn nextest_summaries_are_read_whatever_is_in_them() {
        counts("     Summary [   0.623s] 22 tests run: 22 passed, 0 skipped", 22, 0);
        counts("     Summary [   2.106s] 1 test run: 1 passed, 20 skipped", 1, 0);
        counts("     Summary [   5.1s] 13 tests run: 10 passed (1 slow, 1 leaky), 3 failed, 2 skipped", 10, 3);
        counts("     Summary [  65.0s] 5/7 tests run: 3 passed, 1 failed, 1 timed out, 0 skipped", 3, 2);
        counts("     Summary [   0.000s] 0 tests run: 0 passed, 14 skipped", 0, 0);
        counts("\u{1b}[32;1m     Summary\u{1b}[0m [   0.6s] \u{1b}[1m2\u{1b}[0m tests run: \u{1b}[1m2\u{1b}[0m \u{1b}[32;1mpassed\u{1b}[0m, 0 skipped", 2, 0);
    }

    #[test]
    fn cargo_test_results_are_read() {
        counts("test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 9 filtered out; finished in 0.01s", 3, 0);
        counts("test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out", 1, 2);
    }

    #[test]
    fn what_a_test_prints_adds_nothing() {
        counts("4 passed, 5 failed", 0, 0);
        counts("test a_summary ... ok", 0, 0);
        counts("Summary [broken", 0, 0);
    }

    #[test]
    fn the_last_line_has_its_exact_form() {
        let mut sum = Totals { passed: 2, failed: 0 };
        sum += Totals { passed: 40, failed: 1 };
        assert_eq!(sum.to_string(), "42 passed, 1 failed");
    }
}
