//! A Rust service that starts through the library.

use bootproof::{Environment, ExitCode, Outcome, Scope, Startup, Vars, Verdict};
use bootproof_testkit::{Postgres, Redis};
use std::path::{Path, PathBuf};

/// A folder with `toml` as its file.
fn file(folder: &Path, toml: &str) -> PathBuf {
    let path = folder.join("bootproof.toml");
    std::fs::write(&path, toml).unwrap();
    path
}

fn startup(path: &Path, vars: &[(&str, &str)]) -> Startup {
    let vars = Vars::from_pairs("test", vars.iter().copied());
    Startup::load(Some(path), vars).unwrap().environment("test").scope(Scope::Process)
}

#[tokio::test(flavor = "multi_thread")]
async fn startup_hands_over_what_it_proved() {
    let (folder, postgres, redis) =
        (tempfile::tempdir().unwrap(), Postgres::start().await.unwrap(), Redis::start().await.unwrap());
    let toml = "[env.DATABASE_URL]\ntype = \"url\"\n[env.REDIS_URL]\ntype = \"url\"\n[ports.api]\nport = 0\nhost = \"localhost\"\n\
                variable = \"PORT\"\n[database.main]\nurl = \"${DATABASE_URL}\"\n[redis.cache]\nurl = \"${REDIS_URL}\"\n[tasks]\n";
    let (database_url, redis_url) = (postgres.url(), redis.url());
    let vars = [("DATABASE_URL", database_url.as_str()), ("REDIS_URL", redis_url.as_str())];
    let boot = startup(&file(folder.path(), toml), &vars).run().await;
    assert_eq!((boot.outcome(), boot.exit_code()), (Outcome::Proven, ExitCode::OK), "{}", boot.text());
    assert!(boot.may_start());

    let listener = boot.listener("api").unwrap();
    let port = listener.local_addr().unwrap().port();
    assert_eq!(boot.vars().unwrap().text("PORT"), Some(port.to_string().as_str()), "the actual port is published");
    tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();

    let db = boot.database("main").unwrap();
    db.transaction(|tx| Box::pin(async move { tx.execute("CREATE TABLE users (name TEXT)").await })).await.unwrap();
    let cache = boot.redis("cache").unwrap();
    cache.set("k", "v", None).await.unwrap();
    assert!(boot.tasks().is_ok());
    let state = boot.state();
    let scope = |id: &str| state.ending(state.plan.find(id).unwrap()).scope;
    assert_eq!(
        (scope("database"), scope("redis"), scope("tasks")),
        (Some(Scope::Process), Some(Scope::Process), Some(Scope::Process))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn startup_that_fails_says_why_and_holds_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let toml =
        "[env.NEEDED]\ntype = \"string\"\nrequired = true\n[ports.api]\nport = 0\nhost = \"localhost\"\n[tasks]\n";
    let boot = startup(&file(folder.path(), toml), &[]).run().await;
    assert_eq!((boot.outcome(), boot.exit_code()), (Outcome::Failed, ExitCode::CONFIGURATION));
    assert!(!boot.may_start());
    assert!(boot.text().contains("NEEDED"), "{}", boot.text());
    let missing = boot.listener("api").unwrap_err().to_string();
    assert!(missing.contains("`api`") && missing.contains("nothing"), "{missing}");
}

#[tokio::test(flavor = "multi_thread")]
async fn startup_that_is_refused_is_a_report_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "[tasks]\ndefault_timeout = \"1h\"\n");
    let boot = startup(&path, &[]).run().await;
    assert_eq!((boot.outcome(), boot.exit_code()), (Outcome::Failed, ExitCode::CONFIGURATION));
    assert!(boot.text().contains("TASK-001") && boot.json().contains("TASK-001"), "{}", boot.text());
    let unknown = Startup::load(Some(&file(folder.path(), "[tasks]\n")), Vars::default())
        .unwrap()
        .environment("prodution")
        .run()
        .await;
    assert_eq!(unknown.exit_code(), ExitCode::CONFIGURATION);
    assert!(unknown.text().contains("CONF-005"), "{}", unknown.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn startup_without_proofs_may_start_and_is_not_called_a_success() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "[ports.api]\nport = 0\nhost = \"localhost\"\n");
    let boot = startup(&path, &[("USE_ROBUST_STARTUP", "false")]).run().await;
    assert_eq!((boot.outcome(), boot.exit_code()), (Outcome::Failed, ExitCode::FAILED));
    assert!(boot.may_start(), "somebody asked for it");
    assert!(boot.listener("api").is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn startup_is_repeatable_and_a_dropped_boot_releases_everything() {
    let folder = tempfile::tempdir().unwrap();
    let port = bootproof_testkit::free_port();
    let path = file(folder.path(), &format!("[ports.api]\nport = {port}\nhost = \"localhost\"\n"));
    for _ in 0..3 {
        let boot = startup(&path, &[]).run().await;
        let node = boot.state().plan.find("ports").unwrap();
        assert_eq!(boot.state().verdict(node), Verdict::Proven, "{}", boot.text());
    }
}

#[test]
fn startup_reads_its_own_variables_from_what_was_set_before_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "[redis.cache]\nurl = \"redis://cache:6379\"\n");
    let vars = Vars::from_pairs("test", [("ENVIRONMENT", "test"), ("REDIS_MODE", "shared")]);
    let load = || Startup::load(Some(&path), vars.clone()).unwrap();
    let set = |name: &str, text: &str| load().set(name, text).prepare().map(|prepared| prepared.policy);
    assert_eq!(load().prepare().unwrap().policy.switched_off_by("redis"), None);
    assert_eq!(set("REDIS_MODE", "disabled").unwrap().switched_off_by("redis"), Some("REDIS_MODE=disabled"));
    assert_eq!(set("ENVIRONMENT", "production").unwrap().environment, Environment::Production);
    assert_eq!(
        load().set("ENVIRONMENT", "production").environment("staging").variables().unwrap().environment,
        Environment::Staging
    );
    assert!(set("ENVIRONMENT", "prodution").err().unwrap().to_string().contains("prodution"));
    assert!(set("REDIS_MODE", "of").err().unwrap().to_string().contains("REDIS_MODE"));
}
