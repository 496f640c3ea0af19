//! What was done and what was seen, fix by fix.

use super::Detail;
use crate::{
    page::{Ink, Page, Style, glue},
    time::took,
};
use bootproof_core::{Card, Evidence, Node, NodeState, RunState, Step};

/// The evidence of the nodes that `is` picks; no heading when there is none.
pub(super) fn write(
    page: &mut Page<'_>,
    state: &RunState,
    detail: Detail,
    is: impl Fn(&Card, Node) -> bool,
    heading: &str,
) {
    let nodes = state.plan.order().iter().copied();
    let told: Vec<Node> = nodes
        .filter(|node| is(state.plan.card(*node), *node))
        .filter(|node| !state.node(*node).retried.is_empty() || !state.node(*node).evidence.is_empty())
        .collect();
    if told.is_empty() {
        return;
    }
    page.heading(heading);
    for node in told {
        page.line(&[Ink::Bold.on(format!("  {}", state.plan.card(node).id))]);
        let known = state.node(node);
        for (n, failed) in known.retried.iter().enumerate() {
            let text = format!("attempt {} failed: {}: {}", n + 1, failed.code, failed.what);
            page.fill(&[Ink::Dim.on(page.style.bullet())], Ink::Warn, &text);
        }
        match detail {
            Detail::All => all(page, known),
            _ => essentials(page, known),
        }
    }
}

/// What was changed, proven and taken back; what was looked at only when there is nothing else.
fn essentials(page: &mut Page<'_>, known: &NodeState) {
    let only_looked = known.evidence.iter().all(|seen| seen.step == Step::Inspect);
    for seen in known.evidence.iter().filter(|seen| only_looked || seen.step != Step::Inspect) {
        page.fill(&[Ink::Dim.on(page.style.bullet())], Ink::Plain, &said(page.style, seen));
    }
}

/// Everything, with the time it was seen, the phase, and how long it took.
fn all(page: &mut Page<'_>, known: &NodeState) {
    for seen in &known.evidence {
        let lead = [Ink::Dim.on(format!("    {:>7}  {:<7}  ", took(seen.at), seen.step))];
        page.fill(
            &lead,
            Ink::Plain,
            &format!("{} {}", said(page.style, seen), glue(&format!("({})", took(seen.took)))),
        );
    }
}

/// What was done and what was seen, in one line.
pub(super) fn said(style: &Style, seen: &Evidence) -> String {
    format!("{}{}{}", seen.did, style.arrow(), seen.saw)
}
