//! A service with a secret in every place, and all that the command says of it, whatever goes wrong.

use super::planted::{assert_hidden, planted};
use crate::setup::*;
use bootproof_testkit::{Sandbox, free_port, sandbox::Run};
use std::{fs, os::unix::fs::PermissionsExt as _};

/// Everything that looks at a service.
const RUNS: [&[&str]; 16] = [
    &["verify", "-vv"],
    &["check", "-vv"],
    &["plan"],
    &["env", "--all", "--format", "json"],
    &["env", "check", "--format", "json"],
    &["env", "export", "--all"],
    &["diff", "staging", "production"],
    &["verify", "--format", "json"],
    &["check", "--format", "json"],
    &["plan", "--format", "json"],
    &["plan", "--format", "dot"],
    &["plan", "--format", "mermaid"],
    &["env", "--all"],
    &["env", "check", "-vv"],
    &["env", "example"],
    &["diff", "development", "production", "--format", "json"],
];

/// As many of them say all that there is to be said, in one format.
const EACH: usize = 8;

/// The variables whose values are secrets, for `env explain`.
const NAMES: [&str; 16] = [
    "BY_PROCESS",
    "BY_ALIAS",
    "BY_DOTENV",
    "BY_FILE",
    "BY_DEFAULT",
    "BY_REFERENCE",
    "URL_RAW",
    "URL_ENCODED",
    "URL_QUERY",
    "CONFIG",
    "HOSTS",
    "BROKEN",
    "API_TOKEN",
    "TWO_LINES",
    "REDIS_URL",
    "BY_TOML_REFERENCE",
];

fn toml() -> String {
    let gone = free_port();
    format!(
        r#"
[service]
name = "chat"
[policy.development]
retries = 0
[policy.production]
retries = 0
[env]
dotenv = true
groups = [{{ group = "redis", required = false }}]
[env.BY_PROCESS]
type = "secret"
[env.BY_ALIAS]
type = "secret"
aliases = [{{ name = "OLD_NAME", deprecated_since = "2026-01-31" }}]
[env.BY_DOTENV]
type = "secret"
[env.BY_FILE]
type = "secret"
[env.BY_DEFAULT]
type = "secret"
default = "{by_default}"
[env.BY_REFERENCE]
type = "secret"
[env.BY_TOML_REFERENCE]
type = "secret"
default = "${{NOBODY_SETS_THIS:-{by_toml}}}"
[env.URL_RAW]
type = "url"
localhost = true
[env.URL_ENCODED]
type = "url"
localhost = true
[env.URL_QUERY]
type = "url"
localhost = true
[env.CONFIG]
type = "json"
[env.HOSTS]
type = "list"
secret = true
[env.BROKEN]
type = "secret"
[env.API_TOKEN]
type = "secret"
[env.TWO_LINES]
type = "secret"
[env.NUMBER]
type = "int"
[database.raw]
url = "${{URL_RAW}}"
[database.encoded]
url = "${{URL_ENCODED}}"
[database.query]
url = "${{URL_QUERY}}"
[redis.parts]
url = "${{REDIS_URL}}"
[http.raw]
url = "http://u:${{BY_PROCESS}}@127.0.0.1:{gone}/?token=${{BY_DOTENV}}"
required = false
[tcp.mistake]
address = "${{BY_PROCESS}}"
required = false
[command.fails]
command = ["false"]
required = false
[tasks.works]
command = ["true"]
"#,
        by_default = planted("a default of bootproof.toml"),
        by_toml = planted("a default of a reference in bootproof.toml"),
    )
}

/// A sandbox with a secret in every place that is no mistake, and the variables of the process.
pub(super) fn service_with_secrets() -> (Sandbox, Vec<(String, String)>) {
    let sandbox = service(&toml());
    sandbox.write(
        ".env",
        format!(
            "BY_DOTENV={}\nBY_REFERENCE=\"${{NOBODY_SETS_THIS:-{}}}\"\nREDIS_HOST=127.0.0.1\nREDIS_PASSWORD={}\nTWO_LINES=\"{}\"\n",
            planted("a .env file"),
            planted("a default of a reference"),
            planted("a password among parts"),
            planted("a secret of two lines"),
        ),
    );
    let file = sandbox.write("secret", planted("a secret file"));
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let at = format!("127.0.0.1:{}", free_port());
    let vars = [
        var("BY_PROCESS", planted("a process variable")),
        var("OLD_NAME", planted("an older name")),
        var("BY_FILE_FILE", "secret"),
        var("URL_RAW", format!("postgres://app:{}@{at}/x", planted("a raw password of a URL"))),
        var("URL_ENCODED", format!("mysql://app:{}@{at}/x", planted("an encoded password of a URL"))),
        var("URL_QUERY", format!("postgres://{at}/x?user=app&password={}", planted("a query"))),
        var("CONFIG", format!("{{\"api\": {{\"key\": \"{}\"}}}}", planted("a JSON document"))),
        var("API_TOKNE", planted("a variable with a typo in its name")),
        var("SOMEBODYS", planted("an undeclared variable")),
        var("RUST_BACKTRACE", "full"),
        var("RUST_LOG", "trace"),
        var("REDIS_PORT", free_port().to_string()),
    ];
    (sandbox, vars.into())
}

/// The command in `environment`, but for what names its environments itself.
pub(super) fn run(sandbox: &Sandbox, environment: &str, args: &[&str]) -> Run {
    match args[0] {
        "diff" => sandbox.command(env!("CARGO_BIN_EXE_bootproof")).args(args),
        _ => bootproof(sandbox, environment, args).args(["--timeout", "1s"]),
    }
}

