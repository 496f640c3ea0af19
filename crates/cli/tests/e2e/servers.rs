//! The whole service on real servers: all well, and each server broken in each way.

use crate::setup::*;
use bootproof_testkit::{
    ClickHouse, MariaDb, Postgres, Redis,
    faults::{Fault, Link},
};
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Ten seconds of budget in which nothing may be overrun by more than the grace of taking back.
const BUDGET: &[&str] = &["--timeout", "10s"];

#[tokio::test]
async fn startup_with_all_servers_there_proves_all_five() {
    let servers = Servers::start().await;
    let environment = main_environment();
    let report = verify(&service(CHAT), &environment, &servers.vars(), &[]).await;
    assert_eq!(report.proven(), FIXES, "{}", report.output.stdout);
    assert_eq!((report.code(), report.json["outcome"].as_str()), (0, Some("proven")));
    for id in ["database.main", "redis.cache", "clickhouse.analytics"] {
        assert_eq!(report.verdict(id), "proven");
        assert!(report.service(id)["identity"].as_str().is_some_and(|who| !who.is_empty()), "{}", report.service(id));
    }
    for id in ["database", "redis", "ports"] {
        assert_eq!(report.fix(id)["scope"], "server", "what verify shows is shown on the server");
    }
}

#[tokio::test]
async fn production_creates_nothing_on_shared_servers_and_still_proves_all_five() {
    let servers = Servers::start().await;
    let report = verify(&service(CHAT), "production", &servers.vars(), &[]).await;
    assert_eq!(report.proven(), FIXES, "{}", report.output.stdout);
    let evidence = report.evidence("database");
    assert!(!evidence.contains("scratch table → created") && evidence.contains("aborted"), "{evidence}");
}

#[tokio::test]
async fn mariadb_is_proven_the_same_way() {
    let mariadb = MariaDb::start().await.unwrap();
    let toml = format!("[database.main]\nurl = \"{}\"\n", mariadb.url());
    let report = verify(&service(&toml), "staging", &[], &[]).await;
    assert_eq!((report.verdict("database"), report.code()), ("proven", 0), "{}", report.output.stdout);
    assert!(report.service("database.main")["identity"].as_str().unwrap().contains("MariaDB"));
}

#[tokio::test]
async fn redis_killed_or_stopped_or_read_only_degrades_and_a_wrong_password_fails() {
    let postgres = Postgres::start().await.unwrap();
    let redis = Redis::start().await.unwrap();
    let vars = [var("DATABASE_URL", postgres.url()), var("REDIS_URL", redis.url())];
    let sandbox = service(CHAT.split("[env.CLICKHOUSE_URL]").next().unwrap());
    sandbox.write("bootproof.toml", without_clickhouse());

    redis.stop_signal();
    let stopped = verify(&sandbox, "staging", &vars, BUDGET).await;
    redis.continue_signal();
    assert_eq!((stopped.verdict("redis"), stopped.problem("redis"), stopped.code()), ("degraded", "REDIS-003", 0));

    redis.kill().await;
    let killed = verify(&sandbox, "staging", &vars, BUDGET).await;
    assert_eq!((killed.verdict("redis"), killed.problem("redis"), killed.code()), ("degraded", "REDIS-004", 0));
    let strict = verify(&sandbox, "staging", &vars, &["--timeout", "10s", "--fail-on", "degraded"]).await;
    assert_eq!(strict.code(), 3);

    let replica = Redis::start_with(&["--replicaof", "127.0.0.1", "1", "--replica-read-only", "yes"]).await.unwrap();
    let read_only = verify(&sandbox, "staging", &with(&vars, "REDIS_URL", replica.url()), BUDGET).await;
    assert_eq!(
        read_only.verdict("redis"),
        "degraded",
        "a replica passes PING and fails on the first write: {}",
        read_only.output.stdout
    );
    assert!(
        read_only.fix("redis")["diagnosis"].to_string().contains("read-only"),
        "{}",
        read_only.fix("redis")["diagnosis"]
    );

    let guarded = Redis::start_with_password("right-password").await.unwrap();
    let wrong = guarded.url_with("", "wrong-password", "0");
    let wrong = verify(&sandbox, "staging", &with(&vars, "REDIS_URL", wrong), BUDGET).await;
    assert_eq!((wrong.verdict("redis"), wrong.code()), ("failed", 78), "{}", wrong.output.stdout);
    assert_eq!(wrong.attempts("redis"), 1);
    for report in [stopped, killed, read_only, wrong] {
        assert!(report.output.elapsed < Duration::from_secs(14), "{:?}", report.output.elapsed);
        assert_eq!(report.verdict("database"), "proven", "Redis is no concern of the database");
    }
}

fn without_clickhouse() -> String {
    let (before, after) = CHAT.split_once("[clickhouse.analytics]").unwrap();
    format!("{before}{}", &after[after.find("[tasks]").unwrap()..])
        .replace("[env.CLICKHOUSE_URL]\ntype = \"url\"\nschemes = [\"http\"]\nlocalhost = true\n", "")
}

