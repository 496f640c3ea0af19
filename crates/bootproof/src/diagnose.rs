//! What the facade says when the configuration cannot be used: the file, the environment, a policy variable.

use crate::file::{FileError, FileProblem, ProblemKind};
use bootproof_core::{Diagnosis, EnvironmentError, PolicyError};
use std::{io, path::Path};

/// Every code made here, with its title. Each has a page in `docs/codes/`.
pub const CODES: &[(&str, &str)] = &[
    ("CONF-001", "the file cannot be read"),
    ("CONF-002", "the file is not TOML"),
    ("CONF-003", "the file has an unknown key"),
    ("CONF-004", "the file has a value that cannot be used"),
    ("CONF-005", "no environment could be chosen"),
    ("CONF-006", "a policy variable cannot be read"),
    ("CONF-007", "the file declares what this build lacks"),
];

/// Everything that is wrong with the file: one diagnosis of each kind, a line for each problem.
pub fn file(error: &FileError) -> Vec<Diagnosis> {
    match error {
        FileError::Unreadable { path, source } => vec![unreadable(path, source)],
        FileError::Invalid { path, problems } => [ProblemKind::Syntax, ProblemKind::Unknown, ProblemKind::Value]
            .into_iter()
            .map(|kind| (kind, problems.iter().filter(|p| p.kind == kind).collect::<Vec<_>>()))
            .filter(|(_, problems)| !problems.is_empty())
            .map(|(kind, problems)| invalid(path, kind, &problems))
            .collect(),
    }
}

fn unreadable(path: &Path, source: &io::Error) -> Diagnosis {
    let (why, action) = match source.kind() {
        io::ErrorKind::NotFound => ("there is no such file".to_owned(), "name the file with `--file`"),
        io::ErrorKind::PermissionDenied => ("permission denied".to_owned(), "let this user read it"),
        io::ErrorKind::IsADirectory => ("it is a directory".to_owned(), "name the file in it with `--file`"),
        io::ErrorKind::FileTooLarge => ("it is larger than 1 MiB".to_owned(), "name another file with `--file`"),
        io::ErrorKind::InvalidData => (source.to_string(), "save it as UTF-8"),
        _ => (source.to_string(), "name another file with `--file`"),
    };
    Diagnosis::new("CONF-001", format!("cannot read `{}`", path.display()))
        .why(why)
        .now("nothing was started")
        .action(action)
        .configuration()
}

fn invalid(path: &Path, kind: ProblemKind, problems: &[&FileProblem]) -> Diagnosis {
    let file = path.display();
    let (code, what, action) = match kind {
        ProblemKind::Syntax => {
            ("CONF-002", format!("`{file}` is not valid TOML"), "correct it there; text values need quotes")
        }
        ProblemKind::Unknown => {
            ("CONF-003", format!("`{file}` has {}", count(problems.len(), "unknown key")), "correct the spelling")
        }
        ProblemKind::Value => (
            "CONF-004",
            format!("`{file}` has {} that cannot be used", count(problems.len(), "value")),
            "correct them there",
        ),
    };
    problems
        .iter()
        .fold(Diagnosis::new(code, what), |diagnosis, problem| diagnosis.why(problem.line(path)))
        .now("nothing was started")
        .action(action)
        .configuration()
}

fn count(n: usize, thing: &str) -> String {
    format!("{n} {thing}{}", if n == 1 { "" } else { "s" })
}

/// The environment is unknown, or unset where guessing would be dangerous.
pub fn environment(error: &EnvironmentError) -> Diagnosis {
    Diagnosis::new("CONF-005", error.to_string())
        .now("nothing was started: what an environment demands cannot be guessed")
        .action("pass `--env`, or set ENVIRONMENT, to one of the four")
        .configuration()
}

/// Variables that set the policy hold something else than they may.
pub fn policy(errors: &[PolicyError]) -> Diagnosis {
    let what = match errors {
        [one] => format!("`{}` cannot be read", one.name),
        _ => format!("{} policy variables cannot be read", errors.len()),
    };
    errors
        .iter()
        .fold(Diagnosis::new("CONF-006", what), |diagnosis, error| diagnosis.why(error.to_string()))
        .now("nothing was started")
        .action("correct what is named above, or unset it to get the environment's default")
        .configuration()
}

/// The file declares something for which this build has no code.
pub fn feature_missing(path: &Path, at: crate::file::Position, section: &str, feature: &str) -> Diagnosis {
    Diagnosis::new("CONF-007", format!("this build cannot serve [{section}.*]"))
        .why(format!(
            "{}:{at} declares it, and the feature `{feature}` of the crate `bootproof` is not built in",
            path.display()
        ))
        .now("nothing was started")
        .action(format!("build with the feature `{feature}`, or switch it off: `[fixes] {section} = false`"))
        .configuration()
}

#[cfg(test)]
mod tests {
    use super::*;
    use bootproof_core::{Cause, ChosenEnvironment, Environment, Host, Policy, Vars};

    #[test]
    fn one_diagnosis_of_each_kind_lists_every_problem_with_its_place() {
        let text = "[ports.api]\nprt = 1\nport = 70000\n[fixs]\n";
        let error = crate::file::File::parse(text, Path::new("b.toml")).unwrap_err();
        let all: Vec<String> = file(&error).iter().map(ToString::to_string).collect();
        assert_eq!(
            all,
            [
                "CONF-003: `b.toml` has 2 unknown keys\n  why    b.toml:2:1: unknown key `prt` in [ports.api]; did you mean \
                 `port`?\n  why    b.toml:4:2: unknown section `fixs`; did you mean [fixes]?\n  now    nothing was started\n  do     \
                 correct the spelling\n  more   bootproof explain CONF-003",
                "CONF-004: `b.toml` has 1 value that cannot be used\n  why    b.toml:3:8: `port` in [ports.api] is `70000`; it \
                 must be 0 to 65535\n  now    nothing was started\n  do     correct them there\n  more   bootproof explain CONF-004",
            ]
        );
        assert!(file(&error).iter().all(|d| d.cause == Cause::Configuration));
    }

    #[test]
    fn an_environment_that_cannot_be_chosen_names_the_four() {
        let error = ChosenEnvironment::choose(Some("prodution"), None, &Host::default()).unwrap_err();
        let diagnosis = environment(&error);
        assert_eq!((diagnosis.code, diagnosis.cause), ("CONF-005", Cause::Configuration));
        assert!(diagnosis.what.contains("did you mean `production`?"), "{diagnosis}");
    }

    #[test]
    fn every_policy_variable_that_cannot_be_read_is_named() {
        let vars = Vars::from_pairs("process", [("REDIS_MODE", "cloud"), ("CLICKHOUSE_REQUIRED", "maybe")]);
        let errors = Policy::builtin(Environment::Test).read_vars(&vars).unwrap_err();
        let diagnosis = policy(&errors);
        assert_eq!((diagnosis.code, diagnosis.what.as_str()), ("CONF-006", "2 policy variables cannot be read"));
        assert!(diagnosis.why[1].starts_with("`REDIS_MODE` is `cloud`"), "{diagnosis}");
        assert_eq!(policy(&errors[..1]).what, "`CLICKHOUSE_REQUIRED` cannot be read");
    }

    #[test]
    fn every_code_has_a_page() {
        for (code, _) in CODES {
            let page = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../docs/codes/{code}.md"));
            let text = std::fs::read_to_string(&page).unwrap_or_else(|e| panic!("{}: {e}", page.display()));
            assert!(text.starts_with(&format!("# {code}: ")) && text.lines().count() <= 20, "{code}");
        }
    }
}
