//! The lies that the ancestor told: SCENARIOS.md A1 to A16. Each must be impossible.

use crate::setup::*;
use bootproof_testkit::{MariaDb, Postgres, Redis, Sandbox, faults::Link, free_port};
use std::{net::TcpListener, time::Duration};

const TASKS_ONLY: &str = "[tasks]\n";

#[tokio::test]
async fn a01_with_nothing_set_and_no_server_anywhere_not_one_fix_is_proven() {
    for environment in ["development", "test", "staging", "production"] {
        let report = verify(&Sandbox::new(), environment, &[], &[]).await;
        assert_eq!(report.proven(), [""; 0], "{environment}");
        assert_eq!(report.json["totals"]["skipped"], 5);
        let ancestor = &report.json["startup_fixes"];
        assert_eq!(ancestor["successful_fixes"].as_array().map(Vec::len), Some(0), "{ancestor}");
        assert_eq!((report.code(), report.json["outcome"].as_str()), (78, Some("failed")), "{environment}");
    }
}

#[tokio::test]
async fn a01_with_everything_declared_and_no_server_anywhere_neither_database_nor_redis_is_proven() {
    let vars = [
        var("DATABASE_URL", format!("postgres://u@127.0.0.1:{}/app", free_port())),
        var("REDIS_URL", format!("redis://127.0.0.1:{}", free_port())),
    ];
    let report = verify(&service(CHAT), "staging", &vars, &["--timeout", "5s"]).await;
    assert_eq!(report.verdict("database"), "skipped");
    assert_eq!(report.verdict("redis"), "degraded");
    assert_eq!((report.json["outcome"].as_str(), report.code()), (Some("failed"), 75));
}

#[tokio::test]
async fn a02_a_busy_port_fails_with_its_owner_or_moves_and_is_never_proven_without_a_socket() {
    let busy = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = busy.local_addr().unwrap().port();
    let strict = format!("[ports.api]\nport = {port}\nhost = \"localhost\"\nstrict = true\n");
    let report = verify(&service(&strict), "development", &[], &["--timeout", "3s"]).await;
    assert_eq!((report.verdict("ports"), report.problem("ports")), ("failed", "PORT-002"));
    let diagnosis = report.fix("ports")["diagnosis"].to_string();
    assert!(diagnosis.contains(&format!("pid {}", std::process::id())), "the owner is this test: {diagnosis}");
    assert_eq!(report.code(), 1);

    let free = free_port();
    let movable = format!("[ports.api]\nport = {port}\nrange = \"{free}-{free}\"\nhost = \"localhost\"\n");
    let report = verify(&service(&(movable + &sees_a_listener(free))), "development", &[], &["--timeout", "5s"]).await;
    assert_eq!((report.verdict("ports"), report.verdict("command.witness"), report.code()), ("proven", "proven", 0));
    let evidence = report.evidence("ports");
    assert!(evidence.contains("nonce") && evidence.contains(&format!("127.0.0.1:{free}")), "{evidence}");
    let bound = format!("127.0.0.1:{free} and [::1]:{free}, moved from {port}, held by ");
    let told = evidence.lines().find(|line| line.starts_with("bound") && line.contains(&bound));
    assert!(told.is_some_and(|line| line.contains(&format!("pid {}", std::process::id()))), "{evidence}");
}

/// A service that is up once the system's own table, and not bootproof, says that somebody listens at `port`.
fn sees_a_listener(port: u16) -> String {
    let look = format!("until grep -q '0100007F:{port:04X} 00000000:0000 0A' /proc/net/tcp; do sleep 0.02; done");
    format!("[command.witness]\ncommand = [\"sh\", \"-c\", \"{look}\"]\n")
}

