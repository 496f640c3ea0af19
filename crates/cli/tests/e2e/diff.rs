//! `bootproof diff ENV ENV`.

use crate::setup::{service, var};
use bootproof_testkit::{Sandbox, sandbox::Output};
use serde_json::Value;

const TOML: &str = r#"
[env.LEVEL]
type = "enum"
values = ["debug", "info"]
default.development = "debug"
default.production = "info"
[env.API_KEY]
type = "secret"
required = ["production"]
default.development = "pl4nted-development"
default.test = "pl4nted-test"
[env.DEBUG_ROUTES]
type = "bool"
forbidden = ["production"]
[env.API_URL]
type = "url"
[env.NAME]
[policy.staging.severity]
ENV-021 = { level = "warning", reason = "the proxy listens there" }
"#;

fn diff(sandbox: &Sandbox, args: &[&str], vars: &[(&str, &str)]) -> Output {
    let args: Vec<&str> = ["diff"].into_iter().chain(args.iter().copied()).collect();
    let vars = vars.iter().map(|(name, text)| var(name, *text));
    sandbox.command(env!("CARGO_BIN_EXE_bootproof")).args(args).vars(vars).run_blocking()
}

fn json(output: &Output) -> Value {
    serde_json::from_str(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}{}", output.stdout, output.stderr))
}

#[test]
fn what_is_declared_otherwise_is_told_for_each_variable() {
    let sandbox = service(TOML);
    let output = diff(&sandbox, &["development", "production", "--format", "json"], &[]);
    let json = json(&output);
    let told = |name: &str| -> Vec<String> {
        let all = json["declared"].as_array().unwrap().iter().filter(|one| one["name"] == name);
        all.map(|one| {
            format!(
                "{} {} {}",
                one["what"].as_str().unwrap(),
                one["sides"][0].as_str().unwrap(),
                one["sides"][1].as_str().unwrap()
            )
        })
        .collect()
    };
    assert_eq!(told("LEVEL"), ["default `debug` `info`"]);
    assert_eq!(told("API_KEY"), ["required no yes", "default *** none"]);
    assert_eq!(told("DEBUG_ROUTES"), ["forbidden no yes"]);
    assert_eq!(told("NAME"), Vec::<String>::new());
    assert_eq!(
        (json["dotenv"].to_string(), json["differs"].as_bool(), output.code()),
        ("[true,false]".to_owned(), Some(true), 0)
    );
    assert!(json["rules"].to_string().contains("ENV-021"));
}

#[test]
fn secrets_are_told_to_differ_and_never_shown() {
    let sandbox = service(TOML);
    for format in ["text", "json"] {
        let vars = [("API_URL", "https://u:pl4nted-url@h/"), ("NAME", "pl4nted-development x")];
        let output = diff(&sandbox, &["development", "test", "--format", format], &vars);
        assert!(output.stdout.contains("API_KEY") && output.stdout.contains("***"), "{}", output.stdout);
        assert!(!output.stdout.contains("pl4nted") && !output.stderr.contains("pl4nted"), "{}", output.stdout);
    }
}

#[test]
fn the_variables_as_they_are_now_are_resolved_for_both() {
    let sandbox = service(TOML);
    sandbox.write(".env", "NAME=from-file\n");
    let vars = [("API_URL", "http://localhost:1/"), ("DEBUG_ROUTES", "true")];
    let json = json(&diff(&sandbox, &["development", "production", "--format", "json"], &vars));
    let side = |name: &str, at: usize| {
        json["values"].as_array().unwrap().iter().find(|one| one["name"] == name).unwrap()["sides"][at].clone()
    };
    assert_eq!(
        (side("NAME", 0)["value"].as_str(), side("NAME", 0)["source"].as_str()),
        (Some("from-file"), Some(".env:1"))
    );
    assert_eq!(side("NAME", 1)["set"].as_bool(), Some(false));
    assert_eq!(side("API_URL", 0)["problems"].as_array().unwrap().len(), 0);
    assert_eq!(side("API_URL", 1)["problems"][0].as_str(), Some("ENV-021"));
    assert_eq!(side("DEBUG_ROUTES", 1)["problems"][0].as_str(), Some("ENV-020"));
    assert_eq!(side("API_KEY", 1)["problems"][0].as_str(), Some("ENV-002"));
}

#[test]
fn a_rule_that_the_file_changes_is_told_with_its_reason() {
    let output = diff(&service(TOML), &["staging", "production"], &[]);
    assert!(output.stdout.contains("ENV-021  warning in staging, error in production"), "{}", output.stdout);
    assert!(output.stdout.contains("the proxy listens there"), "{}", output.stdout);
}

#[test]
fn the_exit_code_is_1_only_when_that_is_asked_for() {
    let sandbox = service("[env.NAME]\n");
    assert_eq!(diff(&sandbox, &["development", "staging"], &[]).code(), 0);
    assert_eq!(diff(&sandbox, &["development", "staging", "--exit-code"], &[]).code(), 1);
    let same = diff(&sandbox, &["staging", "production", "--exit-code"], &[]);
    assert_eq!((same.code(), same.stdout.as_str()), (0, "staging and production do not differ\n"));
}

#[test]
fn without_a_file_what_is_built_in_is_compared() {
    let output = diff(&Sandbox::new(), &["development", "production"], &[]);
    assert!(
        output.stdout.contains("ENV-021") && output.stdout.contains("no variables are declared"),
        "{}",
        output.stdout
    );
}

#[test]
fn an_unknown_environment_is_a_usage_error_that_names_the_four() {
    let sandbox = service(TOML);
    for args in [&["stagin", "production"][..], &["staging", "prod"]] {
        let output = diff(&sandbox, args, &[]);
        assert_eq!(output.code(), 2);
        for name in ["`development`", "`test`", "`staging`", "`production`"] {
            assert!(output.stderr.contains(name), "{}", output.stderr);
        }
    }
    assert_eq!(diff(&sandbox, &["staging"], &[]).code(), 2, "two are needed");
    let flag = diff(&sandbox, &["staging", "production", "--env", "test"], &[]);
    assert_eq!((flag.code(), flag.stdout.as_str()), (2, ""));
}

#[test]
fn a_broken_file_is_told() {
    let output = diff(&service("[env.A]\ntype = \"nmber\"\n"), &["staging", "production"], &[]);
    assert_eq!(output.code(), 78);
    assert!(output.stdout.contains("bootproof.toml:2"), "{}", output.stdout);
}
