//! `bootproof compose`: what a check found, what a fix moved, what was taken back.
//!
//! Whoever fills these in masks first: values of variables are not in them, only the host and the port that change.

mod check;
mod fix;
#[cfg(test)]
mod tests;

pub use check::{ComposeCheck, ComposeFinding, ComposeSide};
pub use fix::{ComposeFix, ComposeLook, ComposeMove, ComposeUndo, ComposeVariable, ComposeWritten};

use crate::page::{Ink, Page};
use serde::Serialize;

/// The version of these documents. It changes when a field is removed or changes its meaning.
pub const COMPOSE_SCHEMA_VERSION: u32 = 1;

/// One JSON document, indented, with a line end.
fn to_json(document: &impl Serialize) -> String {
    // serde_json refuses only maps whose keys are not text; there are none.
    serde_json::to_string_pretty(document).expect("these documents can be written as JSON") + "\n"
}

fn counted(n: usize, one: &str) -> String {
    format!("{n} {one}{}", if n == 1 { "" } else { "s" })
}

/// What the reader must know.
fn notes(page: &mut Page<'_>, notes: &[String]) {
    if !notes.is_empty() {
        page.gap();
    }
    for note in notes {
        page.fill(&[Ink::Warn.on("! ")], Ink::Plain, note);
    }
}

/// `label  text`, indented; nothing when there is no text.
fn labelled(page: &mut Page<'_>, label: &str, text: &str) {
    if !text.is_empty() {
        page.fill(&[Ink::Dim.on(format!("  {label:<6} "))], Ink::Plain, text);
    }
}
