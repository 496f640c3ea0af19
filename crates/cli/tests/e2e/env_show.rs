//! `bootproof env`, `env explain`, `env check`, and `--set`: what they say, and with which exit code.

use crate::setup::*;
use bootproof_testkit::{Sandbox, sandbox::Output};
use serde_json::Value;

const CHAT: &str = r#"
[service]
name = "chat"
[env]
together = [["SMTP_HOST", "SMTP_PORT"]]
rules = ["WORKERS <= 64"]
[env.DATABASE_URL]
type = "url"
schemes = ["postgres"]
required = ["staging"]
docs = "Where the data lives."
[env.SESSION_SECRET]
type = "secret"
aliases = [{ name = "OLD_SECRET", deprecated_since = "2026-01-31", removed_in = "2999-12-31" }]
[env.WORKERS]
type = "int"
min = 1
default.development = 4
default.test = 2
example = "8"
[env.SMTP_HOST]
type = "host"
[env.SMTP_PORT]
type = "port"
[env.DEBUG_BYPASS]
type = "bool"
forbidden = ["staging", "production"]
"#;

fn chat() -> Sandbox {
    service(CHAT)
}

fn env(sandbox: &Sandbox, environment: &str, args: &[&str], vars: &[(&str, &str)]) -> Output {
    let run = bootproof(sandbox, environment, &["env"]).args(args).vars(vars.iter().copied());
    run.var("COLUMNS", "100").run_blocking()
}

fn json(output: &Output) -> Value {
    serde_json::from_str(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}\n{}", output.stdout, output.stderr))
}

fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

#[test]
fn the_table_tells_name_value_source_type_and_what_is_wrong() {
    let sandbox = chat();
    sandbox.write(".env", "# mail\nSMTP_HOST=mail.example\nSMTP_PORT=none\nWORKRS=3\n");
    let vars = [("DATABASE_URL", "postgres://me:pa55word-9@db/chat"), ("OLD_SECRET", "0123456789abcdef")];
    let output = env(&sandbox, "development", &[], &vars);
    assert_eq!((code(&output), output.stderr.as_str()), (Some(0), ""), "{}", output.stdout);
    assert_eq!(
        output.stdout,
        "\
NAME            VALUE                   SOURCE               TYPE    NOTE
DATABASE_URL    postgres://***@db/chat  process              url
SESSION_SECRET  ***                     alias OLD_SECRET     secret  old name
    ENV-018 `OLD_SECRET` is an old name since 2026-01-31, and will be gone from 2999-12-31 on: it is
            `SESSION_SECRET` now
WORKERS         4                       default.development  int
SMTP_HOST       mail.example            .env:2               host
SMTP_PORT       ***                     .env:3               port
    ENV-007 `SMTP_PORT` is `none`, not a port number (from .env:3)
DEBUG_BYPASS    -                       -                    bool    not set

ENV-027 `WORKRS` is set and not declared; is `WORKERS` meant? (from .env:4)
"
    );
    assert!(!output.stdout.contains("COLUMNS"), "what is not declared is not listed");
}

#[test]
fn with_all_the_undeclared_are_listed_by_name_and_source_only() {
    let sandbox = chat();
    sandbox.write(".env", "EXTRA=pl4nted\n");
    let vars = [("OLD_SECRET", "0123456789abcdef"), ("SMTP_HOST_FILE", "/nowhere")];
    let output = env(&sandbox, "development", &["--all", "--format", "json"], &vars);
    let document = json(&output);
    let all = document["undeclared"].as_array().unwrap();
    let one = |name: &str| all.iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("{name} in {all:?}"));
    assert_eq!((&one("EXTRA")["source"], &one("HOME")["source"]), (&".env:1".into(), &"process".into()));
    assert_eq!(one("OLD_SECRET")["belongsTo"], "SESSION_SECRET");
    assert_eq!(one("SMTP_HOST_FILE")["belongsTo"], "SMTP_HOST");
    assert!(all.iter().all(|one| one.as_object().unwrap().len() == 3), "{all:?}");
    let text = env(&sandbox, "development", &["--all"], &vars).stdout;
    assert!(text.contains("set and not declared") && text.contains("EXTRA") && !text.contains("pl4nted"), "{text}");
    assert!(json(&env(&sandbox, "development", &["--format", "json"], &vars))["undeclared"].is_null());
}

