//! What can be wrong with the file. Every problem carries its place; none carries a value that may be secret.

use super::place::Position;
use bootproof_core::{mask_url, nearest};
use std::{
    fmt, io,
    path::{Path, PathBuf},
};

/// Why a file could not be used.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It could not be read.
    #[error("cannot read `{}`", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It was read, and something in it is wrong.
    #[error("{}", lines(path, problems))]
    Invalid {
        /// The file.
        path: PathBuf,
        /// All that is wrong, in the order of the file.
        problems: Vec<FileProblem>,
    },
}

/// One thing that is wrong in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileProblem {
    /// Where.
    pub at: Position,
    /// Of which kind.
    pub kind: ProblemKind,
    /// What, in one lower-case sentence.
    pub text: String,
}

/// The kinds of things that can be wrong in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProblemKind {
    /// It is not TOML: CONF-002.
    Syntax,
    /// A section or key that is not known: CONF-003.
    Unknown,
    /// A value that cannot be used, or is missing: CONF-004.
    Value,
}

impl FileProblem {
    /// `path:line:column: text`, the form that editors and terminals make a link of.
    pub fn line(&self, path: &Path) -> String {
        format!("{}:{}: {}", path.display(), self.at, self.text)
    }
}

fn lines(path: &Path, problems: &[FileProblem]) -> String {
    problems.iter().map(|problem| problem.line(path)).collect::<Vec<_>>().join("\n")
}

/// A word of the file as it may be told: not endless, and without what could be a password in a URL.
pub(super) struct Told<'a>(pub(super) &'a str);

impl fmt::Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let masked = if self.0.contains('@') || self.0.contains("://") { mask_url(self.0) } else { self.0.to_owned() };
        let short: String = masked.chars().take(60).collect();
        write!(f, "`{}`", short.escape_debug())
    }
}

/// `; did you mean X?`, or `; known are X, Y and Z`, with each word written by `quoted`.
pub(super) fn suggestion(word: &str, known: &[&str], quoted: impl Fn(&str) -> String) -> String {
    if let Some(near) = nearest(word, known.iter().copied()) {
        return format!("; did you mean {}?", quoted(near));
    }
    let words: Vec<String> = known.iter().map(|word| quoted(word)).collect();
    match words.split_last() {
        Some((last, first)) if !first.is_empty() => format!("; known are {} and {last}", first.join(", ")),
        Some((last, _)) => format!("; only {last} is known"),
        None => String::new(),
    }
}

/// `` `word` ``.
pub(super) fn ticked(word: &str) -> String {
    format!("`{word}`")
}
