//! Each rule told in its own words, where values come from, and that no secret is ever told.

use crate::{
    Access, Alias, Bounds, Condition, Count, Demand, DotenvFile, Environments, Group, Override, Resolved, Schema,
    SecretFile, Severity, Sources, Together, Type, Variable, World, dotenv, resolve,
};
use bootproof_core::{Environment, Secret, Vars};
use jiff::civil::Date;
use std::{io, path::Path};

fn schema(variables: impl IntoIterator<Item = Variable>) -> Schema {
    Schema::of(variables)
}

fn vars(pairs: &[(&str, &str)]) -> Vars {
    Vars::from_pairs("process", pairs.iter().copied())
}

/// Four files: one good, one empty, one forbidden, one that others may read. Anything else does not exist. It is 23 November 2026.
struct Four;

impl World for Four {
    fn secret_file(&self, path: &Path) -> io::Result<SecretFile> {
        let (text, readable_by_others) = match path.to_str() {
            Some("/run/good") => ("s3cret-text\n", false),
            Some("/run/open") => ("s3cret-text", true),
            Some("/run/empty") => ("\n", false),
            Some("/run/forbidden") => return Err(io::ErrorKind::PermissionDenied.into()),
            _ => return Err(io::ErrorKind::NotFound.into()),
        };
        Ok(SecretFile { text: Secret::new(text), readable_by_others, writable_by_others: false })
    }