#[test]
fn the_table_fits_the_terminal_and_its_values_cannot_command_it() {
    let sandbox = service("[env.GREETING]\n[env.A_NAME_THAT_IS_RATHER_LONG]\ntype = \"url\"\n");
    let vars = [
        ("GREETING", "\u{1b}[2Jhello\n\u{202e}there"),
        ("A_NAME_THAT_IS_RATHER_LONG", "https://example.com/a/rather/long/path/to/it?page=2"),
    ];
    let output = bootproof(&sandbox, "development", &["env"])
        .vars(vars)
        .var("COLUMNS", "60")
        .var("LANG", "C.UTF-8")
        .run_blocking();
    assert!(output.stdout.lines().all(|line| line.chars().count() <= 60), "{}", output.stdout);
    assert!(!output.stdout.contains(['\u{1b}', '\u{202e}']), "{:?}", output.stdout);
    let explained =
        env(&sandbox, "development", &["explain", "GREETING"], &[("GREETING", "two  blanks\u{1b}[2J\u{9b}")]);
    assert!(explained.stdout.contains("two  blanks\\u{1b}[2J"), "as it is, but harmless: {:?}", explained.stdout);
    let colored = env(&sandbox, "development", &["--color", "always"], &[]);
    assert!(colored.stdout.contains("\u{1b}[1mGREETING"), "{}", colored.stdout);
}

#[test]
fn without_a_file_it_is_told_what_was_assumed() {
    let sandbox = Sandbox::new();
    let output = env(&sandbox, "development", &[], &[("REDIS_URL", "redis://h:1")]);
    assert_eq!(code(&output), Some(0));
    assert!(
        output.stdout.contains("there is no bootproof.toml") && output.stdout.contains("REDIS_URL is set: assumed"),
        "{}",
        output.stdout
    );
    let check = env(&sandbox, "development", &["check"], &[]);
    assert_eq!(code(&check), Some(78), "in the wrong folder, nothing would ever be wrong");
    assert!(check.stdout.contains("nothing is declared, so that nothing was checked"), "{}", check.stdout);
    let empty = env(&service("[tasks]\n"), "development", &["check"], &[]);
    assert_eq!(code(&empty), Some(78));
    assert!(empty.stdout.contains("! the file declares no variables in [env]"), "{}", empty.stdout);
    let example = env(&sandbox, "development", &["example"], &[]);
    assert!(example.stderr.contains("there is no bootproof.toml"), "{}", example.stderr);
}

