//! Progress as plain lines, for when nobody watches a terminal.

use crate::{
    notes::how_it_ended,
    page::{Page, Style},
    time::took,
};
use bootproof_core::{Diagnosis, Event, Node, RunState, Scope, Skip, Undoing};
use std::time::Duration;

/// One line for the beginning, each further attempt and the end of a node, and for an end of the run before its time; none
/// for the rest. `state` has the event folded in. ASCII, without a line end:
/// `bootproof: [0.21 s] database: proven in 0.20 s, on the server`.
pub fn progress(event: &Event, state: &RunState) -> Option<String> {
    let (at, text) = match event {
        Event::Attempt { node, attempt: 1, at } => (at, of(state, *node, "begins")),
        Event::Attempt { node, attempt, at } => (at, of(state, *node, &format!("attempt {attempt} begins"))),
        Event::Retrying { node, attempt, delay, diagnosis, at } => {
            let wait = took(*delay);
            (at, of(state, *node, &format!("attempt {attempt} failed, next in {wait}: {}", said(diagnosis))))
        }
        Event::Ended { node, at, .. } => (at, of(state, *node, &ended(state, *node))),
        Event::Undone { node, undoing: Undoing::Undone, at } => (at, of(state, *node, "its change was taken back")),
        Event::Undone { node, undoing: Undoing::Stuck(diagnosis), at } => (at, of(state, *node, &said(diagnosis))),
        Event::RunEnded { at, .. } => (at, how_it_ended(state)?),
        Event::StepBegan { .. } | Event::Saw { .. } | Event::StepEnded { .. } => return None,
    };
    Some(line(*at, &text))
}

fn line(at: Duration, text: &str) -> String {
    let style = Style { width: usize::MAX, color: false, unicode: false };
    let page = Page::new(&style);
    format!("bootproof: [{}] {}", took(at), page.clean(text).replace('\n', " "))
}

fn of(state: &RunState, node: Node, what: &str) -> String {
    format!("{}: {what}", state.plan.card(node).id)
}

fn said(diagnosis: &Diagnosis) -> String {
    format!("{}: {}", diagnosis.code, diagnosis.what)
}

fn ended(state: &RunState, node: Node) -> String {
    let ending = state.ending(node);
    if let Some(reason) = ending.skipped.as_ref().map(Skip::reason) {
        return format!("skipped: {reason}");
    }
    let on = match ending.scope {
        Some(Scope::Server) => ", on the server",
        Some(Scope::Process) => ", in this process",
        Some(Scope::Child) => ", in the program",
        None => "",
    };
    let why = ending.diagnosis.as_ref().map(|d| format!(": {}", said(d))).unwrap_or_default();
    format!("{} in {}{on}{why}", ending.verdict, took(state.took(node)))
}
