use super::*;
use crate::Style;

fn problem(severity: &'static str, name: &str) -> EnvProblem {
    EnvProblem {
        code: "ENV-007",
        severity,
        name: name.into(),
        what: format!("`{name}` is not a port"),
        why: "a value is not of its type",
        source: Some(".env:3".into()),
        action: "correct the value",
    }
}

fn row(name: &str, value: Option<&str>, set: bool) -> EnvRow {
    EnvRow {
        name: name.into(),
        set,
        value: value.map(str::to_owned),
        hidden: set && value.is_none(),
        source: set.then(|| "process".to_owned()),
        kind: "string",
        notes: vec![],
        problems: vec![],
    }
}

fn table(variables: Vec<EnvRow>) -> EnvTable {
    EnvTable { schema_version: 1, environment: "test", variables, undeclared: None, problems: vec![], notes: vec![] }
}

#[test]
fn a_row_tells_a_value_a_hidden_one_and_none() {
    let mut wrong = row("C", None, true);
    wrong.notes = vec!["required".into()];
    wrong.problems = vec![problem("error", "C")];
    let text = table(vec![row("A", Some("x"), true), row("B", None, false), wrong]).text(&Style::default());
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines,
        [
            "NAME  VALUE  SOURCE   TYPE    NOTE",
            "A     x      process  string",
            "B     -      -        string",
            "C     ***    process  string  required",
            "    ENV-007 `C` is not a port (from .env:3)",
        ]
    );
}

#[test]
fn no_value_moves_the_cursor_or_breaks_the_table() {
    let text =
        table(vec![row("A", Some("a\x1b[2Jb\nc\td\u{202e}"), true)]).text(&Style { width: 120, ..Style::default() });
    assert_eq!(text.lines().count(), 2, "{text}");
    assert!(text.contains("a\\u{1b}[2Jb\\nc\\td\\u{202e}"), "{text}");
}

#[test]
fn the_table_fits_its_width_whatever_is_in_it() {
    let long = "x".repeat(200);
    let mut variables = vec![
        row(&long, Some(&long), true),
        row("日本", Some("日本日本日本日本日本日本日本日本日本日本日本日本"), true),
    ];
    variables[0].notes = vec!["required".into(), "old name".into()];
    variables[1].source = Some(".env.development.local:12".into());
    for width in [60, 80, 120] {
        let text = table(variables.clone()).text(&Style { width, ..Style::default() });
        for line in text.lines() {
            assert!(crate::page::wide(line) <= width, "{width}: {line}");
        }
    }
}

#[test]
fn errors_come_before_warnings_and_the_last_line_sums_up() {
    let check = EnvCheck {
        schema_version: 1,
        environment: "staging",
        declared: 3,
        set: 1,
        errors: 1,
        warnings: 1,
        exit_code: 78,
        problems: vec![problem("warning", "A"), problem("error", "B")],
        overrides: vec![EnvOverride {
            code: "ENV-021".into(),
            severity: "off",
            reason: "the proxy listens here".into(),
        }],
        notes: vec!["a note".into()],
    };
    let text = check.text(&Style::default(), false);
    let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part} in {text}"));
    assert!(
        at("error   ENV-007: `B`") < at("warning ENV-007: `A`")
            && at("warning ENV-007") < at("! rule ENV-021 is `off` in staging"),
        "{text}"
    );
    assert!(at("the proxy listens here") < at("! a note"), "{text}");
    assert!(text.ends_with("environment staging: 1 error and 1 warning; 1 of 3 declared variables set\n"), "{text}");
    assert!(
        text.contains("  why    a value is not of its type\n  from   .env:3\n  do     correct the value\n"),
        "{text}"
    );
    let quiet = check.text(&Style::default(), true);
    assert!(!quiet.contains("a note") && !quiet.contains("ENV-021") && quiet.contains("`B`"), "{quiet}");
}

#[test]
fn colour_is_there_only_when_it_is_wanted() {
    let table = table(vec![row("A", Some("x"), true)]);
    assert!(!table.text(&Style::default()).contains('\x1b'));
    assert!(table.text(&Style { color: true, ..Style::default() }).contains("\x1b[1mA"));
}

fn prints(environment: &str, pairs: &[(&str, &str)]) -> EnvFingerprints {
    let one = |(name, print): &(&str, &str)| EnvFingerprint {
        name: (*name).into(),
        set: !print.is_empty(),
        fingerprint: (*print).into(),
    };
    EnvFingerprints {
        schema_version: 1,
        environment: environment.into(),
        key: "k".into(),
        all: "a".into(),
        variables: pairs.iter().map(one).collect(),
        left_out: vec![],
    }
}

#[test]
fn a_comparison_names_what_differs_is_missing_is_new_or_was_left_out() {
    let earlier = prints("staging", &[("A", "1"), ("B", "2"), ("C", "3"), ("D", ""), ("E", "5")]);
    let mut now = prints("production", &[("A", "1"), ("B", "x"), ("C", ""), ("D", "4"), ("F", "6")]);
    now.left_out = vec!["E".into()];
    let compared = now.compare(&EnvFingerprints::read(&earlier.json()).unwrap()).unwrap();
    assert_eq!(
        (compared.differing.join(" "), compared.missing.join(" "), compared.new.join(" ")),
        ("B".into(), "C".into(), "D F".into())
    );
    assert_eq!((compared.left_out.join(" "), compared.same), ("E".into(), false));
    assert!(
        now.compare(&now.clone()).is_ok_and(|same| same.differing.is_empty() && !same.same),
        "what was left out is not known to be the same"
    );
    let whole = prints("test", &[("A", "1"), ("B", "")]);
    assert!(whole.compare(&whole).unwrap().same);
    let other_key = EnvFingerprints { key: "other".into(), ..whole.clone() };
    assert!(whole.compare(&other_key).unwrap_err().contains("different keys"));
}

#[test]
fn a_file_that_is_no_comparison_is_refused_without_being_quoted() {
    for text in ["", "[]", "{\"hunter2\": 1}", "{\"schemaVersion\": \"hunter2\"}", "hunter2"] {
        let error = EnvFingerprints::read(text).unwrap_err();
        assert!(!error.contains("hunter2") && error.contains("no output of"), "{error}");
    }
    let later = EnvFingerprints { schema_version: 2, ..prints("test", &[]) };
    assert!(EnvFingerprints::read(&later.json()).unwrap_err().contains("version 2"));
}
