//! The report for people: fits its width, reads without colour, and says the problem before the reader has to look for it.
//!
//! Header, notes, fixes, evidence, services, problems, and one line to sum up.

mod evidence;
mod header;
mod problems;
mod summary;
mod table;

use crate::page::{Page, Style};
use bootproof_core::{Kind, Node, RunState, Strictness, Verdict};

/// How much is told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Detail {
    /// Problems and the summary line (`-q`).
    Quiet,
    /// The most telling evidence of what is proven, and what was changed and seen of everything else, too.
    #[default]
    Normal,
    /// Every piece of evidence, with its times (`-v`).
    All,
}

/// The report of what is known of a run. Truthful for a run that is still going on or was cut off, too.
///
/// No line is wider than the style's width, except where a single word (an address, an id, a command) is too long for its
/// place: words are never broken, so that they can be copied. The narrowest useful width is about 60.
pub fn text(state: &RunState, strictness: Strictness, detail: Detail, style: &Style) -> String {
    let mut page = Page::new(style);
    if detail != Detail::Quiet {
        header::write(&mut page, state, strictness);
        table::fixes(&mut page, state, detail);
        let is_told = |node: Node| detail == Detail::All || state.verdict(node) != Verdict::Proven;
        evidence::write(&mut page, state, detail, |card, node| card.kind == Kind::Fix && is_told(node), "evidence");
        table::services(&mut page, state);
        if detail == Detail::All {
            evidence::write(&mut page, state, detail, |card, _| card.kind != Kind::Fix, "evidence of services");
        }
    }
    problems::write(&mut page, state);
    summary::write(&mut page, state, strictness);
    page.finish()
}
