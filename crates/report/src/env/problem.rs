//! A problem with a variable, and a rule whose severity the file changes.

use crate::page::{Ink, Page, Piece};
use serde::Serialize;

/// A problem with a variable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EnvProblem {
    /// The code, which `bootproof explain` explains.
    pub code: &'static str,
    /// `error` or `warning`.
    pub severity: &'static str,
    /// The variable; of rules over several, all of them.
    pub name: String,
    /// What is wrong, in one sentence.
    pub what: String,
    /// The rule in a few words.
    pub why: &'static str,
    /// Where the value came from; null when it is not known, or there is none.
    pub source: Option<String>,
    /// What to do.
    pub action: &'static str,
}

/// A rule whose severity the file changes here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EnvOverride {
    /// The code of the rule.
    pub code: String,
    /// How grave it is here.
    pub severity: &'static str,
    /// Why, as the file says.
    pub reason: String,
}

impl EnvProblem {
    /// Whether the environment is wrong by it.
    pub fn is_error(&self) -> bool {
        self.severity == "error"
    }

    pub(super) fn ink(&self) -> Ink {
        if self.is_error() { Ink::Bad } else { Ink::Warn }
    }

    /// The code and what is wrong, in one line.
    pub(super) fn in_short(&self) -> (Piece, String) {
        let elsewhere = self.source.as_ref().filter(|source| *source != "process");
        let from = elsewhere.map(|source| format!(" (from {source})")).unwrap_or_default();
        (self.ink().on(format!("{} ", self.code)), format!("{}{from}", self.what))
    }

    /// All of it: what, why, where from, what to do.
    pub(super) fn write(&self, page: &mut Page<'_>) {
        let ink = self.ink();
        page.fill(&[ink.on(format!("{:<7} {}: ", self.severity, self.code))], ink, &self.what);
        let source = self.source.as_deref().unwrap_or_default();
        let more = format!("bootproof explain {}", self.code);
        for (label, text) in [("why", self.why), ("from", source), ("do", self.action), ("more", &more)] {
            if !text.is_empty() {
                page.fill(&[Ink::Dim.on(format!("  {label:<6} "))], Ink::Plain, text);
            }
        }
    }
}

impl EnvOverride {
    pub(super) fn write(&self, page: &mut Page<'_>, environment: &str) {
        let text =
            format!("rule {} is `{}` in {environment}, as the file says: {}", self.code, self.severity, self.reason);
        page.fill(&[Ink::Warn.on("! ")], Ink::Plain, &text);
    }
}