    fn check(&self, path: &Path, access: Access) -> io::Result<()> {
        match (path.to_str(), access) {
            (Some("/run/good"), Access::Writable) => Err(io::ErrorKind::PermissionDenied.into()),
            (Some("/run/good"), Access::Folder) => Err(io::ErrorKind::NotADirectory.into()),
            (Some("/run/good"), _) => Ok(()),
            _ => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn today(&self) -> Date {
        Date::constant(2026, 11, 23)
    }
}

fn run(schema: &Schema, pairs: &[(&str, &str)], environment: Environment) -> Resolved {
    resolve(schema, &Sources::process(&vars(pairs)), environment, &Four)
}

/// With .env files, the one that wins first.
fn run_files(schema: &Schema, pairs: &[(&str, &str)], files: &[(&str, &str)]) -> Resolved {
    let read = |(path, text): &(&str, &str)| DotenvFile { path: (*path).into(), content: Ok(dotenv::parse(text)) };
    let files: Vec<DotenvFile> = files.iter().map(read).collect();
    resolve(schema, &Sources::process(&vars(pairs)).files(&files), Environment::Test, &Four)
}

fn all_told(resolved: &Resolved) -> Vec<String> {
    resolved.problems.iter().map(ToString::to_string).collect()
}

fn port() -> Type {
    Type::Port(Bounds::default())
}

fn list() -> Type {
    Type::List { values: vec![] }
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
    let int = Type::Int(Bounds { min: Some(1), max: Some(9) });
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
            "ENV-006 `NAME` holds the reference `${DB}`, and nothing replaced it",
        ),
        (
            plain(Type::Secret),
            &[("NAME", "${PW}")],
            "ENV-006 `NAME` holds a `${...}` reference, and nothing replaced it",
        ),
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
        (
            old.clone(),
            &[("NAME", "a1b2c3d4"), ("OLD", "b2c3d4e5")],
            "ENV-010 `NAME` and `OLD` are both set, to different values",
        ),
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
        (
            old.clone(),
            &[("NAME", "pw-of-eight"), ("NAME_FILE", "/run/good")],
            "ENV-012 `NAME` and `NAME_FILE` are both set",
        ),
        (old.clone(), &[("NAME_FILE", "/run/empty")], "ENV-013 `NAME_FILE` names an empty file"),
        (
            plain(port()),
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
    let variable = || {
        Variable::new("NAME", Type::Secret)
            .alias("OLD")
            .default("d1b2c3d4")
            .default_in(Environment::Staging, "s1b2c3d4")
    };
    assert_eq!(value(variable(), &[("NAME", "a1b2c3d4")]), set("a1b2c3d4", "process"));
    assert_eq!(value(variable(), &[("NAME_FILE", "/run/good")]), set("s3cret-text", "file /run/good"));
    assert_eq!(value(variable(), &[("OLD", "b1b2c3d4")]), set("b1b2c3d4", "alias OLD"));
    assert_eq!(value(variable(), &[("OLD_FILE", "/run/good")]), set("s3cret-text", "alias OLD, file /run/good"));
    assert_eq!(value(variable(), &[]), set("s1b2c3d4", "default.staging"));
    assert_eq!(value(Variable::new("NAME", port()).default("80"), &[]), set("80", "default"));
    assert_eq!(value(Variable::new("NAME", port()), &[]), None);
}

#[test]
fn two_names_with_one_value_are_no_conflict_and_the_canonical_one_wins() {
    let variable = || Variable::new("NAME", Type::Secret).alias("OLD").alias("OLDER");
    assert_eq!(value(variable(), &[("NAME", "a1b2c3d4"), ("OLD", "a1b2c3d4")]), set("a1b2c3d4", "process"));
    assert_eq!(value(variable(), &[("NAME", "s3cret-text"), ("OLD_FILE", "/run/good")]), set("s3cret-text", "process"));
    assert_eq!(
        told(variable(), &[("OLD", "a1b2c3d4"), ("OLDER", "b1b2c3d4")]),
        ["ENV-010 `OLD` and `OLDER` are both set, to different values"]
    );
}

#[test]
fn blank_older_names_contradict_nothing() {
    let variable = || Variable::new("NAME", Type::Secret).alias("OLD").alias("OLDER");
    assert_eq!(value(variable(), &[("NAME", "a1b2c3d4"), ("OLD", "")]), set("a1b2c3d4", "process"));
    assert_eq!(value(variable(), &[("OLD", ""), ("OLDER", "b1b2c3d4")]), set("b1b2c3d4", "alias OLDER"));
    assert_eq!(told(variable(), &[("NAME", ""), ("OLD", "b1b2c3d4")]), ["ENV-003 `NAME` is set, but blank"]);
}

#[test]
fn a_declared_variable_that_ends_in_file_is_not_a_secret_file() {
    let schema = schema([Variable::new("LOG", Type::String), Variable::new("LOG_FILE", Type::String)]);
    let resolution = run(&schema, &[("LOG", "all"), ("LOG_FILE", "/var/log/x")], Environment::Test);
    assert_eq!(resolution.problems, []);
}

#[test]
fn all_problems_come_in_one_pass_in_the_order_of_the_schema() {
    let variables = ["Z", "A", "M"].map(|name| Variable::new(name, port()).required(Environments::ALL));
    let resolution = run(&schema(variables), &[("A", "x")], Environment::Production);
    let told: Vec<_> = resolution.problems.iter().map(|p| (p.name.as_str(), p.rule.code)).collect();
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
    let schema = schema([Variable::new("PORT", port()).alias("OLD_PORT"), Variable::new("X", Type::Secret)]);
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
    assert!(!shown(Variable::new("S", port()).secret(), "80"));
    assert!(!shown(Variable::new("API_TOKEN", Type::String), "x1"));
    assert!(shown(Variable::new("S", port()), "80"));
}

#[test]
fn no_value_that_may_be_secret_is_told_whatever_is_wrong_with_it() {
    let url = || Type::Url { schemes: vec!["redis".into()] };
    let kinds = [Type::String, Type::Secret, Type::Float(Bounds::default()), url(), Type::Host, Type::Address, list()];
    let hidden = kinds.into_iter().map(|kind| Variable::new("NAME", kind).alias("OLD"));
    let flagged =
        [Type::Bool, port(), Type::Duration(Bounds::default()), Type::Enum { values: vec!["hunter3".into()] }]
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

#[test]
fn the_first_layer_that_sets_a_name_wins_and_its_line_is_kept() {
    let one = || schema([Variable::new("NAME", Type::String).default("default")]);
    let nearest = ".env.test.local";
    let files = [(nearest, "A=1\nNAME=nearest\n"), (".env", "NAME=first\nNAME=last\n")];
    let value =
        |resolved: Resolved| resolved.get("NAME").map(|set| (set.text.reveal().to_owned(), set.source.to_string()));
    let set = |text: &str, source: &str| Some((text.to_owned(), source.to_owned()));
    assert_eq!(value(run_files(&one(), &[("NAME", "mine")], &files)), set("mine", "process"));
    assert_eq!(value(run_files(&one(), &[("NAME_FILE", "/run/good")], &files)), set("s3cret-text", "file /run/good"));
    assert_eq!(value(run_files(&one(), &[], &files)), set("nearest", ".env.test.local:2"));
    assert_eq!(value(run_files(&one(), &[], &files[1..])), set("last", ".env:2"));
    assert_eq!(value(run_files(&one(), &[], &[])), set("default", "default"));
    let (process, flags) = (vars(&[("NAME", "mine")]), vars(&[("NAME", "flag")]));
    let resolved = resolve(&one(), &Sources::process(&process).flags(&flags), Environment::Test, &Four);
    assert_eq!(value(resolved), set("flag", "flag"));
}

#[test]
fn references_in_files_and_defaults_are_replaced_across_layers() {
    let variables = [
        Variable::new("URL", Type::url()).default("http://${HOST}:${PORT:-80}/"),
        Variable::new("HOST", Type::Host).alias("OLD_HOST"),
        Variable::new("PATHS", Type::String),
    ];
    let files =
        [(".env.local", "PATHS=${PATHS}:/b\nPLAIN='${HOST}'\n"), (".env", "PATHS=${PATHS:-/a}\nOTHER=x-${URL}\n")];
    let resolved = run_files(&schema(variables), &[("OLD_HOST", "db"), ("LITERAL", "$$")], &files);
    assert_eq!(all_told(&resolved), Vec::<String>::new());
    let text = |name: &str| resolved.vars.text(name);
    assert_eq!(text("URL"), Some("http://db:80/"));
    assert_eq!(text("PATHS"), Some("/a:/b"), "a value that speaks of its own name means the one below it");
    assert_eq!((text("PLAIN"), text("OTHER"), text("LITERAL")), (Some("${HOST}"), Some("x-http://db:80/"), Some("$$")));
}

#[test]
fn an_unresolved_reference_is_told_with_name_file_and_line() {
    let one = schema([Variable::new("URL", Type::url()), Variable::new("PW", Type::Secret)]);
    let told = |text: &str| all_told(&run_files(&one, &[], &[(".env", text)]));
    assert_eq!(
        told("\nURL=http://${NOWHERE}/\n"),
        ["ENV-006 `URL` refers to `${NOWHERE}`, which is not set (from .env:2)"]
    );
    assert_eq!(
        told("URL=${X:?ask the owner}\n"),
        ["ENV-006 `URL` refers to `X`, which it requires to be set: ask the owner (from .env:1)"]
    );
    assert_eq!(told("PW=pa${hunter2}\n"), ["ENV-006 `PW` holds a reference that cannot be replaced (from .env:1)"]);
    assert_eq!(told("OTHER=${NOWHERE}\n"), ["ENV-006 `OTHER` refers to `${NOWHERE}`, which is not set (from .env:1)"]);
}

#[test]
fn a_ring_of_references_is_told_once_and_a_long_chain_has_an_end() {
    let files = [(".env", "A=${B}\nB=x${C}\nC=${A}\nD=${A}\n")];
    let three = schema(["A", "B", "C", "D"].map(|name| Variable::new(name, Type::String).required(Environments::ALL)));
    assert_eq!(
        all_told(&run_files(&three, &[], &files)),
        ["ENV-039 `A` → `B` → `C` → `A` refer to each other in a ring (from .env:3)"]
    );
    assert_eq!(all_told(&run_files(&schema([]), &[], &[(".env", "A=${A2}\nA2=${A}\n")])).len(), 1);
    let chain: String = (0..300).map(|n| format!("V{n}=${{V{}}}\n", n + 1)).collect();
    let told = all_told(&run_files(&schema([Variable::new("V0", Type::String)]), &[], &[(".env", &chain)]));
    assert!(told.iter().any(|told| told.contains("more than 64 deep")), "{told:?}");
}

#[test]
fn commands_in_values_are_text() {
    let one = schema([Variable::new("A", Type::String), Variable::new("B", Type::String)]);
    let resolved = run_files(&one, &[], &[(".env", "A=$(touch /tmp/x)\nB=\"`id`\"\n")]);
    assert_eq!((resolved.vars.text("A"), resolved.vars.text("B")), (Some("$(touch /tmp/x)"), Some("`id`")));
}

#[test]
fn lines_and_files_that_cannot_be_read_are_told() {
    let told = all_told(&run_files(&schema([]), &[], &[(".env", "A=1\n=2\n")]));
    assert!(told.len() == 1 && told[0].starts_with("ENV-038 ") && told[0].ends_with("(from .env:2)"), "{told:?}");
}

fn alias(name: &str, since: Option<&str>, removed: Option<&str>) -> Alias {
    let deprecated_since = since.map(|day| day.parse().unwrap());
    Alias { deprecated_since, removed_in: removed.map(|when| when.parse().unwrap()), ..Alias::from(name) }
}

#[test]
fn an_old_name_is_a_warning_with_its_date_and_an_error_once_it_is_gone() {
    let variable = |since, removed| {
        schema([Variable::new("NAME", Type::String).alias(alias("OLD", since, removed)).required(Environments::ALL)])
    };
    let old = run(&variable(Some("2026-01-31"), Some("2027-06-30")), &[("OLD", "x")], Environment::Production);
    assert_eq!(
        all_told(&old),
        ["ENV-018 `OLD` is an old name since 2026-01-31, and will be gone from 2027-06-30 on: it is `NAME` now"]
    );
    assert_eq!((old.errors().count(), old.vars.text("NAME")), (0, Some("x")));
    let gone = run(&variable(None, Some("2026-11-23")), &[("OLD", "x")], Environment::Production);
    assert_eq!(all_told(&gone), ["ENV-019 `OLD` is set, but is gone since 2026-11-23: it is `NAME` now"]);
    let both = run(&variable(None, Some("2026-11-23")), &[("OLD", "x"), ("NAME", "y")], Environment::Production);
    assert_eq!((all_told(&both).len(), both.vars.text("NAME")), (0, Some("y")));
    let mut by_version = variable(None, Some("3.0.0"));
    assert_eq!(run(&by_version, &[("OLD", "x")], Environment::Test).problems, []);
    by_version.version = Some("3.0.0".parse().unwrap());
    assert_eq!(run(&by_version, &[("OLD", "x")], Environment::Test).problems.len(), 1);
}

#[test]
fn differing_names_from_two_places_are_told_with_their_places() {
    let one = schema([Variable::new("NAME", Type::Secret).alias("OLD")]);
    let told = all_told(&run_files(&one, &[("OLD", "hunter2-one")], &[(".env", "NAME=hunter2-two\n")]));
    assert_eq!(told, ["ENV-010 `NAME` (.env:1) and `OLD` are both set, to different values"]);
}

#[test]
fn what_is_forbidden_must_not_be_set_under_any_name_or_file() {
    let production = [Environment::Production].into_iter().collect();
    let one = schema([Variable::new("AUTH_BYPASS", Type::Bool).alias("SKIP_AUTH").forbidden(production)]);
    for (name, text) in [("AUTH_BYPASS", "false"), ("SKIP_AUTH", "true"), ("AUTH_BYPASS", "")] {
        let told = all_told(&run(&one, &[(name, text)], Environment::Production));
        assert!(told.contains(&format!("ENV-020 `{name}` must not be set in production")), "{told:?}");
    }
    assert_eq!(run(&one, &[("AUTH_BYPASS", "true")], Environment::Staging).problems, []);
}

#[test]
fn a_condition_can_require_a_variable() {
    let mut secret = Variable::new("OAUTH_SECRET", Type::Secret);
    secret.required_if = Some(Condition::parse("AUTH_MODE == 'oauth'").unwrap());
    let both = schema([secret, Variable::new("AUTH_MODE", Type::String)]);
    let told = |pairs: &[(&str, &str)]| all_told(&run(&both, pairs, Environment::Test));
    assert_eq!(
        told(&[("AUTH_MODE", "oauth")]),
        ["ENV-002 `OAUTH_SECRET` is required when `AUTH_MODE == 'oauth'`, and not set"]
    );
    assert_eq!((told(&[("AUTH_MODE", "none")]).len(), told(&[]).len()), (0, 0));
}

#[test]
fn rules_over_several_variables_name_all_of_them() {
    let count = |count, names: &[&str]| Together { names: names.iter().map(|n| (*n).into()).collect(), count };
    let told = |together: Together, pairs: &[(&str, &str)]| {
        let mut schema = schema(["A", "B", "C"].map(|name| Variable::new(name, Type::String)));
        schema.together.push(together);
        all_told(&run(&schema, pairs, Environment::Test))
    };
    let (a, b) = (("A", "1"), ("B", "2"));
    assert_eq!(told(count(Count::One, &["A", "B"]), &[]), ["ENV-031 one of `A` or `B` must be set, and none is"]);
    assert_eq!(
        told(count(Count::One, &["A", "B"]), &[a, b]),
        ["ENV-031 only one of `A` or `B` may be set, and `A` and `B` are"]
    );
    assert_eq!(told(count(Count::Any, &["A", "B"]), &[a, b]).len(), 0);
    assert_eq!(told(count(Count::OneAtMost, &["A", "B"]), &[]).len(), 0);
    assert_eq!(
        told(count(Count::AllOrNone, &["A", "B", "C"]), &[a]),
        ["ENV-031 `A` is set, and `B` and `C` must be, too"]
    );
    let mut schema = schema([
        Variable::new("MIN", Type::Int(Bounds::default())),
        Variable::new("MAX", Type::Int(Bounds::default())),
    ]);
    let condition = Condition::parse("MIN <= MAX").unwrap();
    schema.conditions.push(Demand { condition, message: Some("the pool has a size".into()) });
    assert_eq!(
        all_told(&run(&schema, &[("MIN", "5"), ("MAX", "4")], Environment::Test)),
        ["ENV-032 `MIN <= MAX` does not hold: the pool has a size"]
    );
    assert_eq!(run(&schema, &[("MIN", "5")], Environment::Test).problems, []);
}

#[test]
fn what_is_suspicious_in_deployed_environments_is_left_alone_at_home() {
    let url = || Variable::new("NAME", Type::url());
    for (variable, text, code) in [
        (url(), "http://localhost:8080/", "ENV-021"),
        (url(), "postgres://app:k3y-k3y-k3y@db,127.0.0.1/x", "ENV-021"),
        (Variable::new("NAME", Type::Host), "127.0.0.1", "ENV-021"),
        (Variable::new("NAME", Type::Address), "[::1]:80", "ENV-021"),
        (Variable::new("NAME", Type::Secret), "password123", "ENV-023"),
        (url(), "postgres://postgres:postgres@db/x", "ENV-023"),
        (Variable::new("NAME", Type::Secret), "x9f2", "ENV-024"),
        (url(), "https://api/?token=x9f2kq0d", "ENV-026"),
        (Variable::new("NAME", Type::String), "postgres://u:x9f2kq0d@db/x", "ENV-026"),
    ] {
        let one = schema([variable]);
        let codes: Vec<_> =
            run(&one, &[("NAME", text)], Environment::Staging).problems.iter().map(|p| p.rule.code).collect();
        assert_eq!(codes, [code], "{text}");
        assert_eq!(run(&one, &[("NAME", text)], Environment::Development).problems, [], "{text}");
    }
    let declared = schema([url().localhost()]);
    assert_eq!(run(&declared, &[("NAME", "http://localhost/")], Environment::Production).problems, []);
}

#[test]
fn tls_to_a_plain_port_and_foreign_parameters_are_wrong_everywhere() {
    let one = schema([Variable::new("NAME", Type::url())]);
    let told = |text| all_told(&run(&one, &[("NAME", text)], Environment::Development));
    assert_eq!(
        told("https://click:8123/"),
        ["ENV-022 `NAME` speaks TLS (`https`) to port 8123, which speaks plain text"]
    );
    assert_eq!(told("http://click:8443/"), ["ENV-022 `NAME` speaks plain `http` to port 8443, which speaks TLS"]);
    let told = told("postgresql+asyncpg://db/x?sslmode=require");
    assert!(told.len() == 1 && told[0].starts_with("ENV-042 `NAME` has the parameter `sslmode`"), "{told:?}");
}

#[test]
fn two_secrets_with_one_text_are_told_without_it() {
    let two = schema(["A_KEY", "B_KEY", "C"].map(|name| Variable::new(name, Type::String)));
    let pairs = [("A_KEY", "hunter2-hunter2"), ("B_KEY", "hunter2-hunter2"), ("C", "hunter2-hunter2")];
    let resolved = run(&two, &pairs, Environment::Production);
    assert_eq!(all_told(&resolved), ["ENV-025 `B_KEY` holds the same secret as `A_KEY`"]);
    assert_eq!(resolved.errors().count(), 0);
}

#[test]
fn names_that_are_nearly_declared_ones_are_told_with_their_place() {
    let one = schema([Variable::new("DATABASE_URL", Type::url()), Variable::new("PORT", port())]);
    let resolved = run_files(&one, &[("DATABSE_URL", "x"), ("HOME", "/root")], &[(".env", "PROT=80\n\u{feff}=1\n")]);
    let told: Vec<String> =
        resolved.problems.iter().filter(|p| p.rule.code == "ENV-027").map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "ENV-027 `DATABSE_URL` is set and not declared; is `DATABASE_URL` meant?",
            "ENV-027 `PROT` is set and not declared; is `PORT` meant? (from .env:1)"
        ]
    );
    let marked = run(&one, &[("\u{feff}PORT", "80")], Environment::Test);
    assert_eq!(all_told(&marked), ["ENV-041 the name `PORT` begins with a byte order mark, so that nothing finds it"]);
    assert_eq!(
        run(&one, &[("PORT", "80"), ("PROT", "81")], Environment::Test).problems,
        [],
        "what is set is not missed"
    );
}

#[test]
fn secrets_by_flag_open_files_and_paths_are_told() {
    let secret = schema([Variable::new("KEY", Type::Secret)]);
    let (process, flags) = (Vars::default(), vars(&[("KEY", "x9f2kq0d")]));
    let resolved = resolve(&secret, &Sources::process(&process).flags(&flags), Environment::Test, &Four);
    assert_eq!(
        all_told(&resolved),
        ["ENV-043 `KEY` is a secret, and was set by a flag of the command line (from flag)"]
            .map(|t| t.replace(" (from flag)", ""))
    );
    let open = run(&secret, &[("KEY_FILE", "/run/open")], Environment::Production);
    assert_eq!(
        all_told(&open),
        ["ENV-035 `KEY_FILE` names a file that every user of the machine may read (from file /run/open)"]
    );
    let path = |must: Access| schema([Variable::new("P", Type::Path { must: vec![Access::Exists, must] })]);
    assert_eq!(run(&path(Access::Readable), &[("P", "/run/good")], Environment::Test).problems, []);
    assert_eq!(
        all_told(&run(&path(Access::Writable), &[("P", "/run/good")], Environment::Test)),
        ["ENV-037 `P` names something that this user may not write"]
    );
    assert_eq!(
        all_told(&run(&path(Access::Readable), &[("P", "/none")], Environment::Test)).len(),
        1,
        "what is not there is told once"
    );
}

#[test]
fn a_declared_variable_that_is_not_text_is_told_once() {
    let one = schema([Variable::new("KEY", Type::Secret).alias("OLD").required(Environments::ALL)]);
    let mut process = Vars::default();
    process.set_not_text("OLD");
    process.set_not_text("UNDECLARED");
    let resolved = resolve(&one, &Sources::process(&process), Environment::Test, &Four);
    assert_eq!(all_told(&resolved), ["ENV-044 `OLD` is set to something that is not UTF-8 text"]);
}

#[test]
fn a_schema_can_make_a_rule_milder_where_it_says_why() {
    let mut one = schema([Variable::new("NAME", Type::url())]);
    let reason = "the proxy listens here".to_owned();
    let over =
        Override { environment: Environment::Staging, code: "ENV-021".into(), severity: Severity::Warning, reason };
    one.severities.push(over.clone());
    let staging = run(&one, &[("NAME", "http://localhost/")], Environment::Staging);
    assert_eq!((staging.errors().count(), staging.warnings().count(), &staging.overrides[..]), (0, 1, &[over][..]));
    assert_eq!(run(&one, &[("NAME", "http://localhost/")], Environment::Production).errors().count(), 1);
    assert_eq!(run(&one, &[("NAME", "http://db/")], Environment::Staging).overrides, [], "only what made a difference");
}

fn of_group(name: &str) -> Schema {
    let mut schema = Schema::default();
    schema.add(Group::named(name, "", None).unwrap());
    schema
}

#[test]
fn a_url_and_its_parts_become_one_value() {
    let url = |group: &str, pairs: &[(&str, &str)]| {
        let resolved = run(&of_group(group), pairs, Environment::Staging);
        assert_eq!(all_told(&resolved), Vec::<String>::new());
        let name = resolved.declared[0].0.clone();
        let parts = ["DATABASE_URL", "REDIS_URL", "CLICKHOUSE_URL"].into_iter().find_map(|name| resolved.get(name));
        parts.map(|set| (set.text.reveal().to_owned(), set.source.to_string())).ok_or(name)
    };
    let text = |group, pairs: &[(&str, &str)]| url(group, pairs).unwrap().0;
    let db = [("DB_HOST", "db"), ("DB_USER", "app"), ("DB_PASSWORD", "p@ss/w:rd-1"), ("DB_NAME", "chat")];
    assert_eq!(
        url("postgres", &db),
        Ok((
            "postgres://app:p%40ss%2Fw%3Ard-1@db:5432/chat".into(),
            "parts POSTGRES_HOST, POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB".into()
        ))
    );
    assert_eq!(text("mysql", &db), "mysql://app:p%40ss%2Fw%3Ard-1@db:3306/chat");
    assert_eq!(
        text("postgres", &[("DATABASE_URL", "postgresql://app@db/x"), ("POSTGRES_HOST", "db"), ("DB_PORT", "5432")]),
        "postgresql://app@db/x"
    );
    assert_eq!(
        text(
            "redis",
            &[("REDIS_HOST", "cache"), ("REDIS_PASSWORD", "s3cret-text"), ("REDIS_TLS", "true"), ("REDIS_DB", "2")]
        ),
        "rediss://:s3cret-text@cache:6379/2"
    );
    assert_eq!(text("redis", &[("REDIS_HOST", "fd00::7")]), "redis://[fd00::7]:6379");
    assert_eq!(
        text("clickhouse", &[("CLICKHOUSE_HOST", "click"), ("CLICKHOUSE_DB", "logs")]),
        "http://click:8123/?database=logs"
    );
    assert_eq!(
        text("clickhouse", &[("CLICKHOUSE_HOST", "click"), ("CLICKHOUSE_HTTPS_PORT", "8444")]),
        "https://click:8444/"
    );
    assert_eq!(
        text(
            "clickhouse",
            &[
                ("CLICKHOUSE_HOST", "click"),
                ("CLICKHOUSE_SECURE", "yes"),
                ("CLICKHOUSE_HTTP_PORT", "8123"),
                ("CLICKHOUSE_NATIVE_PORT", "9000")
            ]
        ),
        "https://click:8443/"
    );
}

#[test]
fn a_url_and_parts_that_disagree_are_refused_without_their_values() {
    let told = |group: &str, pairs: &[(&str, &str)]| all_told(&run(&of_group(group), pairs, Environment::Staging));
    let url = ("DATABASE_URL", "postgres://app:hunter2-one@db/chat");
    for (name, text, what) in [
        ("POSTGRES_HOST", "other", "host"),
        ("DB_PORT", "5433", "port"),
        ("DB_USER", "root2", "user"),
        ("DB_PASSWORD", "hunter2-two", "password"),
        ("DB_NAME", "forum", "database"),
    ] {
        let told = told("postgres", &[url, (name, text)]);
        assert!(
            told.len() == 1
                && told[0].starts_with("ENV-033 `DATABASE_URL` and `POSTGRES_")
                && told[0].ends_with(&format!("name a different {what}")),
            "{told:?}"
        );
        assert!(!told[0].contains("hunter2"));
    }
    assert_eq!(
        told("redis", &[("REDIS_URL", "rediss://c/0"), ("REDIS_SSL", "false")]),
        ["ENV-033 `REDIS_URL` and `REDIS_TLS` are both set, and name a different use of TLS"]
    );
    assert_eq!(told("redis", &[("REDIS_URL", "redis://c"), ("REDIS_DB", "0")]), Vec::<String>::new());
}

#[test]
fn missing_and_incomplete_connections_are_told_and_wrong_ports_too() {
    let told = |group: &str, pairs: &[(&str, &str)], environment| all_told(&run(&of_group(group), pairs, environment));
    let staging = Environment::Staging;
    assert_eq!(
        told("postgres", &[], staging),
        ["ENV-002 `DATABASE_URL` is required in staging, and not set (nor `POSTGRES_HOST` with its parts)"]
    );
    assert_eq!(told("postgres", &[], Environment::Test), Vec::<String>::new());
    assert_eq!(
        told("postgres", &[("POSTGRES_USER", "app"), ("POSTGRES_DB", "x")], staging),
        ["ENV-034 `POSTGRES_USER` and `POSTGRES_DB` are set, but `POSTGRES_HOST` is not"]
    );
    let home = run(&of_group("postgres"), &[("POSTGRES_USER", "app"), ("POSTGRES_DB", "x")], Environment::Development);
    assert_eq!(home.vars.text("DATABASE_URL"), Some("postgres://app@localhost:5432/x"));
    let native = told("clickhouse", &[("CLICKHOUSE_HOST", "click"), ("CLICKHOUSE_PORT", "9000")], staging);
    assert!(native.len() == 1 && native[0].contains("native protocol; HTTP is 8123"), "{native:?}");
    let tls = told("clickhouse", &[("CLICKHOUSE_HOST", "click"), ("CLICKHOUSE_PORT", "8443")], staging);
    assert!(tls.len() == 1 && tls[0].starts_with("ENV-022 "), "{tls:?}");
    let broken = told(
        "redis",
        &[("REDIS_HOST", "clickhouse_host_url_placeholder"), ("REDIS_PORT", "tcp://10.0.0.7:6379")],
        staging,
    );
    assert_eq!(broken.iter().map(|told| &told[..7]).collect::<Vec<_>>(), ["ENV-005", "ENV-014"], "{broken:?}");
}

#[test]
fn jwt_needs_the_key_of_its_algorithm() {
    let codes = |pairs: &[(&str, &str)]| {
        run(&of_group("jwt"), pairs, Environment::Production)
            .problems
            .iter()
            .map(|p| (p.name.clone(), p.rule.code))
            .collect::<Vec<_>>()
    };
    assert_eq!(codes(&[]), [("JWT_SECRET".to_owned(), "ENV-002")]);
    assert_eq!(codes(&[("JWT_SECRET", "too-short-for-hs256")]), [("JWT_SECRET".to_owned(), "ENV-024")]);
    assert_eq!(codes(&[("JWT_ALGORITHM", "RS256")]), [("JWT_PUBLIC_KEY".to_owned(), "ENV-002")]);
    assert_eq!(codes(&[("JWT_SECRET", "0f8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c")]), []);
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
            (bound(), bound()).prop_map(|(min, max)| Type::Int(Bounds { min, max })),
            Just(Type::Float(Bounds::default())),
            Just(port()),
            Just(Type::Host),
            Just(Type::Address),
            Just(Type::Duration(Bounds::default())),
            Just(list()),
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
                variable.aliases = (0..aliases).map(|a| format!("V{n}_OLD{a}").into()).collect();
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
            let once = resolve(&schema, &Sources::process(&given), Environment::ALL[n], &Four);
            prop_assert_eq!(&once, &resolve(&schema, &Sources::process(&given), Environment::ALL[n], &Four));
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
            let once = resolve(&schema, &Sources::process(&Vars::from_pairs("process", given)), Environment::Test, &Four);
            if once.problems.is_empty() {
                // Files and old names are still set beside the canonical name: only those may be told now.
                let twice = resolve(&schema, &Sources::process(&once.vars), Environment::Test, &Four);
                for problem in &twice.problems {
                    prop_assert!(matches!(problem.rule.code, "ENV-010" | "ENV-012"), "{}", problem);
                }
            }
        }
    }
}
