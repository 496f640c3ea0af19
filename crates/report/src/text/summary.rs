//! The last line: the whole run at a glance.

use crate::{
    page::{Page, glue, wide},
    time::took,
};
use bootproof_core::{ExitCode, Kind, Outcome, RunState, Strictness, Verdict};

/// In the order in which they are counted up.
const VERDICTS: [Verdict; 5] =
    [Verdict::Proven, Verdict::Degraded, Verdict::Unproven, Verdict::Failed, Verdict::Skipped];

pub(super) fn write(page: &mut Page<'_>, state: &RunState, strictness: Strictness) {
    let mut parts: Vec<String> = vec![];
    parts.extend(count(state, "fix", "fixes", |kind| kind == Kind::Fix));
    parts.extend(count(state, "service", "services", |kind| kind != Kind::Fix));
    parts.push(format!("{} in {}", said(state), took(state.duration())));
    parts.push(format!("exit {}", state.exit_code(strictness).0));
    page.gap();
    // Broken between its parts only, where they fit.
    let parts = parts.into_iter().map(|part| if wide(&part) + 2 <= page.style.width { glue(&part) } else { part });
    let parts: Vec<String> = parts.collect();
    page.fill(&[], state.outcome().into(), &parts.join(page.style.dot()));
}

/// `5 fixes: 4 proven, 1 degraded`; `None` when there is none of the kind.
fn count(state: &RunState, one: &str, many: &str, is: impl Fn(Kind) -> bool) -> Option<String> {
    let verdicts: Vec<Verdict> = (state.plan.order().iter())
        .filter(|node| is(state.plan.card(**node).kind))
        .map(|node| state.verdict(*node))
        .collect();
    let of = |verdict| verdicts.iter().filter(|v| **v == verdict).count();
    let counts: Vec<String> =
        VERDICTS.into_iter().filter(|v| of(*v) > 0).map(|verdict| format!("{} {verdict}", of(verdict))).collect();
    let all = verdicts.len();
    (all > 0).then(|| format!("{all} {}: {}", if all == 1 { one } else { many }, counts.join(", ")))
}

/// The outcome as people are told it. A run that only looked has proven no fix, and does not say so.
pub(super) fn said(state: &RunState) -> &'static str {
    match state.outcome() {
        Outcome::Checked => "nothing wrong found",
        Outcome::Failed if !state.meta.refused.is_empty() => "not started",
        outcome => outcome.as_str(),
    }
}

/// What an exit code tells a supervisor; `None` for 0.
pub(super) fn meaning(code: ExitCode) -> Option<&'static str> {
    match code {
        ExitCode::OK => None,
        ExitCode::DEGRADED => Some("degraded, and the caller asked to fail on that"),
        ExitCode::AWAY => Some("something required is away; a restart may help"),
        ExitCode::CONFIGURATION => Some("the configuration is wrong; a restart will not help"),
        ExitCode::BUDGET => Some("the budget ran out"),
        ExitCode(code) if code > 128 => Some("a signal ended the run"),
        _ => Some("a restart will not help by itself"),
    }
}
