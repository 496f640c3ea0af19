//! Switching fixes and services off, and who did it.

use crate::setup::*;
use bootproof_testkit::{Redis, free_port};

const TWO: &str = "[ports.api]\nport = 0\nhost = \"localhost\"\n[tasks]\n[redis.cache]\nurl = \"memory:\"\n";

#[tokio::test]
async fn a_fix_is_switched_off_by_flag_file_or_variable_and_the_report_says_which() {
    let by_flag = verify(&service(TWO), "development", &[], &["--skip", "ports,tasks"]).await;
    assert_eq!(
        (by_flag.verdict("ports"), by_flag.verdict("tasks"), by_flag.verdict("redis")),
        ("skipped", "skipped", "proven")
    );
    assert!(by_flag.fix("ports")["skipped"].as_str().unwrap().contains("--skip ports"));
    assert_eq!(by_flag.code(), 0);

    let by_file = verify(&service(&format!("{TWO}[fixes]\nports = false\n")), "development", &[], &[]).await;
    let reason = by_file.fix("ports")["skipped"].as_str().unwrap().to_owned();
    assert!(reason.contains("[fixes]") && reason.contains("bootproof.toml:"), "{reason}");

    let only = verify(&service(TWO), "development", &[], &["--only", "tasks"]).await;
    assert_eq!((only.verdict("tasks"), only.verdict("ports")), ("proven", "skipped"));
    assert!(only.fix("ports")["skipped"].as_str().unwrap().contains("--only tasks"));
}

#[tokio::test]
async fn redis_mode_decides_where_redis_may_be() {
    let redis = Redis::start().await.unwrap();
    let remote = service(&format!("[redis.cache]\nurl = \"{}\"\n", redis.url()));
    let shared = verify(&remote, "staging", &[var("REDIS_MODE", "shared")], &[]).await;
    assert_eq!(
        (shared.verdict("redis"), shared.fix("redis")["scope"].as_str()),
        ("proven", Some("server")),
        "{}",
        shared.output.stdout
    );
    let fallback = verify(&remote, "staging", &[var("REDIS_MODE", "fallback")], &[]).await;
    assert!(fallback.evidence("redis").contains("in-process"), "{}", fallback.output.stdout);
    assert_eq!(fallback.code(), 0);
    let disabled = verify(&remote, "staging", &[var("REDIS_MODE", "disabled")], &[]).await;
    assert_eq!((disabled.verdict("redis"), disabled.verdict("redis.cache")), ("skipped", "skipped"));
    assert_eq!(disabled.code(), 78, "nothing is left that could be shown");
    assert!(disabled.fix("redis")["skipped"].as_str().unwrap().contains("REDIS_MODE=disabled"));

    let local =
        service(&format!("[redis.cache]\nurl = \"redis://127.0.0.1:{}\"\nlocal = \"{}\"\n", free_port(), redis.url()));
    let local = verify(&local, "staging", &[var("REDIS_MODE", "local")], &[]).await;
    assert_eq!((local.verdict("redis"), local.code()), ("proven", 0), "{}", local.output.stdout);
    assert!(
        local.evidence("redis").contains(&redis.port().to_string()),
        "the local server was asked: {}",
        local.evidence("redis")
    );

    let typo = verify(&remote, "staging", &[var("REDIS_MODE", "shred")], &[]).await;
    assert_eq!(typo.code(), 78);
}

#[tokio::test]
async fn a_fix_that_the_file_calls_optional_degrades_instead_of_failing() {
    let busy = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = busy.local_addr().unwrap().port();
    let toml = format!("[ports.api]\nport = {port}\nhost = \"localhost\"\nstrict = true\n[tasks]\n");
    let required = verify(&service(&toml), "staging", &[], &[]).await;
    assert_eq!((required.verdict("ports"), required.code()), ("failed", 1), "{}", required.output.stdout);
    let toml = format!("{toml}[policy.staging]\noptional = [\"ports\"]\n");
    let optional = verify(&service(&toml), "staging", &[], &[]).await;
    assert_eq!(
        (optional.verdict("ports"), optional.code(), optional.json["outcome"].as_str()),
        ("failed", 0, Some("degraded"))
    );
}

#[tokio::test]
async fn without_a_file_the_variables_are_used_and_the_assumptions_are_told() {
    let redis = Redis::start().await.unwrap();
    let vars = [var("REDIS_URL", redis.url()), var("PORT", free_port().to_string())];
    let report = verify(&bootproof_testkit::Sandbox::new(), "development", &vars, &[]).await;
    assert_eq!(
        (report.verdict("redis"), report.verdict("ports"), report.code()),
        ("proven", "proven", 0),
        "{}",
        report.output.stdout
    );
    let notes = report.json["notes"].to_string();
    assert!(notes.contains("REDIS_URL") && notes.contains("PORT") && notes.contains("no bootproof.toml"), "{notes}");
}
