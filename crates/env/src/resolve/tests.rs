//! Each rule told in its own words, where values come from, and that no secret is ever told.

use crate::{Environments, Resolution, Schema, Type, Variable, resolve};
use bootproof_core::{Environment, Vars};
use std::{io, path::Path};

fn schema(variables: impl IntoIterator<Item = Variable>) -> Schema {
    Schema { variables: variables.into_iter().collect() }
}

fn vars(pairs: &[(&str, &str)]) -> Vars {
    Vars::from_pairs("process", pairs.iter().copied())
}

/// Three files: one good, one empty, one forbidden. Anything else does not exist.
fn files(path: &Path) -> io::Result<String> {
    match path.to_str() {
        Some("/run/good") => Ok("s3cret\n".into()),
        Some("/run/empty") => Ok("\n".into()),
        Some("/run/forbidden") => Err(io::ErrorKind::PermissionDenied.into()),
        _ => Err(io::ErrorKind::NotFound.into()),
    }
}

fn run(schema: &Schema, pairs: &[(&str, &str)], environment: Environment) -> Resolution {
    resolve(schema, &vars(pairs), environment, &files)
}

/// What is told about one variable in staging.
fn told(variable: Variable, pairs: &[(&str, &str)]) -> Vec<String> {
    run(&schema([variable]), pairs, Environment::Staging).problems.iter().map(ToString::to_string).collect()
}

/// Text and source of one variable in staging that has no problem.
fn value(variable: Variable, pairs: &[(&str, &str)]) -> Option<(String, String)> {
    let name = variable.name.clone();
    let resolution = run(&schema([variable]), pairs, Environment::Staging);
    assert_eq!(resolution.problems, []);
    resolution.vars.value(&name).map(|v| (v.text.reveal().to_owned(), v.source.clone()))
}

fn set(text: &str, source: &str) -> Option<(String, String)> {
    Some((text.into(), source.into()))
}

fn plain(kind: Type) -> Variable {
    Variable::new("NAME", kind)
}

#[test]
fn every_rule_has_its_own_code_and_words() {
    let required = plain(Type::String).required(Environments::ALL);
    let int = Type::Int { min: Some(1), max: Some(9) };
    let url = Type::Url { schemes: vec!["postgres".into(), "sqlite".into()] };
    let level = Type::Enum { values: vec!["debug".into(), "info".into()] };
    let old = plain(Type::Secret).alias("OLD");
    for (variable, pairs, expected) in [
        (required.clone(), &[][..], "ENV-002 `NAME` is required in staging, and not set"),
        (required.alias("OLD"), &[], "ENV-002 `NAME` is required in staging, and not set (nor `OLD`)"),
        (plain(Type::Secret), &[("NAME", " ")], "ENV-003 `NAME` is set, but blank"),
        (plain(Type::Secret), &[("NAME", "pw ")], "ENV-004 `NAME` begins or ends with white space"),
        (plain(Type::Secret), &[("NAME", "REPLACE_WITH_PW")], "ENV-005 `NAME` still holds a placeholder"),
        (
            plain(url.clone()),
            &[("NAME", "postgres://${DB}/x")],
            "ENV-006 `NAME` refers to `${DB}`, and nothing replaced it",
        ),
        (plain(Type::Secret), &[("NAME", "${PW}")], "ENV-006 `NAME` holds a `${...}` reference that nothing replaced"),
        (
            plain(Type::Bool),
            &[("NAME", "maybe")],
            "ENV-007 `NAME` is `maybe`, not a bool (`true` or `false`, also `1`/`0`, `yes`/`no`, `on`/`off`)",
        ),
        (plain(Type::Host), &[("NAME", "a b")], "ENV-007 `NAME` is not a host name or IP address"),
        (plain(int), &[("NAME", "12")], "ENV-008 `NAME` is `12`; it must be 1 to 9"),
        (
            plain(url),
            &[("NAME", "mysql://u:pw@h/d")],
            "ENV-009 `NAME` is a URL of another scheme (`mysql`) than `postgres` or `sqlite`",
        ),
        (old.clone(), &[("NAME", "a1"), ("OLD", "b2")], "ENV-010 `NAME` and `OLD` are both set, to different values"),
        (
            old.clone(),
            &[("NAME_FILE", "/run/forbidden")],
            "ENV-011 `NAME_FILE` names a file that cannot be read: permission denied",
        ),
        (
            old.clone(),
            &[("OLD_FILE", "/nowhere")],
            "ENV-011 `OLD_FILE` names a file that cannot be read: there is no such file",
        ),
        (old.clone(), &[("NAME", "pw"), ("NAME_FILE", "/run/good")], "ENV-012 `NAME` and `NAME_FILE` are both set"),
        (old.clone(), &[("NAME_FILE", "/run/empty")], "ENV-013 `NAME_FILE` names an empty file"),
        (
            plain(Type::Port),
            &[("NAME", "tcp://10.0.0.7:6379")],
            "ENV-014 `NAME` holds a Kubernetes service link, which somebody else's pod put there",
        ),
        (
            plain(level),
            &[("NAME", "inof")],
            "ENV-015 `NAME` is `inof`; it must be `debug` or `info`; did you mean `info`?",
        ),
        (old, &[("OLD", "changeme")], "ENV-005 `NAME` still holds a placeholder (from alias OLD)"),
    ] {
        assert_eq!(told(variable, pairs), [expected]);
    }
}