#[test]
fn explain_tells_what_is_declared_every_place_and_why_one_wins() {
    let sandbox = chat();
    sandbox.write(".env", "WORKERS=8\nWORKERS=9\n");
    sandbox.write("workers.txt", "10");
    let vars = [("WORKERS_FILE", "workers.txt"), ("WORKERS", "70")];
    let output = env(&sandbox, "development", &["explain", "WORKERS", "--set", "WORKERS=65"], &vars);
    assert_eq!(code(&output), Some(0));
    assert_eq!(
        output.stdout,
        "\
WORKERS
  value      65
  source     flag
  type       int (a whole number, at least 1)
  example    8
  rule       `WORKERS <= 64` must hold
  default    4 (in development)

set by
  > WORKERS in flag: wins, as a flag comes before everything else
    WORKERS in process: flag comes first
    WORKERS_FILE in process: flag comes first
    WORKERS in .env:2: flag comes first
    WORKERS in .env:1: flag comes first

error   ENV-032: `WORKERS <= 64` does not hold
  why    a rule over several variables is broken
  do     correct one of the values, or the rule
  more   bootproof explain ENV-032
"
    );
    let by_file = env(&sandbox, "development", &["explain", "WORKERS", "--format", "json"], &vars[..1]);
    let document = json(&by_file);
    assert_eq!((document["value"].as_str(), document["source"].as_str()), (Some("10"), Some("file workers.txt")));
    let places: Vec<(&str, &str, bool)> = document["places"]
        .as_array()
        .unwrap()
        .iter()
        .map(|place| {
            (place["name"].as_str().unwrap(), place["why"].as_str().unwrap(), place["wins"].as_bool().unwrap())
        })
        .collect();
    assert_eq!(
        places,
        [
            (
                "WORKERS_FILE",
                "it names the file that holds the value, and wins, as the process comes before .env files",
                true
            ),
            ("WORKERS", "process comes first", false),
            ("WORKERS", "process comes first", false),
        ]
    );
    let twice = json(&env(&sandbox, "development", &["explain", "WORKERS", "--format", "json"], &[]));
    assert_eq!(twice["places"][1]["why"], "line 2, further down in the file, wins");
}

#[test]
fn explain_tells_why_what_is_set_gives_no_value() {
    let sandbox = service(
        "[env.TOKEN]\ntype = \"secret\"\naliases = [{ name = \"GONE\", removed_in = \"2020-01-01\" }, \"OLD\"]\n",
    );
    let gone = env(&sandbox, "development", &["explain", "TOKEN"], &[("GONE", "0123456789abcdef")]);
    for part in
        ["value      none that can be used", "GONE in process: read no more since 2020-01-01", "error   ENV-019"]
    {
        assert!(gone.stdout.contains(part), "{part}: {}", gone.stdout);
    }
    let table = env(&sandbox, "development", &[], &[("GONE", "0123456789abcdef")]);
    assert!(table.stdout.contains("no value") && !table.stdout.contains("not set"), "{}", table.stdout);
    let file = env(&sandbox, "development", &["explain", "TOKEN"], &[("TOKEN_FILE", "nowhere")]);
    assert!(file.stdout.contains("TOKEN_FILE in process: gives no value: see the problems"), "{}", file.stdout);
    let older = env(
        &sandbox,
        "development",
        &["explain", "TOKEN"],
        &[("GONE", "0123456789abcdef"), ("OLD", "0123456789abcdef")],
    );
    assert!(older.stdout.contains("OLD in process: wins, as no newer name gives a value"), "{}", older.stdout);
}

/// `A` fails, `B` refers to it, `C` by its default; `D` refers to what nobody declared.
const CHAIN: &str = "[env.A]\n[env.B]\n[env.C]\ndefault = \"${B}\"\n[env.D]\n[env.E]\n";
const CHAIN_FILE: &str = "A=${MISSING}\nB=x${A}\nD=${OTHER}\nOTHER=${NOWHERE}\n";

#[test]
fn what_has_no_value_because_of_another_variable_names_that_one_and_is_not_called_unset() {
    let sandbox = service(CHAIN);
    sandbox.write(".env", CHAIN_FILE);
    let table = env(&sandbox, "development", &[], &[]).stdout;
    for (name, note) in [
        ("A ", "no value"),
        ("B ", "no value because of A"),
        ("C ", "no value because of A"),
        ("D ", "no value because of OTHER"),
        ("E ", "not set"),
    ] {
        assert!(table.lines().any(|line| line.starts_with(name) && line.ends_with(note)), "{name}: {table}");
    }
    let explained = |name: &str| env(&sandbox, "development", &["explain", name], &[]).stdout;
    for (name, by) in [("B", "A"), ("C", "A"), ("D", "OTHER")] {
        let text = explained(name);
        let expected = format!("value      none, because of `{by}`: `bootproof env explain {by}` tells more");
        assert!(text.contains(&expected) && !text.contains("see the problems"), "{text}");
    }
    assert!(explained("B").contains("B in .env:2: gives no value because of `A`"), "{}", explained("B"));
    assert!(explained("A").contains("A in .env:1: gives no value: see the problems"), "{}", explained("A"));
    sandbox.write(".env.local", "A=${MISSING}\n");
    assert!(explained("A").contains("A in .env:1: .env.local:1 comes first"), "{}", explained("A"));
    assert!(explained("OTHER").contains("ENV-006"), "{}", explained("OTHER"));
    let json = |name: &str| json(&env(&sandbox, "development", &["explain", name, "--format", "json"], &[]));
    assert_eq!((&json("C")["becauseOf"], &json("A")["becauseOf"]), (&"A".into(), &"A".into()));
    assert!(json("E")["becauseOf"].is_null());
}

