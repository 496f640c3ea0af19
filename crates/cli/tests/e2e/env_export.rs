//! `bootproof env export`, `example` and `fingerprint`: what other programs read.

use crate::setup::*;
use bootproof_testkit::{Sandbox, sandbox::Output};
use serde_json::Value;
use std::os::unix::fs::PermissionsExt as _;

const TOML: &str = r#"
[service]
name = "Chat Room"
[env.DATABASE_URL]
type = "url"
required = ["staging"]
docs = "Where the data lives."
[env.API_TOKEN]
type = "secret"
aliases = ["OLD_TOKEN"]
[env.GREETING]
[env.WORKERS]
type = "int"
default = 4
[env.UNSET]
"#;

/// Values that each format must quote in its own way.
const VARS: [(&str, &str); 4] = [
    ("DATABASE_URL", "postgres://me:p%40ss-pl4nted@db/chat"),
    ("OLD_TOKEN", "pl4nted-t0ken"),
    ("GREETING", "it's $HOME \"and\" `more` # \\ än"),
    ("EXTRA", "undeclared"),
];

const KEY: &str = "0123456789abcdef";

fn env(sandbox: &Sandbox, environment: &str, args: &[&str], vars: &[(&str, &str)]) -> Output {
    bootproof(sandbox, environment, &["env"]).args(args).vars(vars.iter().copied()).run_blocking()
}

fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

#[test]
fn every_format_withholds_secrets_and_names_them() {
    let sandbox = service(TOML);
    for format in ["dotenv", "shell", "json", "docker", "k8s-configmap", "systemd"] {
        let output = env(&sandbox, "development", &["export", "--format", format], &VARS);
        assert_eq!(code(&output), Some(0), "{format}: {}", output.stderr);
        assert!(output.stdout.contains("WORKERS") && output.stdout.contains("GREETING"), "{format}: {}", output.stdout);
        assert!(!output.stdout.contains("pl4nted") && !output.stdout.contains("UNSET"), "{format}: {}", output.stdout);
        assert!(!output.stdout.contains("EXTRA"), "{format}: {}", output.stdout);
        assert!(
            output.stderr.starts_with("withheld") && output.stderr.contains("DATABASE_URL, API_TOKEN"),
            "{format}: {}",
            output.stderr
        );
    }
    let default = env(&sandbox, "development", &["export"], &VARS);
    assert_eq!(default.stdout, env(&sandbox, "development", &["export", "--format", "dotenv"], &VARS).stdout);
    let secret = env(&sandbox, "development", &["export", "--format", "k8s-secret"], &VARS);
    assert_eq!((code(&secret), secret.stdout.as_str()), (Some(2), ""));
    assert!(secret.stderr.contains("--reveal"), "{}", secret.stderr);
}

#[test]
fn what_is_revealed_is_read_back_by_the_programs_it_is_for() {
    let sandbox = service(TOML);
    let export = |format: &str| env(&sandbox, "development", &["export", "--reveal", "--format", format], &VARS);
    let json: Value = serde_json::from_str(&export("json").stdout).unwrap();
    let declared = [("DATABASE_URL", VARS[0].1), ("API_TOKEN", VARS[1].1), ("GREETING", VARS[2].1), ("WORKERS", "4")];
    assert_eq!(json.as_object().unwrap().len(), declared.len());
    for (name, value) in declared {
        assert_eq!(json[name], value, "{name}");
    }
    // A shell, which reads what is for it.
    let shell = export("shell");
    assert_eq!(shell.stderr, "");
    sandbox.write(
        "vars.sh",
        format!("{}printf '%s\\n' \"$DATABASE_URL\" \"$API_TOKEN\" \"$GREETING\" \"$WORKERS\"\n", shell.stdout),
    );
    let read = sandbox.command("/bin/sh").args(["vars.sh"]).run_blocking();
    assert_eq!(read.stdout.lines().collect::<Vec<_>>(), declared.map(|(_, value)| value), "{}", read.stderr);
    // bootproof itself, which reads a .env file.
    sandbox.write(".env", export("dotenv").stdout);
    let again: Value =
        serde_json::from_str(&env(&sandbox, "development", &["export", "--reveal", "--format", "json"], &[]).stdout)
            .unwrap();
    assert_eq!(again, json);
}

#[test]
fn with_all_the_undeclared_are_written_as_secrets_and_older_names_are_not() {
    let sandbox = service(TOML);
    let vars = [VARS[1], ("GREETING_FILE", "greeting.txt"), VARS[3]];
    sandbox.write("greeting.txt", "hello");
    let hidden = env(&sandbox, "development", &["export", "--all"], &vars);
    assert!(
        !hidden.stdout.contains("undeclared") && hidden.stderr.contains("EXTRA"),
        "{}{}",
        hidden.stdout,
        hidden.stderr
    );
    let shown = env(&sandbox, "development", &["export", "--all", "--reveal", "--format", "json"], &vars);
    let json: Value = serde_json::from_str(&shown.stdout).unwrap();
    assert_eq!(
        (&json["EXTRA"], &json["API_TOKEN"], &json["GREETING"]),
        (&"undeclared".into(), &"pl4nted-t0ken".into(), &"hello".into())
    );
    assert!(
        json["OLD_TOKEN"].is_null() && json["GREETING_FILE"].is_null(),
        "both ways at once would contradict each other"
    );
}