#[tokio::test]
async fn a03_a_limit_over_120_seconds_is_an_error_before_the_start_and_no_limit_means_60() {
    for toml in
        ["[tasks]\ndefault_timeout = \"3600s\"\n", "[tasks]\n[tasks.x]\ncommand = [\"true\"]\nlimit = \"121s\"\n"]
    {
        let output = bootproof(&service(toml), "development", &["verify"]).run().await;
        assert_eq!(output.status.code(), Some(78), "{}", output.stdout);
        assert!(output.stdout.contains("TASK-001") && output.stdout.contains("120"), "{}", output.stdout);
        assert!(output.stdout.contains("bootproof.toml:"), "with its place in the file: {}", output.stdout);
    }
    let report = verify(&service(TASKS_ONLY), "development", &[], &[]).await;
    assert_eq!((report.verdict("tasks"), report.code()), ("proven", 0));
    assert!(report.evidence("tasks").contains("hard limit 60s"), "{}", report.evidence("tasks"));
}

#[tokio::test]
async fn a04_redis_down_or_silent_means_a_fallback_proven_by_write_and_read_or_a_failure() {
    let silent = Link::silent().unwrap();
    let addresses = [(format!("127.0.0.1:{}", free_port()), "REDIS-004"), (silent.address().to_string(), "REDIS-003")];
    for (address, code) in addresses {
        let toml = |use_| format!("[redis.store]\nurl = \"redis://{address}\"\nuse = \"{use_}\"\n");
        let cache = verify(&service(&toml("cache")), "staging", &[], &[]).await;
        assert_eq!(
            (cache.verdict("redis"), cache.problem("redis"), cache.code()),
            ("degraded", code, 0),
            "{}",
            cache.output.stdout
        );
        let evidence = cache.evidence("redis");
        assert!(evidence.contains("wrote, read and deleted") && evidence.contains("in-process"), "{evidence}");
        assert_eq!((cache.verdict("redis.store"), cache.problem("redis.store")), ("failed", code), "PING is answered");
        let lock = verify(&service(&toml("lock")), "staging", &[], &["--timeout", "4s"]).await;
        assert_eq!(lock.verdict("redis"), "failed", "a lock must not fall back: {}", lock.output.stdout);
        assert_ne!(lock.code(), 0);
    }
}

#[tokio::test]
async fn a05_the_database_is_proven_by_real_transactions_and_a_look_for_leftovers() {
    let postgres = Postgres::start_with(&["-c", "log_statement=all"]).await.unwrap();
    let toml = format!("[database.main]\nurl = \"{}\"\n", postgres.url());
    let report = verify(&service(&toml), "staging", &[], &[]).await;
    assert_eq!(report.verdict("database"), "proven", "{}", report.output.stdout);
    let evidence = report.evidence("database");
    for way in ["error", "panick", "limit", "cancel", "killed", "committed"] {
        assert!(evidence.contains(way), "`{way}` was not tried: {evidence}");
    }
    assert_eq!(evidence.matches("no row is left").count(), 5, "{evidence}");
    // What the server says that it was asked, whatever the report says.
    let log = std::fs::read_to_string(postgres.folder().join("server.log")).unwrap();
    for way in ["commit", "error", "panic", "timeout", "cancel", "killed"] {
        let wrote = log.find(&format!("(way) VALUES ('{way}')")).unwrap_or_else(|| panic!("{way}: no row: {log}"));
        let looked = log[wrote..].contains(&format!("WHERE way = '{way}'"));
        assert!(looked, "{way}: nobody looked for the row afterwards: {log}");
    }
}

#[tokio::test]
async fn a05_a_row_that_a_server_without_transactions_keeps_is_found() {
    let mariadb = MariaDb::start_with(&["--default-storage-engine=MyISAM"]).await.unwrap();
    let toml = format!("[database.main]\nurl = \"{}\"\n", mariadb.url());
    let report = verify(&service(&toml), "staging", &[], &[]).await;
    assert_eq!((report.verdict("database"), report.problem("database")), ("failed", "DB-025"));
    assert_ne!(report.code(), 0);
}

#[tokio::test]
async fn a06_all_variables_missing_in_production_are_named_in_one_report() {
    let names: Vec<String> = (1..=19).map(|i| format!("SETTING_{i}")).collect();
    let toml: String =
        names.iter().map(|n| format!("[env.{n}]\ntype = \"string\"\nrequired = [\"production\"]\n")).collect();
    let report = verify(&service(&toml), "production", &[], &[]).await;
    assert_eq!((report.verdict("environment"), report.code()), ("failed", 78));
    let diagnosis = report.fix("environment")["diagnosis"].to_string();
    for name in names {
        assert!(diagnosis.contains(&format!("`{name}`")), "{name} is not named: {diagnosis}");
    }
}