#[test]
fn every_code_of_a_rule_is_listed_and_has_a_page() {
    for (code, _) in crate::diagnose::CODES {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../docs/codes/{code}.md"));
        let text = std::fs::read_to_string(&page).unwrap_or_else(|e| panic!("{}: {e}", page.display()));
        assert!(text.starts_with(&format!("# {code}: ")) && text.lines().count() <= 20, "{code}");
    }
}

#[test]
fn values_come_from_the_name_its_file_an_older_name_and_then_the_defaults() {
    let variable =
        || Variable::new("NAME", Type::Secret).alias("OLD").default("d").default_in(Environment::Staging, "s");
    assert_eq!(value(variable(), &[("NAME", "a")]), set("a", "process"));
    assert_eq!(value(variable(), &[("NAME_FILE", "/run/good")]), set("s3cret", "file /run/good"));
    assert_eq!(value(variable(), &[("OLD", "b")]), set("b", "alias OLD"));
    assert_eq!(value(variable(), &[("OLD_FILE", "/run/good")]), set("s3cret", "alias OLD, file /run/good"));
    assert_eq!(value(variable(), &[]), set("s", "default.staging"));
    assert_eq!(value(Variable::new("NAME", Type::Port).default("80"), &[]), set("80", "default"));
    assert_eq!(value(Variable::new("NAME", Type::Port), &[]), None);
}

#[test]
fn two_names_with_one_value_are_no_conflict_and_the_canonical_one_wins() {
    let variable = || Variable::new("NAME", Type::Secret).alias("OLD").alias("OLDER");
    assert_eq!(value(variable(), &[("NAME", "a"), ("OLD", "a")]), set("a", "process"));
    assert_eq!(value(variable(), &[("NAME", "s3cret"), ("OLD_FILE", "/run/good")]), set("s3cret", "process"));
    assert_eq!(
        told(variable(), &[("OLD", "a"), ("OLDER", "b")]),
        ["ENV-010 `OLD` and `OLDER` are both set, to different values"]
    );
}

#[test]
fn blank_older_names_contradict_nothing() {
    let variable = || Variable::new("NAME", Type::Secret).alias("OLD").alias("OLDER");
    assert_eq!(value(variable(), &[("NAME", "a"), ("OLD", "")]), set("a", "process"));
    assert_eq!(value(variable(), &[("OLD", ""), ("OLDER", "b")]), set("b", "alias OLDER"));
    assert_eq!(told(variable(), &[("NAME", ""), ("OLD", "b")]), ["ENV-003 `NAME` is set, but blank"]);
}

