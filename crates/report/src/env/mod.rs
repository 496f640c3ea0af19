//! Variables, for `bootproof env` and `bootproof diff`: the documents of the commands, as JSON and as text.
//!
//! Whoever fills these in masks first: every value here may be shown. `hidden` says that there is more than is shown.

mod audit;
mod check;
mod difference;
mod explain;
mod fingerprint;
mod problem;
mod table;

pub use audit::{AuditFinding, AuditPlace, EnvAudit};
pub use check::EnvCheck;
pub use difference::{Difference, RuleDifference, Side, ValueDifference, VariableDifference};
pub use explain::{EnvAlias, EnvDefault, EnvExplained, EnvFact, EnvPlace};
pub use fingerprint::{EnvComparison, EnvFingerprint, EnvFingerprints};
pub use problem::{EnvOverride, EnvProblem};
pub use table::{EnvRow, EnvTable, EnvUndeclared};

use crate::page::{Ink, Page};
use serde::Serialize;

/// The version of these documents. It changes when a field is removed or changes its meaning.
pub const ENV_SCHEMA_VERSION: u32 = 1;

/// What stands where something is hidden.
const HIDDEN: &str = "***";

/// One JSON document, indented, with a line end.
fn to_json(document: &impl Serialize) -> String {
    // serde_json refuses only maps whose keys are not text; there are none.
    serde_json::to_string_pretty(document).expect("these documents can be written as JSON") + "\n"
}

/// What the reader must know.
fn notes(page: &mut Page<'_>, notes: &[String]) {
    if notes.is_empty() {
        return;
    }
    page.gap();
    for note in notes {
        page.fill(&[Ink::Warn.on("! ")], Ink::Plain, note);
    }
}

/// `text` on one line, its line ends and tabs to be seen.
fn on_one_line(text: &str) -> String {
    text.replace('\r', "\\r").replace('\n', "\\n").replace('\t', "\\t")
}

fn counted(n: usize, one: &str) -> String {
    format!("{n} {one}{}", if n == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests;