#[test]
fn a_kubernetes_object_has_a_name() {
    let sandbox = service(TOML);
    let named =
        env(&sandbox, "development", &["export", "--format", "k8s-secret", "--reveal", "--name", "chat-env"], &VARS);
    assert!(named.stdout.contains("name: \"chat-env\"") && !named.stdout.contains("WORKERS"), "{}", named.stdout);
    assert!(!named.stdout.contains("pl4nted"), "values are base64: {}", named.stdout);
    let bad = env(&sandbox, "development", &["export", "--format", "k8s-configmap", "--name", "///"], &VARS);
    assert_eq!((code(&bad), bad.stdout.as_str()), (Some(2), ""));
    assert!(bad.stderr.contains("--name NAME"), "{}", bad.stderr);
}

#[test]
fn a_wrong_environment_or_a_value_that_does_not_fit_is_not_exported() {
    let sandbox = service(TOML);
    let wrong = env(&sandbox, "staging", &["export", "--reveal"], &VARS[1..2]);
    assert_eq!((code(&wrong), wrong.stdout.as_str()), (Some(78), ""));
    assert!(
        wrong.stderr.contains("ENV-002 `DATABASE_URL` is required") && wrong.stderr.contains("env check"),
        "{}",
        wrong.stderr
    );
    let lines = env(&sandbox, "development", &["export", "--format", "docker"], &[("GREETING", "two\nlines")]);
    assert_eq!((code(&lines), lines.stdout.as_str()), (Some(1), ""));
    assert!(lines.stderr.contains("`docker` cannot hold `GREETING`"), "{}", lines.stderr);
}

#[test]
fn an_example_is_written_once_unless_forced() {
    let sandbox = service(TOML);
    let stdout = env(&sandbox, "development", &["example"], &VARS).stdout;
    for part in
        ["# Where the data lives.", "DATABASE_URL=\n", "API_TOKEN=\n", "# WORKERS=4\n", "# Also read as OLD_TOKEN."]
    {
        assert!(stdout.contains(part), "{part}: {stdout}");
    }
    let write =
        |args: &[&str]| env(&sandbox, "development", &[&["example", "-o", ".env.example"], args].concat(), &VARS);
    let first = write(&[]);
    assert_eq!((code(&first), first.stdout.as_str()), (Some(0), ""));
    assert!(first.stderr.contains("wrote `.env.example`: 5 variables"), "{}", first.stderr);
    assert_eq!(sandbox.read(".env.example"), stdout);
    sandbox.write(".env.example", "mine, and longer than nothing\n");
    let second = write(&[]);
    assert_eq!(code(&second), Some(2));
    assert!(second.stderr.contains("--force"), "{}", second.stderr);
    assert_eq!(sandbox.read(".env.example"), "mine, and longer than nothing\n");
    assert_eq!(code(&write(&["--force"])), Some(0));
    assert_eq!(sandbox.read(".env.example"), stdout);
    let nowhere = env(&sandbox, "development", &["example", "-o", "no/folder/x"], &VARS);
    assert_eq!(code(&nowhere), Some(1), "{}", nowhere.stderr);
    // It is a .env file that bootproof reads without complaint.
    sandbox.write(
        ".env",
        stdout.replace("DATABASE_URL=", "DATABASE_URL=postgres://db/x").replace("API_TOKEN=", "API_TOKEN=0123456789"),
    );
    let check = env(&sandbox, "development", &["check"], &[]);
    assert_eq!(code(&check), Some(0), "{}", check.stdout);
}

fn key_file(sandbox: &Sandbox, mode: u32) -> String {
    let path = sandbox.write("key", format!("{KEY}\n"));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    path.display().to_string()
}

#[test]
fn fingerprints_are_the_same_by_file_and_by_variable_and_show_nothing() {
    let sandbox = service(TOML);
    let by_variable =
        env(&sandbox, "development", &["fingerprint"], &[&VARS[..], &[("BOOTPROOF_FINGERPRINT_KEY", KEY)]].concat());
    assert_eq!(code(&by_variable), Some(0), "{}", by_variable.stderr);
    let key = key_file(&sandbox, 0o600);
    let by_file = env(&sandbox, "development", &["fingerprint", "--key-file", &key], &VARS);
    assert_eq!(by_file.stdout, by_variable.stdout);
    assert!(by_file.stdout.contains("UNSET") && by_file.stdout.contains("not set"), "{}", by_file.stdout);
    for secret in ["pl4nted", KEY, "it's"] {
        assert!(!by_file.stdout.contains(secret) && !by_file.stderr.contains(secret), "{secret}: {}", by_file.stdout);
    }
}

