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

/// Takes one line of a runner's output into account.
pub(crate) type Reader = fn(&str, &mut Totals);

/// `test result: ok. 3 passed; 0 failed; 1 ignored; ...`, once for each program with tests, at the beginning of a line.
pub(crate) fn cargo_test(line: &str, totals: &mut Totals) {
    let found = || {
        let line = without_colour(line);
        let counts = line.strip_prefix("test result: ")?.split_once(". ")?.1;
        Some(Totals { passed: before(counts, "passed")?, failed: before(counts, "failed")? })
    };
    *totals += found().unwrap_or_default();
}

/// `Summary [ 1.2s] 5/7 tests run: 3 passed (1 slow), 1 failed, 1 timed out, 0 skipped`, once, at the end: the output of
/// a test that failed, which is shown before, may hold anything. Whatever ran and did not pass has failed, whichever
/// word nextest has for it.
pub(crate) fn nextest(line: &str, totals: &mut Totals) {
    let found = || {
        let line = without_colour(line);
        let (head, counts) = line.trim().strip_prefix("Summary [")?.split_once("] ")?.1.split_once(" run: ")?;
        let run = head.split_whitespace().next()?.split('/').next()?.parse::<u64>().ok()?;
        let passed = before(counts, "passed")?;
        Some(Totals { passed, failed: run.saturating_sub(passed) })
    };
    *totals = found().unwrap_or(*totals);
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
    fn counts(reader: Reader, line: &str, passed: u64, failed: u64) {
        let mut totals = Totals::default();
        reader(line, &mut totals);
        assert_eq!(totals, Totals { passed, failed }, "{line}");
    }

    #[test]
    fn nextest_summaries_are_read_whatever_is_in_them() {
        counts(nextest, "     Summary [   0.623s] 22 tests run: 22 passed, 0 skipped", 22, 0);
        counts(nextest, "     Summary [   2.106s] 1 test run: 1 passed, 20 skipped", 1, 0);
        counts(nextest, "     Summary [   5.1s] 13 tests run: 10 passed (1 slow, 1 leaky), 3 failed, 2 skipped", 10, 3);
        counts(nextest, "     Summary [  65.0s] 5/7 tests run: 3 passed, 1 failed, 1 timed out, 0 skipped", 3, 2);
        counts(nextest, "     Summary [   0.000s] 0 tests run: 0 passed, 14 skipped", 0, 0);
        let (bold, green, plain) = ("\u{1b}[1m", "\u{1b}[32;1m", "\u{1b}[0m");
        let coloured = format!(
            "{green}     Summary{plain} [   0.6s] {bold}2{plain} tests run: {bold}2{plain} {green}passed{plain}"
        );
        counts(nextest, &coloured, 2, 0);
    }

    #[test]
    fn cargo_test_results_are_read_and_added() {
        let ok = "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 9 filtered out; finished in 0.01s";
        let failed = "test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out";
        counts(cargo_test, ok, 3, 0);
        counts(cargo_test, failed, 1, 2);
        let mut totals = Totals::default();
        cargo_test(ok, &mut totals);
        cargo_test(failed, &mut totals);
        assert_eq!(totals, Totals { passed: 4, failed: 2 });
    }

    #[test]
    fn what_a_test_prints_adds_nothing() {
        counts(nextest, "4 passed, 5 failed", 0, 0);
        counts(nextest, "Summary [broken", 0, 0);
        counts(cargo_test, "test a_summary ... ok", 0, 0);
        // As nextest shows the output of a test that failed.
        counts(nextest, "    test result: FAILED. 0 passed; 1 failed; 0 ignored", 0, 0);
        let mut totals = Totals::default();
        for line in ["Summary [ 1s] 9 tests run: 9 passed", "Summary [ 2s] 2 tests run: 1 passed, 1 failed", "error"] {
            nextest(line, &mut totals);
        }
        assert_eq!(totals, Totals { passed: 1, failed: 1 });
    }

    #[test]
    fn the_last_line_has_its_exact_form() {
        let mut sum = Totals { passed: 2, failed: 0 };
        sum += Totals { passed: 40, failed: 1 };
        assert_eq!(sum.to_string(), "42 passed, 1 failed");
    }
}
