//! The fix `environment` as the engine runs it: what it finds, hands on, proves and takes back.

use bootproof_core::{
    Cause, Change, Criticality, Environment, Finding, Fix, Proof, Retry, Scope, Standing, Step, Vars,
};
use bootproof_env::{Bounds, EnvironmentFix, Environments, Override, Resolver, Schema, Severity, Type, Variable};
use bootproof_testkit::contract::{Rig, upholds_the_contract};
use std::{fs, path::PathBuf};
use tempfile::TempDir;

fn fix(variables: impl IntoIterator<Item = Variable>) -> EnvironmentFix {
    EnvironmentFix::new(Resolver { schema: Schema::of(variables), ..Resolver::default() }, Criticality::Required)
}

/// Six variables: from the process, an older name, a file and a default, one unset, and one hidden.
fn chat() -> EnvironmentFix {
    fix([
        Variable::new("PORT", port()).required(Environments::ALL),
        Variable::new("CLICKHOUSE_PASSWORD", Type::Secret).alias("CLICKHOUSE_DEFAULT_PASSWORD"),
        Variable::new("JWT_SECRET", Type::Secret).required(Environments::ALL),
        Variable::new("DATABASE_URL", Type::Url { schemes: vec!["sqlite".into()] })
            .default_in(Environment::Development, "sqlite://.bootproof/dev.db"),
        Variable::new("LOG_LEVEL", Type::Enum { values: vec!["debug".into(), "info".into()] }).default("info"),
        Variable::new("SENTRY_DSN", Type::Url { schemes: vec![] }),
    ])
}

fn port() -> Type {
    Type::Port(Bounds::default())
}

fn secret_file() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jwt");
    fs::write(&path, "hunter2-jwt\n").unwrap();
    (folder, path)
}

fn rig(secret: &std::path::Path) -> Rig {
    Rig::new(Environment::Development).vars(&[
        ("PORT", "8000"),
        ("CLICKHOUSE_DEFAULT_PASSWORD", "hunter2-click"),
        ("JWT_SECRET_FILE", secret.to_str().unwrap()),
        ("HOME", "/root"),
    ])
}

#[tokio::test(flavor = "multi_thread")]
async fn the_fix_upholds_the_contract() {
    let (_folder, path) = secret_file();
    let world = async || fs::read_to_string(&path).unwrap();
    upholds_the_contract(&chat(), || rig(&path), world).await;
}

#[tokio::test]
async fn what_was_handed_on_is_proven_equal_to_a_fresh_resolution_and_its_sources_are_counted() {
    let (_folder, path) = secret_file();
    let rig = rig(&path);
    let (found, change, proof) = rig.run(&chat()).await.unwrap();
    let Finding::Facts(facts) = found else { panic!("{found:?}") };
    assert_eq!(facts[1], "`CLICKHOUSE_PASSWORD` from alias CLICKHOUSE_DEFAULT_PASSWORD");
    assert_eq!(facts.len(), 5);
    assert_eq!(change.made, ["handed 5 resolved variables on"]);
    assert_eq!((proof.standing, proof.scope), (Standing::Proven, Scope::Server));
    let last = rig.evidence().pop().unwrap();
    assert_eq!(last.did, "resolved 6 declared variables afresh");
    assert_eq!(
        last.saw,
        "5 typed values, equal to what the service will see; 1 from process, 1 alias, 1 file, 2 defaults; 1 optional unset"
    );
    let vars = rig.cx(Step::Prove).vars();
    assert_eq!(vars.text("CLICKHOUSE_PASSWORD"), Some("hunter2-click"));
    assert_eq!(vars.text("JWT_SECRET"), Some("hunter2-jwt"));
    assert_eq!(vars.text("HOME"), Some("/root"));
    let told = format!("{facts:?} {change:?} {:?} {vars:?}", rig.evidence());
    assert!(!told.contains("hunter2"), "{told}");
}

#[tokio::test]
async fn what_breaks_a_rule_that_only_warns_is_not_counted_as_a_typed_value_or_as_unset() {
    let names = ["PORT", "KEY", "GOOD", "UNSET"];
    let mut schema = Schema::of(names.map(|name| Variable::new(name, Type::String)));
    schema.variables[0].kind = port();
    for code in ["ENV-007", "ENV-011"] {
        let (environment, reason) = (Environment::Test, "known".to_owned());
        schema.severities.push(Override { environment, code: code.into(), severity: Severity::Warning, reason });
    }
    let fix = EnvironmentFix::new(Resolver { schema, ..Resolver::default() }, Criticality::Required);
    let rig = Rig::new(Environment::Test).vars(&[("PORT", "none"), ("KEY_FILE", "/nowhere/at/all"), ("GOOD", "x")]);
    rig.run(&fix).await.unwrap();
    let evidence = rig.evidence();
    let proof = evidence.iter().rfind(|one| one.did == "resolved 4 declared variables afresh").unwrap();
    assert_eq!(
        proof.saw,
        "1 typed values, equal to what the service will see; 2 from process; 1 as given, against a rule that is no \
         error here; 1 without a value, by a rule that is no error here; 1 optional unset"
    );
}