/// Asserts that the runs say nothing of any secret, nor of how `names` are explained, and leave none behind in a file.
pub(super) async fn assert_silent(sandbox: &Sandbox, vars: &[(String, String)], names: &[&str], what: &str) {
    let explained: Vec<[&str; 3]> = names.iter().map(|name| ["env", "explain", name]).collect();
    let all = names.len() > 1;
    let runs =
        RUNS.into_iter().take(if all { RUNS.len() } else { EACH }).chain(explained.iter().map(<[&str; 3]>::as_slice));
    let before: Vec<_> = sandbox.files().into_iter().filter(|name| sandbox.path().join(name).is_file()).collect();
    for args in runs {
        // What only looks at variables looks the same everywhere, but for rules that are milder at home.
        let deployed = args[0] == "verify" || all;
        for environment in ["production", "development"].into_iter().skip(usize::from(!deployed)) {
            let output = run(sandbox, environment, args).vars(vars.iter().cloned()).run().await;
            assert!(output.status.code().is_some_and(|code| code != 2 && code != 101), "{args:?}: {}", output.stderr);
            assert!(!output.stdout.is_empty() || args[0] == "env", "{args:?} says nothing");
            assert_hidden(&output.stdout, &format!("{what}: stdout of {args:?} in {environment}"));
            assert_hidden(&output.stderr, &format!("{what}: stderr of {args:?} in {environment}"));
        }
    }
    for name in sandbox.files() {
        let path = sandbox.path().join(&name);
        assert_hidden(&name.display().to_string(), "the name of a file");
        if path.is_file() && !before.contains(&name) {
            assert_hidden(
                &String::from_utf8_lossy(&fs::read(&path).unwrap()),
                &format!("{what}: the file {}", name.display()),
            );
        }
    }
    assert_eq!(fs::read_dir(sandbox.home()).unwrap().count(), 0, "nothing is left in the home folder");
}

#[tokio::test]
async fn a_secret_in_any_place_is_in_no_output_of_a_start_with_a_right_environment() {
    let (sandbox, vars) = service_with_secrets();
    let check = bootproof(&sandbox, "development", &["env", "check"]).vars(vars.iter().cloned()).run().await;
    assert_eq!(check.status.code(), Some(0), "this environment is right: {}", check.stdout);
    assert_silent(&sandbox, &vars, &NAMES, "a right environment").await;
}

#[tokio::test]
async fn a_secret_in_any_place_is_in_no_output_of_a_start_that_fails_for_any_reason() {
    let (sandbox, vars) = service_with_secrets();
    let of = |place| planted(place).to_owned();
    let (process, alias) = (of("a process variable"), of("an older name"));
    let item = of("an item of a list");
    let cases: Vec<(&str, &str, String)> = vec![
        ("two names differ", "BY_ALIAS", of("another value under an older name")),
        ("a variable and its file", "BY_FILE", process.clone()),
        ("a secret for the name of its file", "BY_DEFAULT_FILE", of("the name of a secret file")),
        ("white space", "BY_PROCESS", format!(" {process}")),
        ("a carriage return", "BY_PROCESS", format!("{process}\r")),
        ("a byte order mark", "BY_PROCESS", format!("\u{feff}{process}")),
        ("kept quotes", "BY_PROCESS", format!("'{process}'")),
        ("a placeholder", "BY_PROCESS", format!("your-{process}")),
        ("a reference", "BY_PROCESS", format!("${{{}:-{process}}}", "NOBODY")),
        ("a secret instead of a number", "NUMBER", "Z1".to_owned()),
        ("a secret instead of a URL", "URL_RAW", process.clone()),
        ("a secret instead of a scheme", "URL_RAW", format!("{}://db/x", "zpr0cvar-qx1")),
        ("a URL in quotes", "URL_RAW", format!("\"postgres://app:{}@h/x\"", of("a raw password of a URL"))),
        ("a URL of a broken host", "URL_RAW", format!("postgres://app:{}@[h/x", of("a raw password of a URL"))),
        (
            "a URL of a broken port",
            "URL_ENCODED",
            format!("mysql://app:{}@h:99999999/x", of("an encoded password of a URL")),
        ),
        (
            "a URL with a slash in its password",
            "URL_RAW",
            format!("postgres://app:{}@h:1/x", of("a raw password with a slash")),
        ),
        ("a URL with two hosts", "URL_QUERY", format!("postgres://a,b/x?password={}", of("a query"))),
        ("JSON that is none", "CONFIG", format!("{{\"key\": \"{}\"", of("a JSON document"))),
        ("JSON for a list", "HOSTS", format!("[\"{item}\"]")),
        ("a URL that contradicts its parts", "REDIS_URL", format!("redis://:{process}@elsewhere:1/3")),
        ("the same secret twice", "BY_DOTENV", process.clone()),
        ("an older name that is blank", "OLD_NAME", " ".to_owned()),
        ("a service link", "REDIS_PORT", "tcp://10.0.0.7:6379".to_owned()),
        ("the same under both names", "BY_ALIAS", alias),
    ];
    for (what, name, value) in cases {
        assert_silent(&sandbox, &with(&vars, name, value), &[name], what).await;
    }
    let missing: Vec<_> = vars.iter().filter(|(name, _)| name != "URL_RAW" && name != "OLD_NAME").cloned().collect();
    assert_silent(&sandbox, &missing, &["URL_RAW"], "variables that are missing").await;
}
