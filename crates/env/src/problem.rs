//! A problem with one variable, in one line that begins with its code.

use crate::{Rule, Severity};
use std::fmt;

/// A variable and the rule it breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The variable's canonical name; of rules over several, all names.
    pub name: String,
    /// The rule.
    pub rule: Rule,
    /// How grave it is here.
    pub severity: Severity,
    /// What is wrong, in one sentence that names the variable and never a value that may be secret.
    pub sentence: String,
    /// Where the value came from, when one is looked at: `process`, `.env:3`. `Display` leaves `process` out.
    pub source: Option<String>,
}

impl Problem {
    /// Whether the start must not go on.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.rule.code, self.sentence)?;
        match self.source.as_deref() {
            None | Some("process") => Ok(()),
            Some(source) => write!(f, " (from {source})"),
        }
    }
}

/// A rule that one text breaks, before it is known whose text it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// The rule.
    pub rule: Rule,
    /// What follows the name of the variable: `is blank`. Holds nothing of the text but what is certainly no secret.
    pub tells: String,
}

impl Breach {
    pub(crate) fn new(rule: Rule, tells: impl Into<String>) -> Self {
        Self { rule, tells: tells.into() }
    }
}

/// `` `a`, `b` or `c` ``.
pub(crate) fn either(words: &[impl AsRef<str>]) -> String {
    listed(words, "or")
}

/// `` `a`, `b` and `c` ``.
pub(crate) fn all(words: &[impl AsRef<str>]) -> String {
    listed(words, "and")
}

fn listed(words: &[impl AsRef<str>], last_joined_by: &str) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{}`", word.as_ref())).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, first)) => format!("{} {last_joined_by} {last}", first.join(", ")),
        None => String::new(),
    }
}
