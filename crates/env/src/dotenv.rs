//! Dotenv files: what stands in them, with lines, and what in them cannot be read.
//!
//! Read [`parse`] first. Where python-dotenv and node's dotenv differ it does what surprises least; the list of differences,
//! each with its reason, is `tests/dotenv/differences.txt`, and a test compares every value with what both really answered.

mod line;
mod problem;
mod read;
mod unquote;

pub use problem::{DotenvFault, DotenvProblem};
pub use read::{LARGEST_FILE, ReadError, read};

use crate::Template;
use bootproof_core::Secret;

/// What a dotenv file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dotenv {
    /// What is set, in order. A name may come again: the last one counts, as for python-dotenv and for node's dotenv.
    pub assignments: Vec<Assignment>,
    /// What cannot be read, in order. The lines around it are read all the same.
    pub problems: Vec<DotenvProblem>,
}

/// `NAME=value` of a dotenv file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// The name: ASCII letters, digits, `_`, `.` and `-`.
    pub name: String,
    /// The value. Of a single-quoted one nothing is filled in.
    pub template: Template,
    /// The line on which it begins, from 1.
    pub line: usize,
}

/// Reads the text of a dotenv file. It never fails: what cannot be read is among the problems.
///
/// - `NAME=value`, `export NAME=value`, `NAME: value`; blanks around all of it are left out; `#` begins a comment at the start of
///   a line and after a blank, so that `a#b` and `#b` are values.
/// - Single quotes: the text as it stands, only `\'` is a quote. Double quotes: `\n`, `\r`, `\t`, `\\`, `\"`, `\'` and `\$` are
///   read, any other backslash stays. Backticks are quotes and nothing else. All may go over several lines.
/// - Unquoted: the text as it stands, only `\$` is a dollar. References are filled in everywhere but in single quotes.
/// - A quote that is not closed is a problem of its line alone: reading goes on with the next one.
///
/// ```
/// let file = bootproof_env::dotenv::parse("export A='x y' # note\nB=\"${A}\n\nC=`date`\n");
/// let names: Vec<_> = file.assignments.iter().map(|set| (set.name.as_str(), set.line)).collect();
/// assert_eq!(names, [("A", 1), ("C", 4)]);
/// assert!(file.problems[0].to_string().starts_with("line 2: the value of `B` begins with a quote that is not closed"));
/// ```
pub fn parse(text: &str) -> Dotenv {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut file = Dotenv::default();
    // Kept as a secret, so that a copy with other line ends is wiped, too.
    let copy = if text.contains('\r') { Some(Secret::new(with_newlines(text))) } else { None };
    line::read_all(copy.as_ref().map_or(text, Secret::reveal), &mut file);
    file
}

/// The text with each CRLF and each CR made a newline.
fn with_newlines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, piece) in text.split('\r').enumerate() {
        if at > 0 && !piece.starts_with('\n') {
            out.push('\n');
        }
        out.push_str(piece);
    }
    out
}

#[cfg(test)]
#[path = "dotenv_tests.rs"]
mod tests;