#[tokio::test]
async fn postgresql_away_full_silent_or_unknown_is_told_apart() {
    let full = Postgres::start_with(&[
        "-c",
        "max_connections=4",
        "-c",
        "superuser_reserved_connections=0",
        "-c",
        "client_connection_check_interval=100",
    ])
    .await
    .unwrap();
    let held = hold_connections(&full, 4).await;
    let database = |url: String| service(&format!("[database.main]\nurl = \"{url}\"\n"));
    let report = verify(&database(full.url()), "staging", &[], &["--timeout", "4s"]).await;
    assert_eq!((report.verdict("database"), report.code()), ("skipped", 75), "{}", report.output.stdout);
    let full_code = report.problem("database.main").to_owned();
    drop(held);

    let unknown = verify(&database(full.url_with("postgres", "", "nowhere")), "staging", &[], BUDGET).await;
    assert_eq!((unknown.code(), unknown.attempts("database.main")), (78, 1), "{}", unknown.output.stdout);

    full.stop_signal();
    let silent = verify(&database(full.url()), "staging", &[], &["--timeout", "5s"]).await;
    full.continue_signal();
    assert_eq!(silent.verdict("database.main"), "failed");
    assert!([75, 124].contains(&silent.code()), "{}", silent.output.stdout);

    full.kill().await;
    let away = verify(&database(full.url()), "staging", &[], &["--timeout", "4s"]).await;
    assert!([75, 124].contains(&away.code()), "{}", away.output.stdout);

    let codes = [full_code.as_str(), unknown.problem("database.main"), away.problem("database.main")];
    assert!(codes.iter().all(|code| code.starts_with("DB-")), "{codes:?}");
    assert!(codes[0] != codes[1] && codes[1] != codes[2] && codes[0] != codes[2], "each its own code: {codes:?}");
}

/// Takes so many connections of the server: logs in by hand and stays.
async fn hold_connections(postgres: &Postgres, n: usize) -> Vec<TcpStream> {
    let mut held = vec![];
    for _ in 0..n {
        let mut stream = TcpStream::connect(("127.0.0.1", postgres.port())).await.unwrap();
        // StartupMessage, protocol 3.0 (PostgreSQL documentation, "Message Formats"); the server trusts us.
        let words = b"\0\x03\0\0user\0postgres\0database\0postgres\0\0";
        stream.write_all(&(words.len() as u32 + 4).to_be_bytes()).await.unwrap();
        stream.write_all(words).await.unwrap();
        let mut answer = vec![0; 4096];
        let n = stream.read(&mut answer).await.unwrap();
        assert_eq!(answer[0], b'R', "{}", String::from_utf8_lossy(&answer[..n]));
        held.push(stream);
    }
    held
}

#[tokio::test]
async fn postgresql_that_is_starting_is_waited_for() {
    let postgres = Postgres::start_in_recovery().await.unwrap();
    let sandbox = service(&format!("[database.main]\nurl = \"{}\"\n", postgres.url()));
    // With this seed it is asked again after 0.7, 1.8 and 3.7 s: full jitter may as well use up all three at once.
    let run = verify(&sandbox, "staging", &[], &["--seed", "49"]);
    let ready = async {
        tokio::time::sleep(Duration::from_millis(800)).await;
        postgres.end_recovery().await.unwrap();
    };
    let (report, ()) = tokio::join!(run, ready);
    assert_eq!((report.verdict("database"), report.code()), ("proven", 0), "{}", report.output.stdout);
    assert!(report.attempts("database.main") > 1, "it was starting at the first attempt");
}

#[tokio::test]
async fn clickhouse_away_or_silent_never_holds_an_optional_start_up() {
    let clickhouse = ClickHouse::start().await.unwrap();
    let sandbox = service(&format!("[tasks]\n[clickhouse.analytics]\nurl = \"{}\"\n", clickhouse.url()));
    let there = verify(&sandbox, "staging", &[], &[]).await;
    assert_eq!((there.verdict("clickhouse.analytics"), there.code()), ("proven", 0), "{}", there.output.stdout);
    clickhouse.stop_signal();
    let silent = verify(&sandbox, "staging", &[], &[]).await;
    clickhouse.continue_signal();
    assert_eq!((silent.verdict("clickhouse.analytics"), silent.code()), ("failed", 0));
    assert!(silent.output.elapsed < Duration::from_secs(5), "{:?}", silent.output.elapsed);
    clickhouse.kill().await;
    let required = [var("CLICKHOUSE_REQUIRED", "true")];
    let away = verify(&sandbox, "staging", &required, &["--timeout", "4s"]).await;
    assert_eq!((away.verdict("clickhouse.analytics"), away.code()), ("failed", 75), "{}", away.output.stdout);
}

#[tokio::test]
async fn a_slow_database_is_proven_and_one_that_is_cut_off_is_not() {
    let postgres = Postgres::start().await.unwrap();
    let link = Link::open(format!("127.0.0.1:{}", postgres.port())).unwrap();
    let url = postgres.url().replace(&format!(":{}", postgres.port()), &format!(":{}", link.address().port()));
    let sandbox = service(&format!("[database.main]\nurl = \"{url}\"\n"));
    link.set(Fault::Delay(Duration::from_millis(20))).unwrap();
    let slow = verify(&sandbox, "staging", &[], &[]).await;
    assert_eq!(slow.verdict("database"), "proven", "{}", slow.output.stdout);
    link.set(Fault::Cut).unwrap();
    let cut = verify(&sandbox, "staging", &[], &["--timeout", "4s"]).await;
    assert_ne!(cut.code(), 0);
    assert_eq!(cut.verdict("database.main"), "failed");
}
