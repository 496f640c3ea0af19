//! `bootproof env audit`.

use crate::setup::{bootproof, service};
use bootproof_testkit::{Sandbox, sandbox::Output};
use serde_json::Value;

const TOML: &str = r#"
[env]
groups = ["postgres", "redis"]
[env.LEVEL]
default = "info"
[env.NEVER_READ]
[env.API_KEY]
type = "secret"
default.development = "for-development-only"
[env.IN_URL]
[env.OWN_PORT]
type = "port"
[ports.api]
port = 8000
variable = "PORT"
[ports.other]
variable = "OWN_PORT"
[http.api]
url = "http://${IN_URL}/"
"#;

const CODE: &str = "import os\nos.environ.get('LEVEL', 'debug')\nos.environ['NOT_DECLARED']\nos.environ['POSTGRES_HOST']\nos.environ.get('API_KEY', 'pl4nted')\n\
                    os.environ.get('API_KEY_FILE')\nos.environ['PORT']\nos.environ['ENVIRONMENT']\nos.environ['HOME']\nos.environ[name]\n\
                    os.environ.get('OTHER_TOKEN', 'pl4nted-one')\nos.environ.get('OTHER_TOKEN', 'pl4nted-two')\n";

fn project(toml: &str) -> Sandbox {
    let sandbox = service(toml);
    sandbox.write("app/main.py", CODE);
    sandbox.write("tests/test_it.py", "import os\nos.environ['ONLY_IN_TESTS']\n");
    sandbox.write("app/blob.py", b"\0\0\0");
    sandbox
}

fn audit(sandbox: &Sandbox, environment: &str, args: &[&str]) -> Output {
    let args: Vec<&str> = ["env", "audit"].into_iter().chain(args.iter().copied()).collect();
    bootproof(sandbox, environment, &args).run_blocking()
}

fn findings(output: &Output) -> Vec<String> {
    let json: Value = serde_json::from_str(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}{}", output.stdout, output.stderr));
    let told = |one: &Value| {
        let places = one["places"]
            .as_array()
            .unwrap()
            .iter()
            .map(|place| format!("{}:{}", place["file"].as_str().unwrap(), place["line"]));
        format!(
            "{} {} {}",
            one["code"].as_str().unwrap(),
            one["name"].as_str().unwrap(),
            places.collect::<Vec<_>>().join(",")
        )
    };
    json["findings"].as_array().unwrap().iter().map(|one| told(one).trim_end().to_owned()).collect()
}

#[test]
fn undeclared_unused_and_differing_are_told_with_their_places() {
    let output = audit(&project(TOML), "development", &["--format", "json"]);
    assert_eq!(
        findings(&output),
        [
            "ENV-028 NEVER_READ",
            "ENV-028 REDIS_URL",
            "ENV-029 NOT_DECLARED app/main.py:3",
            "ENV-029 OTHER_TOKEN app/main.py:11,app/main.py:12",
            "ENV-030 LEVEL app/main.py:2",
            "ENV-030 OTHER_TOKEN app/main.py:11,app/main.py:12",
        ]
    );
    assert_eq!(output.code(), 0, "warnings");
    let json: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(
        (json["warnings"].as_u64(), json["errors"].as_u64(), json["exitCode"].as_u64()),
        (Some(6), Some(0), Some(0))
    );
    assert!(json["computed"][0].as_str().unwrap().starts_with("app/main.py:10"), "{json}");
    assert!(json["skipped"].to_string().contains("blob.py"), "{json}");
    assert!(json["notes"].to_string().contains("ONLY_IN_TESTS"), "{json}");
}

#[test]
fn the_text_names_file_and_line_and_no_secret() {
    let output = audit(&project(TOML), "staging", &[]);
    for part in
        ["ENV-029 `NOT_DECLARED` is read but not declared: app/main.py:3", "app/main.py:10", "blob.py", "6 warnings"]
    {
        assert!(output.stdout.contains(part), "{part}: {}", output.stdout);
    }
    assert!(!output.stdout.contains("pl4nted"), "{}", output.stdout);
}

#[test]
fn the_severities_of_the_file_and_strict_decide_over_the_exit_code() {
    assert_eq!(audit(&project(TOML), "staging", &["--strict"]).code(), 78);
    let grave = format!(
        "{TOML}[policy.staging.severity]\nENV-029 = {{ level = \"error\", reason = \"no surprises\" }}\nENV-028 = {{ level = \"off\", reason = \"old\" }}\n"
    );
    let sandbox = project(&grave);
    let output = audit(&sandbox, "staging", &[]);
    assert_eq!(output.code(), 78);
    assert!(output.stdout.contains("no surprises") && !output.stdout.contains("NEVER_READ"), "{}", output.stdout);
    assert_eq!(audit(&sandbox, "production", &[]).code(), 0, "that is for staging only");
    let clean = service("[env.LEVEL]\n");
    clean.write("a.py", "import os\nos.environ['LEVEL']\n");
    let output = audit(&clean, "staging", &["--strict"]);
    assert_eq!(
        (output.code(), output.stdout.as_str()),
        (0, "environment staging: code and file agree; 1 read in 1 file of code below `.`\n")
    );
}

#[test]
fn another_folder_can_be_named_and_one_that_is_none_is_a_usage_error() {
    let sandbox = project(TOML);
    sandbox.write("other/x.py", "import os\nos.environ['LEVEL']\n");
    assert!(
        findings(&audit(&sandbox, "test", &["other", "--format", "json"]))
            .iter()
            .all(|told| told.starts_with("ENV-028"))
    );
    for path in ["nowhere", "bootproof.toml"] {
        let output = audit(&sandbox, "test", &[path]);
        assert_eq!((output.code(), output.stdout.as_str()), (2, ""));
        assert!(output.stderr.contains(path), "{}", output.stderr);
    }
}

#[test]
fn the_folder_of_the_file_is_scanned_wherever_the_command_is_run() {
    let sandbox = Sandbox::new();
    sandbox.write("service/bootproof.toml", "[env.LEVEL]\n");
    sandbox.write("service/a.py", "import os\nos.environ['IN_SERVICE']\n");
    sandbox.write("b.py", "import os\nos.environ['OUTSIDE']\n");
    let output = audit(&sandbox, "test", &["--file", "service/bootproof.toml", "--format", "json"]);
    assert_eq!(findings(&output), ["ENV-028 LEVEL", "ENV-029 IN_SERVICE a.py:2"]);
}

#[test]
fn without_a_file_everything_that_is_read_is_undeclared() {
    let sandbox = Sandbox::new();
    sandbox.write("a.py", "import os\nos.environ['LEVEL']\n");
    let output = audit(&sandbox, "test", &[]);
    assert!(output.stdout.contains("ENV-029 `LEVEL`") && output.stdout.contains("bootproof init"), "{}", output.stdout);
    let broken = audit(&project("[env.A]\ntype = 5\n"), "test", &[]);
    assert_eq!(broken.code(), 78);
}