#[test]
fn a_comparison_tells_which_names_differ_are_missing_and_new() {
    let sandbox = service(TOML);
    let with_key = |vars: &[(&'static str, &'static str)]| [vars, &[("BOOTPROOF_FINGERPRINT_KEY", KEY)]].concat();
    let earlier = env(&sandbox, "staging", &["fingerprint", "--format", "json"], &with_key(&VARS));
    sandbox.write("staging.json", &earlier.stdout);
    let compare = |environment, vars: &[(&str, &str)], more: &[&str]| {
        env(&sandbox, environment, &[&["fingerprint", "--compare", "staging.json"], more].concat(), vars)
    };
    let same = compare("staging", &with_key(&VARS), &[]);
    assert_eq!(code(&same), Some(0), "{}{}", same.stdout, same.stderr);
    assert!(same.stdout.contains("the same"), "{}", same.stdout);
    let other = with_key(&[VARS[0], ("GREETING", "other"), ("UNSET", "now"), ("WORKERS", "none")]);
    let differing = compare("development", &other, &[]);
    assert_eq!(code(&differing), Some(1));
    for line in [
        "differs       GREETING",
        "missing       API_TOKEN",
        "new           UNSET",
        "not compared  WORKERS",
        "! staging (earlier) and development (now): 3 differences",
    ] {
        assert!(differing.stdout.contains(line), "{line}: {}", differing.stdout);
    }
    let document: Value = serde_json::from_str(&compare("development", &other, &["--format", "json"]).stdout).unwrap();
    assert_eq!((&document["differing"][0], &document["same"]), (&"GREETING".into(), &false.into()));
    let key =
        compare("staging", &[&VARS[..], &[("BOOTPROOF_FINGERPRINT_KEY", "another key that is long")]].concat(), &[]);
    assert_eq!((code(&key), key.stdout.as_str()), (Some(2), ""));
    assert!(key.stderr.contains("different keys"), "{}", key.stderr);
}

/// `A` fails, `B` refers to it, `C` is unset.
fn with_failed(more: &str) -> Sandbox {
    let sandbox = service(&format!("[service]\nname = \"chat\"\n[env.A]\n[env.B]\n[env.C]\n[env.D]\n{more}"));
    sandbox.write(".env", "A=${MISSING}\nB=x${A}\nD=d\n");
    sandbox
}

#[test]
fn what_refers_to_a_variable_in_error_has_no_fingerprint_either() {
    let sandbox = with_failed("");
    let key = [("BOOTPROOF_FINGERPRINT_KEY", KEY)];
    let output = env(&sandbox, "development", &["fingerprint", "--format", "json"], &key);
    let document: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(document["leftOut"], serde_json::json!(["A", "B"]));
    let printed: Vec<&str> =
        document["variables"].as_array().unwrap().iter().filter_map(|one| one["name"].as_str()).collect();
    assert_eq!(printed, ["C", "D"]);
    assert!(output.stderr.contains("(`bootproof env check`): A, B (because of A)"), "{}", output.stderr);
}

#[test]
fn what_has_no_value_and_only_warns_is_named_when_it_is_not_exported() {
    let sandbox = with_failed("[policy.development.severity]\nENV-006 = { level = \"warning\", reason = \"known\" }\n");
    let output = env(&sandbox, "development", &["export"], &[]);
    assert_eq!((code(&output), output.stdout.lines().filter(|line| !line.starts_with('#')).count()), (Some(0), 1));
    let told = "left out, as they have no value that can be used: A, B (because of A)";
    assert!(output.stderr.contains(told), "{}", output.stderr);
    let print = env(&sandbox, "development", &["fingerprint"], &[("BOOTPROOF_FINGERPRINT_KEY", KEY)]);
    assert!(!print.stdout.contains("B ") && print.stderr.contains("B (because of A)"), "{}", print.stdout);
}

#[test]
fn a_key_or_file_that_cannot_be_used_is_a_usage_error() {
    let sandbox = service(TOML);
    sandbox.write("short", "pl4nted");
    sandbox.write("other.json", "{\"pl4nted\": 1}");
    let key = key_file(&sandbox, 0o600);
    for (args, expected) in [
        (&["fingerprint"][..], "BOOTPROOF_FINGERPRINT_KEY"),
        (&["fingerprint", "--key-file", "short"], "needs at least 16"),
        (&["fingerprint", "--key-file", "nowhere"], "`nowhere` cannot be read"),
        (&["fingerprint", "--key-file", &key, "--compare", "nowhere.json"], "`nowhere.json` cannot be read"),
        (&["fingerprint", "--key-file", &key, "--compare", "other.json"], "no output of"),
    ] {
        let output = env(&sandbox, "development", args, &VARS);
        assert_eq!((code(&output), output.stdout.as_str()), (Some(2), ""), "{args:?}");
        assert!(output.stderr.contains(expected) && !output.stderr.contains("pl4nted"), "{args:?}: {}", output.stderr);
    }
}
