//! No secret is seen in any output of `bootproof env` that does not reveal, wherever it stands.

use crate::setup::*;
use bootproof_testkit::Sandbox;

/// One for each place a secret may stand in. Long enough that no part of one is met by chance.
const PLANTED: [(&str, &str); 9] = [
    ("process", "pl4nted-pr0cess"),
    ("dotenv", "pl4nted-d0tenv"),
    ("file", "pl4nted-f1le"),
    ("default", "pl4nted-d3fault"),
    ("raw", "pl4nted@r4w"),
    ("encoded", "pl4nted%2Denc0ded"),
    ("decoded", "pl4nted-enc0ded"),
    ("alias", "pl4nted-al1as"),
    ("undeclared", "pl4nted-und3clared"),
];

const TOML: &str = r#"
[service]
name = "chat"
[env]
groups = ["redis"]
[env.BY_PROCESS]
type = "secret"
[env.BY_DOTENV]
type = "secret"
[env.BY_FILE]
type = "secret"
[env.BY_DEFAULT]
type = "secret"
default = "pl4nted-d3fault"
[env.URL_DEFAULT]
type = "url"
default = "postgres://u:pl4nted-d3fault@h/x"
[env.URL_RAW]
type = "url"
[env.URL_ENCODED]
type = "url"
[env.CANONICAL]
type = "secret"
aliases = ["OLD_NAME"]
[env.FORGOTTEN_PASSWORD]
[env.PUT_TOGETHER]
[env.TEXT_URL]
[env.DSN_TEXT]
[env.WRONG]
type = "url"
[env.NUMBER]
type = "int"
"#;

fn planted() -> (Sandbox, Vec<(String, String)>) {
    let sandbox = service(TOML);
    sandbox.write(".env", "BY_DOTENV=pl4nted-d0tenv\nPUT_TOGETHER=\"banner ${BY_PROCESS} and ${BY_FILE}\"\nREDIS_HOST=cache\nREDIS_PASSWORD=pl4nted-d0tenv\n");
    sandbox.write("secret.txt", "pl4nted-f1le\n");
    let vars = [
        ("BY_PROCESS", "pl4nted-pr0cess"),
        ("BY_FILE_FILE", "secret.txt"),
        ("URL_RAW", "postgres://u:pl4nted@r4w@h/x"),
        ("URL_ENCODED", "postgres://u:pl4nted%2Denc0ded@h/x"),
        ("OLD_NAME", "pl4nted-al1as"),
        ("FORGOTTEN_PASSWORD", "pl4nted-pr0cess"),
        ("TEXT_URL", "amqp://u:pl4nted-pr0cess@h"),
        ("DSN_TEXT", "host=h password=pl4nted-pr0cess"),
        ("SOMEBODYS", "pl4nted-und3clared"),
        ("BOOTPROOF_FINGERPRINT_KEY", "pl4nted-k3y-of-fingerprints"),
    ];
    (sandbox, vars.into_iter().map(|(name, value)| var(name, value)).collect())
}