#[tokio::test]
async fn every_variable_missing_in_production_is_named_in_one_report_that_a_restart_will_not_help() {
    let names = ["DATABASE_URL", "JWT_SECRET", "REDIS_URL", "S3_BUCKET"];
    let required = [Environment::Production].into_iter().collect();
    let fix = fix(names.map(|name| Variable::new(name, Type::String).required(required)));
    let diagnosis = Rig::new(Environment::Production).run(&fix).await.unwrap_err();
    assert_eq!((diagnosis.code, diagnosis.cause, diagnosis.retry), ("ENV-001", Cause::Configuration, Retry::Never));
    assert_eq!(diagnosis.what, "4 problems in the environment");
    let expected = names.map(|name| format!("ENV-002 `{name}` is required in production, and not set"));
    assert_eq!(diagnosis.why, expected);
    assert_eq!(diagnosis.action, "set what is missing (NAME, or NAME_FILE with the path of a file that holds it)");
}

#[tokio::test]
async fn a_service_link_is_answered_with_the_setting_that_ends_it() {
    let rig = Rig::new(Environment::Staging).vars(&[("REDIS_PORT", "tcp://10.0.0.7:6379")]);
    let diagnosis = rig.run(&fix([Variable::new("REDIS_PORT", port())])).await.unwrap_err();
    assert_eq!(
        diagnosis.to_string(),
        "ENV-001: 1 problem in the environment\n  why    ENV-014 `REDIS_PORT` holds a Kubernetes service link, which somebody \
         else's pod put there\n  now    no variables were handed on, and nothing that uses them was started\n  do     \
         set `enableServiceLinks: false` in the pod's spec, or use another name\n  more   bootproof explain ENV-001"
    );
}

#[tokio::test]
async fn looking_twice_finds_the_same_and_changes_nothing() {
    let (_folder, path) = secret_file();
    let rig = rig(&path);
    let given = Vars::clone(rig.cx(Step::Inspect).given_vars());
    let first = chat().inspect(&rig.cx(Step::Inspect)).await.unwrap();
    assert_eq!(first, chat().inspect(&rig.cx(Step::Inspect)).await.unwrap());
    assert_eq!(given, **rig.cx(Step::Inspect).given_vars());
    assert!(rig.shelf().keys().is_empty());
    assert_eq!(rig.cx(Step::Inspect).vars().text("JWT_SECRET"), None, "looking must not hand anything on");
}

/// Proves after `change` was done to what is on the shelf.
async fn prove_after(change: impl FnOnce(&Rig)) -> Result<Proof, bootproof_core::Diagnosis> {
    let (_folder, path) = secret_file();
    let rig = rig(&path);
    rig.run(&chat()).await.unwrap();
    change(&rig);
    chat().prove(&rig.cx(Step::Prove), &Change::nothing()).await
}

#[tokio::test]
async fn one_altered_added_or_removed_value_on_the_shelf_is_no_proof() {
    let alter = |name: &'static str, text: Option<&'static str>| {
        move |rig: &Rig| {
            let cx = rig.cx(Step::Prove);
            let shelved = cx.vars();
            let mut vars = Vars::default();
            for (n, value) in shelved.iter().filter(|(n, _)| *n != name) {
                vars.set(n, value.clone());
            }
            if let Some(text) = text {
                let altered = Vars::from_pairs("default", [(name, text)]);
                vars.set(name, altered.value(name).unwrap().clone());
            }
            cx.publish_vars(vars);
        }
    };
    assert!(prove_after(|_| ()).await.is_ok());
    for (name, text, why) in [
        ("LOG_LEVEL", Some("debug"), "`LOG_LEVEL` differs from what it resolves to now"),
        ("LOG_LEVEL", None, "`LOG_LEVEL` differs from what it resolves to now"),
        ("HOME", None, "`HOME` differs from what it resolves to now"),
        ("SENTRY_DSN", Some("http://x/"), "`SENTRY_DSN` is handed on, but resolves to nothing now"),
        ("PORT", Some("hunter2"), "`PORT` differs from what it resolves to now"),
    ] {
        let diagnosis = prove_after(alter(name, text)).await.unwrap_err();
        assert!(!diagnosis.to_string().contains("hunter2"));
        assert_eq!((diagnosis.code, diagnosis.why), ("ENV-016", vec![why.to_owned()]));
    }
}

#[tokio::test]
async fn a_secret_file_that_changes_or_goes_after_apply_is_no_proof() {
    let (folder, path) = secret_file();
    let rig = rig(&path);
    rig.run(&chat()).await.unwrap();
    fs::write(&path, "another").unwrap();
    let changed = chat().prove(&rig.cx(Step::Prove), &Change::nothing()).await.unwrap_err();
    assert_eq!((changed.code, changed.why.len()), ("ENV-016", 1));
    drop(folder);
    let gone = chat().prove(&rig.cx(Step::Prove), &Change::nothing()).await.unwrap_err();
    assert_eq!(gone.code, "ENV-001");
    let file = path.display();
    let why = "`JWT_SECRET_FILE` names a file that cannot be read: there is no such file";
    assert_eq!(gone.why, [format!("ENV-011 {why} (from file {file})")]);
}

#[tokio::test]
async fn nothing_set_is_nothing_declared_and_never_proven() {
    let rig = Rig::new(Environment::Production);
    for fix in [fix([]), fix([Variable::new("SENTRY_DSN", Type::Url { schemes: vec![] })])] {
        assert_eq!(fix.inspect(&rig.cx(Step::Inspect)).await, Ok(Finding::NothingDeclared));
    }
}

#[tokio::test]
async fn the_scope_is_what_the_caller_says() {
    let (_folder, path) = secret_file();
    let (_, _, proof) = rig(&path).run(&chat().scope(Scope::Process)).await.unwrap();
    assert_eq!(proof.scope, Scope::Process);
}