#[test]
fn a_rule_that_is_off_sends_nobody_to_problems_that_are_not_told() {
    let off = "[policy.development.severity]\nENV-006 = { level = \"off\", reason = \"known\" }\n";
    let sandbox = service(&format!("{CHAIN}{off}"));
    sandbox.write(".env", CHAIN_FILE);
    let text = env(&sandbox, "development", &["explain", "A"], &[]).stdout;
    assert!(text.contains("A in .env:1: gives no value\n") && text.contains("none that can be used"), "{text}");
    let defaulted = service(&format!("[env.A]\ndefault = \"${{MISSING}}\"\n{off}"));
    let text = env(&defaulted, "development", &["explain", "A"], &[]).stdout;
    assert!(text.contains("none that can be used") && !text.contains("not set"), "{text}");
}

#[test]
fn explain_takes_an_older_name_an_undeclared_one_and_refuses_an_unknown_one() {
    let sandbox = chat();
    let vars = [("OLD_SECRET", "0123456789abcdef"), ("SESSION_SECRET", "0123456789abcdef"), ("UNRELATED", "pl4nted")];
    let old = env(&sandbox, "development", &["explain", "OLD_SECRET"], &vars);
    assert_eq!(code(&old), Some(0));
    for part in [
        "SESSION_SECRET (asked for as OLD_SECRET)",
        "OLD_SECRET, old since 2026-01-31, gone in 2999-12-31",
        "`SESSION_SECRET` wins over this older name",
        "value      ***",
    ] {
        assert!(old.stdout.contains(part), "{part}: {}", old.stdout);
    }
    let undeclared = env(&sandbox, "development", &["explain", "UNRELATED"], &vars);
    assert_eq!(code(&undeclared), Some(0));
    assert!(
        undeclared.stdout.contains("UNRELATED: not declared") && !undeclared.stdout.contains("pl4nted"),
        "{}",
        undeclared.stdout
    );
    let unknown = env(&sandbox, "development", &["explain", "WORKRES"], &vars);
    assert_eq!((code(&unknown), unknown.stdout.as_str()), (Some(2), ""));
    assert!(unknown.stderr.contains("did you mean `WORKERS`"), "{}", unknown.stderr);
}

#[test]
fn the_top_level_explain_knows_declared_variables_too() {
    let sandbox = chat();
    let explain = |args: &[&str]| bootproof(&sandbox, "development", &["explain"]).args(args).run_blocking();
    let variable = explain(&["WORKERS"]);
    assert_eq!(code(&variable), Some(0));
    assert!(variable.stdout.starts_with("WORKERS\n"), "{}", variable.stdout);
    let near = explain(&["WORKRES"]);
    assert_eq!(code(&near), Some(2));
    assert!(near.stderr.contains("did you mean `WORKERS`"), "{}", near.stderr);
    let broken = service("[env\n");
    let output = bootproof(&broken, "development", &["explain", "WORKERS"]).run_blocking();
    assert_eq!(code(&output), Some(2));
    assert!(output.stderr.contains("`bootproof env check` tells why"), "{}", output.stderr);
    let page = bootproof(&broken, "development", &["explain", "ENV-002"]).run_blocking();
    assert_eq!(code(&page), Some(0), "a broken file is no reason not to explain a code");
}

