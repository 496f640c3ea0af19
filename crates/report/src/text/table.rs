//! One line for each fix and each service: the verdict, and the most telling thing that is known of it.

use super::{Detail, evidence::said};
use crate::{
    page::{Ink, Page, Piece, wide},
    time::took,
};
use bootproof_core::{Diagnosis, Kind, Node, NodeState, RunState, Scope, Skip, Step, Undone, Verdict};

/// Columns of the longest verdict.
const VERDICT: usize = "degraded".len();

struct Row {
    verdict: Verdict,
    id: String,
    /// The scope of a fix; whether a service is required.
    aside: &'static str,
    took: String,
    telling: String,
    /// Whether `telling` stands nowhere else, so that it is not cut.
    whole: bool,
    /// Told below the row, whole.
    below: Option<String>,
}

/// The fixes, and what their scopes mean.
pub(super) fn fixes(page: &mut Page<'_>, state: &RunState, detail: Detail) {
    let nodes = of_kind(state, |kind| kind == Kind::Fix);
    if nodes.is_empty() {
        return;
    }
    page.heading("fixes");
    let mut rows: Vec<Row> = nodes.iter().map(|node| row(page, state, *node, scope_word(state, *node))).collect();
    if detail != Detail::All {
        nodes.iter().zip(&mut rows).for_each(|(node, row)| tell_below(page, state, *node, row));
    }
    print(page, rows);
    legend(page, state, &nodes);
}

/// The services.
pub(super) fn services(page: &mut Page<'_>, state: &RunState) {
    let nodes = of_kind(state, |kind| kind != Kind::Fix);
    if nodes.is_empty() {
        return;
    }
    page.heading("services");
    let aside = |node: Node| state.plan.card(node).criticality.as_str();
    print(page, nodes.iter().map(|node| row(page, state, *node, aside(*node))).collect());
}

/// Of what is proven, tells the last thing that was done and seen below its row.
fn tell_below(page: &Page<'_>, state: &RunState, node: Node, row: &mut Row) {
    let known = state.node(node);
    let proof = known.evidence.iter().rev().find(|seen| seen.step == Step::Prove);
    if let (Verdict::Proven, Some(seen)) = (row.verdict, proof) {
        row.below = Some(said(page.style, seen));
        row.telling = aftermath(known);
    }
}

fn of_kind(state: &RunState, is: impl Fn(Kind) -> bool) -> Vec<Node> {
    state.plan.order().iter().copied().filter(|node| is(state.plan.card(*node).kind)).collect()
}

fn scope_word(state: &RunState, node: Node) -> &'static str {
    state.ending(node).scope.map_or("", Scope::as_str)
}

fn row(page: &Page<'_>, state: &RunState, node: Node, aside: &'static str) -> Row {
    let (ran, ending) = (state.node(node).attempts > 0, state.ending(node));
    Row {
        verdict: state.verdict(node),
        id: page.clean(&state.plan.card(node).id).replace('\n', " "),
        aside,
        took: if ran { took(state.took(node)) } else { String::new() },
        telling: telling(state, node),
        whole: ending.identity.is_some() && ending.diagnosis.is_none()
            || ending.skipped.is_some_and(|why| why != Skip::OnlyLooked),
        below: None,
    }
}

/// The most telling thing: why it was skipped, what is wrong, who answered, or what the proof saw last.
fn telling(state: &RunState, node: Node) -> String {
    let (known, ending) = (state.node(node), state.ending(node));
    let seen = || {
        let proof = known.evidence.iter().rev().find(|seen| seen.step == Step::Prove);
        proof.or(known.evidence.last()).map(|seen| seen.saw.clone())
    };
    let said = |d: &Diagnosis| format!("{}: {}", d.code, d.what);
    let reason = |why: &Skip| match (why, seen()) {
        (Skip::OnlyLooked, Some(saw)) => format!("only looked: {saw}"),
        _ => why.reason(),
    };
    let told = (ending.skipped.as_ref().map(reason))
        .or_else(|| ending.diagnosis.as_ref().map(said))
        .or_else(|| ending.identity.clone())
        .or_else(seen)
        .unwrap_or_default();
    match aftermath(known) {
        aftermath if aftermath.is_empty() => told,
        aftermath => format!("{aftermath}; {told}"),
    }
}

/// What is unusual about how it came to its end: more than one attempt, a change that was taken back or is stuck.
fn aftermath(known: &NodeState) -> String {
    let undone = match known.undone {
        Some(Undone::Undone) => Some("taken back".to_owned()),
        Some(Undone::Stuck(_)) => Some("stuck half done".to_owned()),
        None => None,
    };
    let attempt = (known.attempts > 1).then(|| format!("attempt {}", known.attempts));
    undone.into_iter().chain(attempt).collect::<Vec<_>>().join("; ")
}

fn print(page: &mut Page<'_>, rows: Vec<Row>) {
    let widest = |column: fn(&Row) -> &str| rows.iter().map(|row| wide(column(row))).max().unwrap_or(0);
    let (id, aside, took) = (widest(|r| &r.id), widest(|r| r.aside), widest(|r| &r.took));
    for row in &rows {
        let ink = Ink::from(row.verdict);
        let mut lead = vec![ink.on(format!("  {} {:<VERDICT$}  ", page.style.sign(row.verdict), row.verdict))];
        lead.push(Ink::Bold.on(&row.id));
        lead.push(Ink::Plain.on(" ".repeat(id - wide(&row.id) + 2)));
        lead.extend(column(Ink::Plain, format!("{:<aside$}", row.aside)));
        lead.extend(column(Ink::Dim, format!("{:>took$}", row.took)));
        let ink = if row.verdict == Verdict::Skipped { Ink::Dim } else { Ink::Plain };
        if row.whole {
            page.fill(&lead, ink, &row.telling)
        } else {
            page.cut(&lead, ink, &row.telling)
        }
        if let Some(below) = &row.below {
            page.fill(&[Ink::Plain.on("      ")], Ink::Dim, below);
        }
    }
}

/// A column with the blanks behind it, unless all its rows are empty.
fn column(ink: Ink, text: String) -> Option<Piece> {
    (!text.is_empty()).then(|| ink.on(text + "  "))
}

/// What the scopes in use mean, so that a proof about a server is never taken for one about a program.
fn legend(page: &mut Page<'_>, state: &RunState, nodes: &[Node]) {
    for scope in [Scope::Server, Scope::Process, Scope::Child] {
        if nodes.iter().any(|node| state.ending(*node).scope == Some(scope)) {
            page.fill(&[Ink::Dim.on(format!("  {scope}: "))], Ink::Dim, reach(scope));
        }
    }
}

fn reach(scope: Scope) -> &'static str {
    match scope {
        Scope::Server => "shown on the server itself, not on your program",
        Scope::Process => "shown inside the process that wrote this report",
        Scope::Child => "shown on the program that `bootproof run` started",
    }
}