#[tokio::test]
async fn a07_a_dependency_that_is_missing_is_missing_each_time_it_is_looked_at() {
    let toml = format!("[tcp.billing]\naddress = \"127.0.0.1:{}\"\n", free_port());
    let sandbox = service(&toml);
    let mut seen = vec![];
    for _ in 0..3 {
        let report = verify(&sandbox, "development", &[], &["--timeout", "1s"]).await;
        seen.push((report.verdict("tcp.billing").to_owned(), report.problem("tcp.billing").to_owned()));
    }
    assert_eq!(seen[0].0, "failed");
    assert!(seen.iter().all(|s| *s == seen[0]), "{seen:?}");
}

#[tokio::test]
async fn a08_and_a13_the_same_file_is_proven_or_not_by_what_is_there_now() {
    let (postgres, redis) = (Postgres::start().await.unwrap(), Redis::start().await.unwrap());
    let toml = format!("[database.main]\nurl = \"{}\"\n[redis.cache]\nurl = \"{}\"\n", postgres.url(), redis.url());
    let sandbox = service(&toml);
    let all = async || verify(&sandbox, "staging", &[], &["--timeout", "6s"]).await;
    let first = all().await;
    assert_eq!(
        (first.verdict("database"), first.verdict("redis"), first.code()),
        ("proven", "proven", 0),
        "{}",
        first.output.stdout
    );
    redis.kill().await;
    let second = all().await;
    assert_eq!((second.verdict("database"), second.verdict("redis"), second.code()), ("proven", "degraded", 0));
    postgres.kill().await;
    let third = all().await;
    assert_eq!((third.verdict("database"), third.verdict("redis"), third.code()), ("skipped", "degraded", 75));
    let ancestor = &third.json["startup_fixes"];
    assert_eq!(ancestor["successful_fixes"], serde_json::json!(["redis_fallback"]), "only what succeeded in this run");
    redis.restart().await.unwrap();
    postgres.restart().await.unwrap();
    let fourth = all().await;
    assert_eq!((fourth.verdict("database"), fourth.verdict("redis"), fourth.code()), ("proven", "proven", 0));
}

#[tokio::test]
async fn a09_attempts_are_counted_as_they_were() {
    let postgres = Postgres::start().await.unwrap();
    postgres.kill().await;
    let toml = format!("[database.main]\nurl = \"{}\"\n", postgres.url());
    let sandbox = service(&toml);
    // With this seed the waits are long enough for the server to be away at the second attempt, too.
    let run = verify(&sandbox, "staging", &[], &["--seed", "7"]);
    let back = async {
        tokio::time::sleep(Duration::from_millis(700)).await;
        postgres.restart().await.unwrap();
    };
    let (report, ()) = tokio::join!(run, back);
    assert_eq!(report.verdict("database.main"), "proven", "{}", report.output.stdout);
    let attempts = report.attempts("database.main");
    assert!(attempts >= 2, "{attempts}");
    let retried = report.output.stderr.matches("failed, next in").count() as u64;
    assert_eq!(retried, attempts - 1, "{}", report.output.stderr);
    assert_eq!(report.attempts("database"), 1);
    assert_eq!(report.json["startup_fixes"]["retry_summary"]["total_retries"], 0, "no fix was retried, only a service");
}

#[tokio::test]
async fn a09_the_retries_of_a_fix_are_in_both_reports() {
    let redis = Redis::start().await.unwrap();
    redis.kill().await;
    let sandbox = service(&format!("[redis.locks]\nurl = \"{}\"\nuse = \"lock\"\n", redis.url()));
    // With this seed the first wait is long enough for the server to come back in it.
    let run = verify(&sandbox, "staging", &[], &["--seed", "10"]);
    let back = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        redis.restart().await.unwrap();
    };
    let (report, ()) = tokio::join!(run, back);
    assert_eq!(report.verdict("redis"), "proven", "{}", report.output.stdout);
    let retries = report.attempts("redis") - 1;
    assert!(retries >= 1, "{}", report.output.stdout);
    assert_eq!(report.fix("redis")["retried"].as_array().map(Vec::len), usize::try_from(retries).ok());
    let ancestor = &report.json["startup_fixes"];
    assert_eq!(ancestor["retry_summary"]["total_retries"], retries);
    assert_eq!(ancestor["retry_summary"]["fixes_with_retries"]["redis_fallback"], retries);
    assert_eq!(ancestor["fix_details"]["redis_fallback"]["attempts"], retries + 1);
}