#[test]
fn check_tells_all_problems_at_once_and_exits_with_78() {
    let sandbox = chat();
    let vars = [("OLD_SECRET", "0123456789abcdef"), ("DEBUG_BYPASS", "1"), ("SMTP_HOST", "mail")];
    let output = env(&sandbox, "staging", &["check"], &vars);
    assert_eq!(code(&output), Some(78));
    for part in [
        "error   ENV-002: `DATABASE_URL` is required in staging, and not set",
        "error   ENV-020: `DEBUG_BYPASS` must not be set in staging",
        "error   ENV-031: `SMTP_HOST` is set, and `SMTP_PORT` must be, too",
        "warning ENV-018: `OLD_SECRET` is an old name",
        "  why    a required variable is missing",
        "  do     remove it from this environment",
        "  more   bootproof explain ENV-031",
        "environment staging: 3 errors and 1 warning; 3 of 6 declared variables set",
    ] {
        assert!(output.stdout.contains(part), "{part}: {}", output.stdout);
    }
    let document = json(&env(&sandbox, "staging", &["check", "--format", "json"], &vars));
    assert_eq!(
        (document["exitCode"].as_i64(), document["errors"].as_i64(), document["warnings"].as_i64()),
        (Some(78), Some(3), Some(1))
    );
    let codes: Vec<&str> = document["problems"].as_array().unwrap().iter().filter_map(|p| p["code"].as_str()).collect();
    assert_eq!(codes, ["ENV-002", "ENV-018", "ENV-020", "ENV-031"]);
    let shown = env(&sandbox, "staging", &[], &vars);
    assert_eq!(code(&shown), Some(0), "`env` shows, `env check` judges");
}

#[test]
fn check_is_content_with_warnings_and_tells_of_files_it_did_not_read() {
    let sandbox = chat();
    sandbox.write(".env", "DATABASE_URL=broken\n");
    let vars = [("OLD_SECRET", "0123456789abcdef"), ("DATABASE_URL", "postgres://db.example/chat")];
    let output = env(&sandbox, "staging", &["check"], &vars);
    assert_eq!(code(&output), Some(0), "{}", output.stdout);
    assert!(output.stdout.contains("! not read in staging: `.env`"), "{}", output.stdout);
    assert!(
        output.stdout.ends_with("environment staging: 1 warning; 2 of 6 declared variables set\n"),
        "{}",
        output.stdout
    );
    let strict = env(&sandbox, "staging", &["check", "--fail-on", "degraded"], &vars);
    assert_eq!(code(&strict), Some(3), "{}", strict.stdout);
    let quiet = env(&sandbox, "staging", &["check", "-q"], &vars[1..]);
    assert_eq!(quiet.stdout, "environment staging: no problems; 1 of 6 declared variables set\n");
}

#[test]
fn a_rule_that_the_file_makes_milder_is_told_with_its_reason() {
    let severity =
        "[policy.staging.severity]\nENV-020 = { level = \"warning\", reason = \"the load test needs it\" }\n";
    let sandbox = service(&format!("{CHAT}{severity}"));
    let vars = [("DATABASE_URL", "postgres://db.example/chat"), ("DEBUG_BYPASS", "1")];
    let output = env(&sandbox, "staging", &["check"], &vars);
    assert_eq!(code(&output), Some(0), "{}", output.stdout);
    let told = "! rule ENV-020 is `warning` in staging, as the file says: the load test needs it";
    assert!(output.stdout.contains("warning ENV-020") && output.stdout.contains(told), "{}", output.stdout);
    let document = json(&env(&sandbox, "staging", &["check", "--format", "json"], &vars));
    assert_eq!(document["overrides"][0]["reason"], "the load test needs it");
    assert!(env(&sandbox, "staging", &[], &vars).stdout.contains("the load test needs it"));
}

