//! What this room says when the environment is wrong.

use crate::Problem;
use bootproof_core::Diagnosis;

/// Every code made here, with its title. Each has a page in `docs/codes/`.
pub const CODES: &[(&str, &str)] = &[
    ("ENV-001", "problems in the environment"),
    ("ENV-002", "a required variable is missing"),
    ("ENV-003", "a variable is blank"),
    ("ENV-004", "white space around a value"),
    ("ENV-005", "a placeholder was never replaced"),
    ("ENV-006", "a reference was never replaced"),
    ("ENV-007", "a value is not of its type"),
    ("ENV-008", "a number is out of range"),
    ("ENV-009", "a URL of a scheme that is not allowed"),
    ("ENV-010", "two names of one variable differ"),
    ("ENV-011", "a secret file cannot be read"),
    ("ENV-012", "a variable and its file are both set"),
    ("ENV-013", "a secret file is empty"),
    ("ENV-014", "a Kubernetes service link"),
    ("ENV-015", "a value is none of the allowed words"),
    ("ENV-016", "the service would not see the resolved variables"),
];

/// All problems of one resolution in one diagnosis, a line each.
pub fn problems(problems: &[Problem]) -> Diagnosis {
    let n = problems.len();
    let what = format!("{n} problem{} in the environment", if n == 1 { "" } else { "s" });
    let mut actions: Vec<&str> = vec![];
    let mut diagnosis = Diagnosis::new("ENV-001", what);
    for problem in problems {
        diagnosis = diagnosis.why(problem.to_string());
        if !actions.contains(&problem.rule.action()) {
            actions.push(problem.rule.action());
        }
    }
    diagnosis
        .now("no variables were handed on, and nothing that uses them was started")
        .action(actions.join("; "))
        .configuration()
}

/// What is handed on is not what the declared variables resolve to.
pub fn not_what_is_seen(why: impl IntoIterator<Item = String>) -> Diagnosis {
    let diagnosis = Diagnosis::new("ENV-016", "the service would not see what its variables resolve to");
    why.into_iter()
        .fold(diagnosis, Diagnosis::why)
        .now("what the service would start with is unknown")
        .action("start again; if secret files change while it starts, find out who writes them")
}
