//! Where values come from: names, layers, files, references.

use super::*;

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
fn what_is_not_declared_stays_and_what_has_a_problem_stays_as_it_was_given() {
    let schema = schema([Variable::new("PORT", port()).alias("OLD_PORT"), Variable::new("X", Type::Secret)]);
    let resolution = run(&schema, &[("HOME", "/root"), ("OLD_PORT", "abc")], Environment::Test);
    assert_eq!(resolution.problems.len(), 1);
    assert_eq!(resolution.vars.text("HOME"), Some("/root"));
    assert_eq!(resolution.vars.text("PORT"), Some("abc"));
    assert_eq!(resolution.vars.text("X"), None);
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

pub(super) fn alias(name: &str, since: Option<&str>, removed: Option<&str>) -> Alias {
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