#[test]
fn a_file_that_cannot_be_used_is_told_where_it_does_no_harm() {
    let sandbox = service("[env.A]\ntype = \"prot\"\n");
    for args in [&[][..], &["check"], &["explain", "A"]] {
        let output = env(&sandbox, "development", args, &[]);
        assert_eq!(code(&output), Some(78), "{args:?}");
        assert!(output.stdout.contains("bootproof.toml:2:"), "{args:?}: {}", output.stdout);
    }
    for args in [&["export"][..], &["example"], &["fingerprint"]] {
        let output = env(&sandbox, "development", args, &[]);
        assert_eq!((code(&output), output.stdout.as_str()), (Some(78), ""), "{args:?}: stdout is for another program");
        assert!(output.stderr.contains("bootproof.toml:2:"), "{args:?}: {}", output.stderr);
    }
    let unknown = env(&chat(), "prodution", &["check"], &[]);
    assert_eq!(code(&unknown), Some(78));
    assert!(unknown.stdout.contains("did you mean `production`"), "{}", unknown.stdout);
}

#[test]
fn a_flag_sets_a_variable_over_all_others_but_no_secret() {
    let sandbox = chat();
    let value = |args: &[&str]| json(&env(&sandbox, "development", args, &[("WORKERS", "5")]))["value"].clone();
    assert_eq!(value(&["explain", "WORKERS", "--format", "json"]), "5");
    assert_eq!(value(&["explain", "WORKERS", "--format", "json", "--set", "WORKERS=6"]), "6");
    let sandbox = service("[tasks]\n[env.API_TOKEN]\ntype = \"secret\"\n[env.WORKERS]\ntype = \"int\"\n");
    for command in ["verify", "check"] {
        let good = bootproof(&sandbox, "development", &[command, "--set", "WORKERS=6", "--only", "environment"])
            .run_blocking();
        assert_eq!(code(&good), Some(0), "{command}: {}", good.stdout);
        let run =
            bootproof(&sandbox, "development", &[command, "-vv", "--set", "API_TOKEN=pl4nted-t0ken"]).run_blocking();
        assert_eq!(code(&run), Some(78), "{command}: {}", run.stdout);
        assert!(
            run.stdout.contains("ENV-043") && !run.stdout.contains("pl4nted") && !run.stderr.contains("pl4nted"),
            "{}",
            run.stdout
        );
    }
    let plan = bootproof(&sandbox, "development", &["plan", "--set", "WORKERS=6"]).run_blocking();
    assert_eq!(code(&plan), Some(0), "{}", plan.stderr);
}

#[test]
fn flags_that_cannot_be_read_are_usage_errors_that_do_not_repeat_them() {
    let sandbox = chat();
    for (args, expected) in [
        (&["--set", "pl4nted"][..], "there is no `=`"),
        (&["--set", "=pl4nted"], "nothing stands before"),
        (&["--set", "A=1", "--set", "pl-4nted=pl4nted"], "`--set` number 2"),
        (&["--all", "check"], "behind its command"),
        (&["--format", "dotenv"], "is for `bootproof env export`"),
        (&["export", "--format", "text"], "is one of `dotenv`"),
        (&["export", "--format", "mermaid"], "is for `bootproof plan`"),
        (&["example", "--format", "json"], "is one of `text`"),
        (&["example", "--force"], "--output"),
        (&["explian"], "explain"),
    ] {
        let output = env(&sandbox, "development", args, &[]);
        assert_eq!((code(&output), output.stdout.as_str()), (Some(2), ""), "{args:?}: {}", output.stderr);
        assert!(output.stderr.contains(expected) && !output.stderr.contains("4nted"), "{args:?}: {}", output.stderr);
    }
}
