//! Every problem of the run, in the order of the plan: code, what, why, effect now, what to do.

use crate::page::{Ink, Page};
use bootproof_core::{Diagnosis, RunState, Undone};

/// A problem, and where it was met. The same problem of several fixes is told once.
struct Problem {
    diagnosis: Diagnosis,
    ink: Ink,
    met: Vec<String>,
}

pub(super) fn write(page: &mut Page<'_>, state: &RunState) {
    let problems = gather(state);
    if problems.is_empty() {
        return;
    }
    page.heading("problems");
    for (n, problem) in problems.iter().enumerate() {
        if n > 0 {
            page.gap();
        }
        one(page, problem);
    }
}

fn gather(state: &RunState) -> Vec<Problem> {
    let mut problems: Vec<Problem> = vec![];
    let mut add = |diagnosis: &Diagnosis, ink: Ink, met: Option<String>| match problems
        .iter_mut()
        .find(|known| known.diagnosis == *diagnosis)
    {
        Some(known) => known.met.extend(met),
        None => problems.push(Problem { diagnosis: diagnosis.clone(), ink, met: met.into_iter().collect() }),
    };
    for &node in state.plan.order() {
        let (card, ending) = (state.plan.card(node), state.ending(node));
        if let Some(diagnosis) = &ending.diagnosis {
            let met = format!("{} ({}, {})", card.id, ending.verdict, card.criticality);
            add(diagnosis, ending.verdict.into(), Some(met));
        }
        if let Some(Undone::Stuck(diagnosis)) = &state.node(node).undone {
            add(diagnosis, Ink::Bad, Some(format!("{} (stuck half done)", card.id)));
        }
    }
    for diagnosis in state.general_diagnoses() {
        add(&diagnosis, Ink::Bad, None);
    }
    problems
}

fn one(page: &mut Page<'_>, problem: &Problem) {
    let Diagnosis { code, what, why, now, action, .. } = &problem.diagnosis;
    page.fill(&[problem.ink.on(format!("{code}: "))], Ink::Bold, what);
    let met = problem.met.join(", ");
    let more = format!("bootproof explain {code}");
    let lines = [("in", &met)].into_iter().chain(why.iter().map(|why| ("why", why)));
    for (label, text) in lines.chain([("now", now), ("do", action), ("more", &more)]) {
        if !text.is_empty() {
            page.fill(&[Ink::Dim.on(format!("  {label:<6} "))], Ink::Plain, text);
        }
    }
}
