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
    ("ENV-008", "a value is out of range"),
    ("ENV-009", "a URL of a scheme that is not allowed"),
    ("ENV-010", "two names of one variable differ"),
    ("ENV-011", "a secret file cannot be read"),
    ("ENV-012", "a variable and its file are both set"),
    ("ENV-013", "a secret file is empty"),
    ("ENV-014", "a Kubernetes service link"),
    ("ENV-015", "a value is none of the allowed words"),
    ("ENV-016", "the service would not see the resolved variables"),
    ("ENV-017", "quotes were kept around a value"),
    ("ENV-018", "a variable is set under a name that is to go"),
    ("ENV-019", "a variable is set under a name that is gone"),
    ("ENV-020", "a variable is forbidden here"),
    ("ENV-021", "localhost in a deployed environment"),
    ("ENV-022", "plain text to a TLS port, or TLS to a plain one"),
    ("ENV-023", "a secret that everybody knows"),
    ("ENV-024", "a secret is too short"),
    ("ENV-025", "the same secret in two places"),
    ("ENV-026", "a secret in a URL that will be logged"),
    ("ENV-027", "an unknown variable that looks like a typo"),
    ("ENV-028", "a declared variable is read nowhere"),
    ("ENV-029", "a variable is read and not declared"),
    ("ENV-030", "defaults differ"),
    ("ENV-031", "too many or too few of a group are set"),
    ("ENV-032", "a rule over several variables is broken"),
    ("ENV-033", "a URL and its parts disagree"),
    ("ENV-034", "parts of an address without the host"),
    ("ENV-035", "others may read or change a secret file"),
    ("ENV-036", "a value does not match its pattern"),
    ("ENV-037", "a path is not what it must be"),
    ("ENV-038", "a .env file cannot be read"),
    ("ENV-039", "references lead back to themselves"),
    ("ENV-040", "a carriage return at the end of a value"),
    ("ENV-041", "a byte order mark"),
    ("ENV-042", "a URL parameter that its driver does not know"),
    ("ENV-043", "a secret on the command line"),
    ("ENV-044", "a variable is not text"),
];

/// All problems of one resolution in one diagnosis, a line each.
pub fn problems<'a>(problems: impl IntoIterator<Item = &'a Problem>) -> Diagnosis {
    let (mut why, mut actions) = (vec![], vec![]);
    for problem in problems {
        why.push(problem.to_string());
        if !actions.contains(&problem.rule.action) {
            actions.push(problem.rule.action);
        }
    }
    let n = why.len();
    let what = format!("{n} problem{} in the environment", if n == 1 { "" } else { "s" });
    why.into_iter()
        .fold(Diagnosis::new("ENV-001", what), Diagnosis::why)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules;

    #[test]
    fn every_rule_has_a_code_of_its_own_that_is_listed() {
        let mut codes: Vec<&str> = rules::ALL.iter().map(|rule| rule.code).collect();
        assert!(codes.iter().all(|code| CODES.iter().any(|(listed, _)| listed == code)));
        codes.dedup();
        assert_eq!(codes.len(), rules::ALL.len());
        // ENV-001 sums up, ENV-016 is found by the proof.
        assert_eq!(codes.len() + 2, CODES.len());
    }
}