#[tokio::test]
async fn a10_what_time_cannot_cure_is_not_retried() {
    let postgres = Postgres::start_with_password("right").await.unwrap();
    let url = postgres.url_with("postgres", "wrong", "postgres");
    let report = verify(&service(&format!("[database.main]\nurl = \"{url}\"\n")), "staging", &[], &[]).await;
    assert_eq!((report.verdict("database.main"), report.attempts("database.main")), ("failed", 1));
    assert_eq!((report.verdict("database"), report.attempts("database")), ("skipped", 0));
    assert_eq!(report.code(), 78);
    assert_eq!(report.json["startup_fixes"]["retry_summary"]["total_retries"], 0, "nor is what was skipped");
    assert!(report.json["durationMs"].as_f64().unwrap() < 5_000.0, "{}", report.output.stdout);
}

#[tokio::test]
async fn a11_failing_fixes_stay_within_the_worst_case_that_plan_prints() {
    let silent = Link::silent().unwrap();
    let at = silent.address();
    let services = format!(
        "[database.main]\nurl = \"postgres://u@{at}/app\"\n[redis.locks]\nurl = \"redis://{at}\"\nuse = \"lock\"\n"
    );
    // Once the budget ends it, once the limits of the steps along the longest way do.
    for (step, budget, bounded) in [("20s", "4s", 4_000), ("1s", "20s", 3_000)] {
        let sandbox = service(&format!("[policy.staging]\nstep_timeout = \"{step}\"\n{services}"));
        let plan = bootproof(&sandbox, "staging", &["plan", "--format", "json", "--timeout", budget]).run().await;
        let plan: serde_json::Value = serde_json::from_str(&plan.stdout).unwrap();
        assert_eq!(plan["worstCase"]["boundedMs"], bounded, "{plan}");
        let report = verify(&sandbox, "staging", &[], &["--timeout", budget]).await;
        let most = plan["worstCase"]["boundedMs"].as_f64().unwrap() + plan["undoGraceMs"].as_f64().unwrap();
        assert!(report.json["durationMs"].as_f64().unwrap() <= most, "{most}: {}", report.output.stdout);
        assert!(report.output.elapsed.as_secs_f64() * 1_000.0 <= most + 1_000.0, "{:?}", report.output.elapsed);
        assert_ne!(report.code(), 0);
    }
}

#[tokio::test]
async fn a12_the_database_is_proven_only_after_it_answered() {
    let postgres = Postgres::start().await.unwrap();
    let toml = format!("[database.main]\nurl = \"{}\"\n", postgres.url());
    let report = verify(&service(&toml), "staging", &[], &[]).await;
    let at = |entry: &serde_json::Value| entry["evidence"][0]["at"].as_str().expect("a time").to_owned();
    assert!(at(report.service("database.main")) <= at(report.fix("database")), "{}", report.output.stdout);
    let needs = report.fix("database")["needs"].to_string();
    assert!(needs.contains("database.main"), "{needs}");
    postgres.kill().await;
    let report = verify(&service(&toml), "staging", &[], &["--timeout", "2s"]).await;
    assert_eq!((report.verdict("database.main"), report.verdict("database")), ("failed", "skipped"));
    assert_eq!((report.attempts("database"), report.evidence("database").as_str()), (0, ""), "it was not even begun");
}

