//! The diagnoses of a run as such: what can go wrong with any fix.

use crate::Diagnosis;
use std::time::Duration;

/// Every code made here, with its title. Each has a page in `docs/codes/`.
pub const CODES: &[(&str, &str)] = &[
    ("RUN-001", "a fix or probe broke"),
    ("RUN-002", "a step took longer than its limit"),
    ("RUN-003", "the budget ran out"),
    ("RUN-004", "the run was cancelled"),
    ("RUN-005", "proofs are switched off"),
    ("RUN-006", "a change could not be taken back"),
    ("RUN-007", "nothing is declared"),
    ("RUN-008", "the plan cannot be run"),
];

/// A fix or probe panicked: a fault of bootproof or of the fix, not of what it looked at.
pub fn broke(id: &str, panic: &str) -> Diagnosis {
    Diagnosis::new("RUN-001", format!("`{id}` itself broke"))
        .why(format!("it broke off: {panic}"))
        .now("nothing is known about what it looks after; the other fixes went on")
        .action("this is a fault in the fix, not in your service: report it with this text")
}

/// A step was still under way at its limit.
pub fn over_limit(id: &str, limit: Duration, doing: &str) -> Diagnosis {
    Diagnosis::new("RUN-002", format!("`{id}` was not done after {limit:?}"))
        .why(format!("it was still busy: {doing}"))
        .now("it was stopped there; what waits for it is skipped")
        .action("look at what it waits for, or raise `step_timeout` in the policy of this environment")
        .away()
}

/// The budget ran out during a step.
pub fn budget_ran_out(id: &str, budget: Duration, doing: &str) -> Diagnosis {
    Diagnosis::new("RUN-003", format!("the budget of {budget:?} ran out during `{id}`"))
        .why(format!("it was still busy: {doing}"))
        .now("the start stopped there")
        .action("`bootproof plan` shows where the time goes; `--timeout` or `budget` in the policy sets it")
        .time()
}

/// A signal or the caller ended the run during a step.
pub fn cancelled(id: &str, by: &str) -> Diagnosis {
    Diagnosis::new("RUN-004", format!("{by} ended the run during `{id}`"))
        .now("the start is not made; what had been changed is taken back, unless it is told as stuck")
        .action("run it again")
        .time()
}

/// The caller dropped the run during a step: nobody is left who could take anything back.
pub fn given_up(id: &str, doing: &str) -> Diagnosis {
    Diagnosis::new("RUN-004", format!("the run was given up during `{id}`"))
        .why(format!("it was busy: {doing}"))
        .now("what was changed so far was released, not taken back")
        .action("run it again")
        .time()
}

/// `USE_ROBUST_STARTUP=false`: applied, never demonstrated.
pub fn not_robust() -> Diagnosis {
    Diagnosis::new("RUN-005", "applied, but not proven: proofs are switched off")
        .why("USE_ROBUST_STARTUP, or `robust` in the policy of this environment, is false")
        .now("whether this fix holds is unknown")
        .action("unset USE_ROBUST_STARTUP, or set it or `robust` to true")
}

/// Undoing failed: the fix is stuck half done.
pub fn stuck(id: &str, because: &Diagnosis) -> Diagnosis {
    Diagnosis::new("RUN-006", format!("the change of `{id}` could not be taken back"))
        .why(format!("{}: {}", because.code, because.what))
        .now("it is half done: what it made is still there")
        .action(if because.action.is_empty() {
            "remove by hand what the evidence says it made".to_owned()
        } else {
            because.action.clone()
        })
}

/// Undoing did not finish in time, or panicked.
pub fn undo_broke(id: &str, how: &str) -> Diagnosis {
    Diagnosis::new("RUN-006", format!("the change of `{id}` could not be taken back"))
        .why(how)
        .now("it is half done: what it made may still be there")
        .action("remove by hand what the evidence says it made")
}

/// Neither file nor variables declare anything.
pub fn nothing_declared() -> Diagnosis {
    Diagnosis::new("RUN-007", "nothing is declared, so nothing was proven")
        .why("each fix is switched off or found nothing to look after, and no service was asked")
        .now("nothing is known about this service")
        .action("write a `bootproof.toml` (`bootproof init` drafts one), or set PORT, DATABASE_URL or REDIS_URL")
        .configuration()
}

/// The plan was refused before anything ran.
pub fn plan_refused(problems: impl IntoIterator<Item = String>) -> Diagnosis {
    let mut diagnosis = Diagnosis::new("RUN-008", "the plan cannot be run").configuration();
    for problem in problems {
        diagnosis = diagnosis.why(problem);
    }
    diagnosis.now("nothing was started").action("correct the names or needs given above")
}
