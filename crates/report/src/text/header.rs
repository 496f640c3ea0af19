//! The first lines: which service, where, and how it went; then what the reader must know.

use super::summary::{meaning, said};
use crate::{
    notes::notes,
    page::{Ink, Page},
    time::{limit, rfc3339, took},
};
use bootproof_core::{Outcome, RunState, Strictness, Verdict};

pub(super) fn write(page: &mut Page<'_>, state: &RunState, strictness: Strictness) {
    let (meta, dot, ink) = (&state.meta, page.style.dot(), Ink::from(state.outcome()));
    let sign = page.style.sign(match state.outcome() {
        Outcome::Checked => Verdict::Skipped,
        Outcome::Proven => Verdict::Proven,
        Outcome::Degraded => Verdict::Degraded,
        Outcome::Failed => Verdict::Failed,
    });
    let environment = match &meta.environment {
        Some(chosen) => format!("{} (from {})", chosen.name, chosen.source),
        None => "no environment".to_owned(),
    };
    let first = format!("{}: {} in {}{dot}{environment}", meta.service, said(state), took(state.duration()));
    page.fill(&[ink.on(format!("{sign} "))], ink, &first);
    let second =
        format!("started {}{dot}budget {}{dot}seed {}", rfc3339(meta.started_at), limit(meta.budget), meta.seed);
    page.fill(&[Ink::Plain.on("  ")], Ink::Dim, &second);
    if let Some(meaning) = meaning(state.exit_code(strictness)) {
        page.fill(&[Ink::Plain.on("  ")], Ink::Plain, &format!("exit {}: {meaning}", state.exit_code(strictness).0));
    }
    for note in notes(state) {
        page.fill(&[Ink::Warn.on("! ")], Ink::Warn, &note);
    }
}