#[tokio::test]
async fn a14_check_changes_nothing() {
    let servers = Servers::start().await;
    let sandbox = service(&format!("{CHAT}[database.file]\nurl = \"sqlite://.bootproof/dev.db\"\n"));
    let before = (sandbox.files(), keys(&servers.redis).await, tables(&servers.postgres).await);
    for _ in 0..2 {
        let run = bootproof(&sandbox, "staging", &["check", "--format", "json"]).vars(servers.vars());
        let report = Report::of(run.run().await);
        assert_eq!(report.code(), 0, "{}", report.output.stdout);
        assert_eq!(report.proven(), [""; 0], "a run that only looked has proven no fix");
        assert_eq!(report.verdict("database.main"), "proven", "but it has asked the services");
    }
    assert_eq!(before, (sandbox.files(), keys(&servers.redis).await, tables(&servers.postgres).await));
}

async fn tables(postgres: &Postgres) -> String {
    let sql = "select schemaname || '.' || tablename from pg_tables where schemaname not in \
               ('pg_catalog', 'information_schema') order by 1";
    let output = tokio::process::Command::new("psql").args([&postgres.url(), "-qAtc", sql]).output().await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

async fn keys(redis: &Redis) -> String {
    crate::nothing_left::ask_redis(redis.port(), "KEYS *").await
}

#[tokio::test]
async fn a15_graceful_startup_mode_is_obeyed_in_both_directions() {
    let toml = format!(
        "[env.A]\ntype = \"int\"\n[ports.api]\nport = 0\nhost = \"localhost\"\n[tcp.gone]\naddress = \"127.0.0.1:{}\"\n",
        free_port()
    );
    let sandbox = service(&format!("{toml}[tasks]\n"));
    for (environment, flag, goes_on) in [
        ("staging", None, true),
        ("production", None, false),
        ("staging", Some("false"), false),
        ("production", Some("true"), true),
    ] {
        let mut vars = vec![var("A", "not a number")];
        vars.extend(flag.map(|flag| var("GRACEFUL_STARTUP_MODE", flag)));
        let report = verify(&sandbox, environment, &vars, &["--timeout", "2s"]).await;
        assert_eq!(report.verdict("environment"), "failed");
        let tasks = report.fix("tasks");
        let expected = if goes_on { "proven" } else { "skipped" };
        assert_eq!(tasks["verdict"], expected, "{environment} {flag:?}: {tasks}");
        assert_eq!(report.code(), 78);
    }
}

#[tokio::test]
async fn a15_use_robust_startup_is_obeyed_in_both_directions() {
    let services = "[ports.api]\nport = 0\nhost = \"localhost\"\n[tasks]\n";
    // The file says the opposite of the flag: only whoever reads the flag comes to the right answer.
    for (file, flag, verdict, code) in [("true", "false", "unproven", 1), ("false", "true", "proven", 0)] {
        let sandbox = service(&format!("{services}[policy.development]\nrobust = {file}\n"));
        let report = verify(&sandbox, "development", &[var("USE_ROBUST_STARTUP", flag)], &[]).await;
        assert_eq!((report.verdict("ports"), report.verdict("tasks"), report.code()), (verdict, verdict, code));
        let loud = report.json["notes"].to_string().contains("NOTHING IS PROVEN");
        assert_eq!(loud, flag == "false", "{}", report.json["notes"]);
    }
}

#[tokio::test]
async fn a16_clickhouse_required_stops_a_start_when_it_is_away() {
    let toml = format!("[tasks]\n[clickhouse.analytics]\nurl = \"http://127.0.0.1:{}\"\n", free_port());
    let sandbox = service(&toml);
    for (environment, flag, code) in [
        ("staging", None, 0),
        ("staging", Some("true"), 75),
        ("production", None, 75),
        ("production", Some("false"), 0),
    ] {
        let vars: Vec<_> = flag.map(|flag| var("CLICKHOUSE_REQUIRED", flag)).into_iter().collect();
        let report = verify(&sandbox, environment, &vars, &["--timeout", "3s"]).await;
        assert_eq!(report.verdict("clickhouse.analytics"), "failed");
        assert_eq!(report.code(), code, "{environment} {flag:?}: {}", report.output.stdout);
        let outcome = if code == 0 { "degraded" } else { "failed" };
        assert_eq!(report.json["outcome"], outcome);
        let declared = service(&format!("{toml}required = [\"production\"]\n"));
        let report = verify(&declared, environment, &vars, &["--timeout", "3s"]).await;
        assert_eq!(report.code(), code, "the variable wins over the file: {environment} {flag:?}");
    }
}
