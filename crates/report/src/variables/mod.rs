//! What is said about variables besides their values: the code audit, and the difference between two environments.
//!
//! Whoever fills these documents in masks first: everything in them may be shown.

mod audit;
mod difference;

pub use audit::{AuditFinding, AuditPlace, EnvAudit};
pub use difference::{Difference, RuleDifference, Side, ValueDifference, VariableDifference};

use serde::Serialize;

/// The version of these documents. It changes when a field is removed or changes its meaning.
pub const VARIABLES_SCHEMA_VERSION: u32 = 1;

/// One JSON document, indented, with a line end.
fn to_json(document: &impl Serialize) -> String {
    // serde_json refuses only maps whose keys are not text; there are none.
    serde_json::to_string_pretty(document).expect("these documents can be written as JSON") + "\n"
}

fn counted(n: usize, one: &str) -> String {
    format!("{n} {one}{}", if n == 1 { "" } else { "s" })
}