/// Every output of every subcommand that does not reveal.
fn outputs(sandbox: &Sandbox, vars: &[(String, String)], environments: &[&str]) -> String {
    let mut all = String::new();
    let formats = ["dotenv", "shell", "json", "docker", "k8s-configmap", "k8s-secret", "systemd"];
    let exports = formats
        .iter()
        .flat_map(|format| [vec!["export", "--format", format], vec!["export", "--all", "--format", format]]);
    let names = [
        "BY_PROCESS",
        "BY_DOTENV",
        "BY_FILE",
        "BY_DEFAULT",
        "URL_DEFAULT",
        "URL_RAW",
        "URL_ENCODED",
        "OLD_NAME",
        "FORGOTTEN_PASSWORD",
        "PUT_TOGETHER",
        "TEXT_URL",
        "DSN_TEXT",
        "WRONG",
        "NUMBER",
        "REDIS_URL",
        "REDIS_PASSWORD",
        "SOMEBODYS",
        "BY_FILE_FILE",
    ];
    let explained = names.iter().flat_map(|name| [vec!["explain", name], vec!["explain", name, "--format", "json"]]);
    let others = [
        &["--all"][..],
        &["--all", "--format", "json"],
        &["-vv"],
        &["check"],
        &["check", "--format", "json"],
        &["check", "-vv"],
        &["example"],
        &["fingerprint"],
        &["fingerprint", "--format", "json"],
        &["--set", "BY_PROCESS=pl4nted-pr0cess"],
        &["check", "--set", "BY_PROCESS=pl4nted-pr0cess"],
    ];
    let others = others.into_iter().map(<[&str]>::to_vec);
    for args in exports.chain(explained).chain(others) {
        for environment in environments {
            let output =
                bootproof(sandbox, environment, &["env"]).args(&args).vars(vars.iter().cloned()).run_blocking();
            assert!([0, 2, 78].contains(&output.status.code().unwrap()), "{args:?}: {}", output.stderr);
            all.push_str(&format!("{args:?} {environment}\n{}{}", output.stdout, output.stderr));
        }
    }
    all
}

fn assert_hidden(text: &str) {
    assert!(text.len() > 20_000, "there must be something to look through");
    // The arguments of `--set` stand in the lines that this test itself wrote.
    let seen = text.lines().find(|line| line.contains("4nted") && !line.starts_with('['));
    assert_eq!(seen, None);
    for (place, secret) in PLANTED {
        let tail = &secret[8..];
        let seen = text.lines().find(|line| line.contains(tail) && !line.starts_with('['));
        assert_eq!(seen, None, "the end of the one planted in {place}");
    }
}

#[test]
fn planted_secrets_are_in_no_output_of_a_right_environment() {
    let (sandbox, vars) = planted();
    let text = outputs(&sandbox, &vars, &["development", "production"]);
    assert!(text.contains("postgres://***@h/x"), "addresses stay readable");
    assert_hidden(&text);
}

#[test]
fn planted_secrets_are_in_no_output_of_a_wrong_environment() {
    let (sandbox, vars) = planted();
    for (name, value) in [
        ("WRONG", "pl4nted-pr0cess"),
        ("BY_PROCESS", " pl4nted-pr0cess "),
        ("CANONICAL", "pl4nted-pr0cess"),
        ("URL_RAW", "\"postgres://u:pl4nted@r4w@h/x\""),
        ("URL_ENCODED", "postgres://u:pl4nted%2Denc0ded@[h/x"),
        ("REDIS_URL", "redis://:pl4nted%2Denc0ded@elsewhere/0"),
        ("BY_FILE", "pl4nted-f1le"),
    ] {
        assert_hidden(&outputs(&sandbox, &with(&vars, name, value), &["development"]));
    }
}

#[test]
fn what_is_revealed_on_demand_is_all_of_it() {
    let (sandbox, vars) = planted();
    let run = bootproof(&sandbox, "development", &["env", "export", "--reveal", "--format", "json"]);
    let output = run.vars(vars).run_blocking();
    assert_eq!(output.status.code(), Some(0), "{}", output.stderr);
    let json: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    for (name, value) in [
        ("BY_PROCESS", "pl4nted-pr0cess"),
        ("BY_DOTENV", "pl4nted-d0tenv"),
        ("BY_FILE", "pl4nted-f1le"),
        ("BY_DEFAULT", "pl4nted-d3fault"),
        ("URL_RAW", "postgres://u:pl4nted@r4w@h/x"),
        ("CANONICAL", "pl4nted-al1as"),
        ("PUT_TOGETHER", "banner pl4nted-pr0cess and pl4nted-f1le"),
        ("REDIS_URL", "redis://:pl4nted-d0tenv@cache:6379"),
    ] {
        assert_eq!(json[name], value, "{name}");
    }
}