#[test]
fn a_declared_variable_that_ends_in_file_is_not_a_secret_file() {
    let schema = schema([Variable::new("LOG", Type::String), Variable::new("LOG_FILE", Type::String)]);
    let resolution = run(&schema, &[("LOG", "all"), ("LOG_FILE", "/var/log/x")], Environment::Test);
    assert_eq!(resolution.problems, []);
}

#[test]
fn all_problems_come_in_one_pass_in_the_order_of_the_schema() {
    let variables = ["Z", "A", "M"].map(|name| Variable::new(name, Type::Port).required(Environments::ALL));
    let resolution = run(&schema(variables), &[("A", "x")], Environment::Production);
    let told: Vec<_> = resolution.problems.iter().map(|p| (p.name.as_str(), p.rule.code())).collect();
    assert_eq!(told, [("Z", "ENV-002"), ("A", "ENV-007"), ("M", "ENV-002")]);
}

#[test]
fn a_variable_is_required_only_where_it_is_said_to_be() {
    let schema = schema([Variable::new("A", Type::String).required([Environment::Production].into_iter().collect())]);
    for environment in Environment::ALL {
        let missing = run(&schema, &[], environment).problems.len();
        assert_eq!(missing == 1, environment == Environment::Production, "{environment}");
    }
}

#[test]
fn what_is_not_declared_stays_and_what_has_a_problem_stays_as_it_was_given() {
    let schema = schema([Variable::new("PORT", Type::Port).alias("OLD_PORT"), Variable::new("X", Type::Secret)]);
    let resolution = run(&schema, &[("HOME", "/root"), ("OLD_PORT", "abc")], Environment::Test);
    assert_eq!(resolution.problems.len(), 1);
    assert_eq!(resolution.vars.text("HOME"), Some("/root"));
    assert_eq!(resolution.vars.text("PORT"), Some("abc"));
    assert_eq!(resolution.vars.text("X"), None);
}

#[test]
fn only_what_can_hold_no_secret_may_be_shown() {
    let shown = |variable: Variable, text: &str| {
        let name = variable.name.clone();
        run(&schema([variable]), &[(&name, text)], Environment::Test).vars.value(&name).is_some_and(|v| v.shown)
    };
    let url = || Type::Url { schemes: vec![] };
    assert!(shown(Variable::new("U", url()), "http://db:80/x"));
    assert!(!shown(Variable::new("U", url()), "http://me:pw@db:80/x"));
    assert!(!shown(Variable::new("U", url()), "http://db:80/x?token=abc"));
    assert!(!shown(Variable::new("U", Type::String), "http://me:pw@db:80/x"));
    assert!(!shown(Variable::new("S", Type::Secret), "x1"));
    assert!(!shown(Variable::new("S", Type::Port).secret(), "80"));
    assert!(!shown(Variable::new("API_TOKEN", Type::String), "x1"));
    assert!(shown(Variable::new("S", Type::Port), "80"));
}

#[test]
fn no_value_that_may_be_secret_is_told_whatever_is_wrong_with_it() {
    let url = || Type::Url { schemes: vec!["redis".into()] };
    let kinds = [Type::String, Type::Secret, Type::Float, url(), Type::Host, Type::Address, Type::List];
    let hidden = kinds.into_iter().map(|kind| Variable::new("NAME", kind).alias("OLD"));
    let flagged = [Type::Bool, Type::Port, Type::Duration, Type::Enum { values: vec!["hunter3".into()] }]
        .into_iter()
        .map(|kind| Variable::new("NAME", kind).alias("OLD").secret());
    let planted =
        ["hunter2", " hunter2", "${hunter2}x", "x://hunter2,,:hunter2@h:99999/", "hunter2 h", "hunter2,,", "h:hunter2"];
    for variable in hidden.chain(flagged) {
        for text in planted {
            let secret = variable.is_secret();
            let schema = schema([variable.clone()]);
            let resolution = run(&schema, &[("NAME", text), ("OLD", "hunter2b")], Environment::Production);
            assert!(!resolution.problems.is_empty());
            let all = format!("{resolution:?} {schema:?} {}", crate::diagnose::problems(&resolution.problems));
            // The name of a reference is told, unless the variable is a secret.
            assert!(!all.contains("hunter2") || (text.contains("${") && !secret), "{all}");
        }
    }
}

