//! What the reader must know before anything else. Text and JSON say the same.

use crate::time::{limit, took};
use bootproof_core::{Mode, RunEnd, RunState};

/// The notes of the run, then what is unusual about how it ended.
pub(crate) fn notes(state: &RunState) -> Vec<String> {
    let mut notes = state.meta.notes.clone();
    if state.meta.mode == Mode::Check {
        notes.push("this run only looked: nothing was changed, and no fix was proven".to_owned());
    }
    notes.extend(how_it_ended(state));
    if !state.cleaned() {
        notes.push("something was still cleaning up when the run ended: look for what it may have left".to_owned());
    }
    notes
}

/// Why the run ended before everything was done; `None` when it was completed.
pub(crate) fn how_it_ended(state: &RunState) -> Option<String> {
    match state.end() {
        Some(RunEnd::Completed) => None,
        Some(RunEnd::Stopped { by }) => {
            Some(format!("the start stopped when `{}` failed, which is required", state.plan.card(*by).id))
        }
        Some(RunEnd::BudgetRanOut) => Some(format!("the budget of {} ran out", limit(state.meta.budget))),
        Some(end @ RunEnd::Cancelled { .. }) => Some(format!("{end} ended the run after {}", took(state.duration()))),
        None => Some(format!("the run did not reach its end; this is what was known after {}", took(state.duration()))),
    }
}