mod properties {
    use super::*;
    use crate::Typed;
    use proptest::prelude::*;

    fn kind() -> impl Strategy<Value = Type> {
        let bound = || prop::option::of(-5_i64..70_000);
        prop_oneof![
            Just(Type::String),
            Just(Type::Secret),
            Just(Type::Bool),
            (bound(), bound()).prop_map(|(min, max)| Type::Int { min, max }),
            Just(Type::Float),
            Just(Type::Port),
            Just(Type::Host),
            Just(Type::Address),
            Just(Type::Duration),
            Just(Type::List),
            prop::collection::vec("[a-z]{1,4}", 1..3).prop_map(|values| Type::Enum { values }),
            prop::collection::vec("[a-z]{1,6}", 0..2).prop_map(|schemes| Type::Url { schemes }),
        ]
    }

    fn text() -> impl Strategy<Value = String> {
        prop_oneof![
            "[0-9]{1,6}",
            "[a-z]{1,6}://[a-z@:/0-9${}]{0,12}",
            "[0-9]{1,4}(ms|s|m|h|d)",
            "[a-z]{1,4}(,[a-z]{0,3}){0,3}",
            "\\PC{0,12}",
            Just("tcp://10.0.0.7:6379".to_owned()),
            Just("/run/good".to_owned()),
            Just("true".to_owned()),
        ]
    }

    fn variables() -> impl Strategy<Value = Vec<Variable>> {
        let one = (kind(), prop::option::of(text()), 0_u8..3, any::<bool>());
        prop::collection::vec(one, 1..6).prop_map(|all| {
            let made = |(n, (kind, default, aliases, required)): (usize, (Type, Option<String>, u8, bool))| {
                let mut variable = Variable::new(format!("V{n}"), kind).required(Environments::all_when(required));
                variable.aliases = (0..aliases).map(|a| format!("V{n}_OLD{a}")).collect();
                match default {
                    Some(text) => variable.default(text),
                    None => variable,
                }
            };
            all.into_iter().enumerate().map(made).collect()
        })
    }

    fn given() -> impl Strategy<Value = Vec<(String, String)>> {
        prop::collection::vec(("V[0-5](_OLD[01])?(_FILE)?", text()), 0..12)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn resolving_twice_is_equal_and_what_resolved_is_of_its_type(variables in variables(), given in given(), n in 0_usize..4) {
            let (schema, given) = (schema(variables), Vars::from_pairs("process", given));
            let before = given.clone();
            let once = resolve(&schema, &given, Environment::ALL[n], &files);
            prop_assert_eq!(&once, &resolve(&schema, &given, Environment::ALL[n], &files));
            prop_assert_eq!(before, given);
            for variable in &schema.variables {
                let problem = once.problems.iter().any(|p| p.name == variable.name);
                match once.vars.text(&variable.name) {
                    Some(text) => {
                        let read: Result<Typed, _> = variable.read(text);
                        prop_assert!(read.is_ok() || problem, "{:?}", variable.kind);
                    }
                    None => prop_assert!(problem || !variable.required.contains(Environment::ALL[n])),
                }
            }
        }

        #[test]
        fn what_resolved_without_problems_resolves_to_itself(variables in variables(), given in given()) {
            let schema = schema(variables);
            let once = resolve(&schema, &Vars::from_pairs("process", given), Environment::Test, &files);
            if once.problems.is_empty() {
                // Files and old names are still set beside the canonical name: only those may be told now.
                let twice = resolve(&schema, &once.vars, Environment::Test, &files);
                for problem in &twice.problems {
                    prop_assert!(matches!(problem.rule.code(), "ENV-010" | "ENV-012"), "{}", problem);
                }
            }
        }
    }
}
