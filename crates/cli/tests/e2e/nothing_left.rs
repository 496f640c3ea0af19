//! Runs leave nothing behind: no table, key, connection, file, socket, process.

use crate::setup::*;
use bootproof_testkit::Sandbox;
use nix::sys::signal::Signal;
use std::{
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// How many runs follow each other. `BOOTPROOF_TEST_RUNS=1000` for the long form.
fn runs() -> usize {
    std::env::var("BOOTPROOF_TEST_RUNS").ok().and_then(|n| n.parse().ok()).unwrap_or(15)
}

/// What Redis answers to a command.
pub async fn ask_redis(port: u16, command: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    stream.write_all(format!("{command}\r\n").as_bytes()).await.unwrap();
    let mut answer = vec![0; 65_536];
    let n = stream.read(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer[..n]).into_owned()
}

async fn ask_postgres(url: &str, sql: &str) -> String {
    let output = tokio::process::Command::new("psql").args([url, "-qAtc", sql]).output().await.expect("psql");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Everything a run could leave behind, as one text.
async fn world(servers: &Servers, sandbox: &Sandbox) -> String {
    let tables = "select table_schema || '.' || table_name from information_schema.tables order by 1";
    let clients = "select count(*) from pg_stat_activity where backend_type = 'client backend'";
    let redis_clients = ask_redis(servers.redis.port(), "INFO clients").await;
    let connected = redis_clients.lines().find(|l| l.starts_with("connected_clients")).unwrap_or("none").to_owned();
    format!(
        "tables {:?}\nsessions {}keys {}{connected}\nfiles {:?}\ntmp {:?}\nprocesses {:?}",
        ask_postgres(&servers.postgres.url(), tables).await,
        ask_postgres(&servers.postgres.url(), clients).await,
        ask_redis(servers.redis.port(), "KEYS *").await,
        sandbox.files(),
        ours_in(std::env::temp_dir()),
        living_in(&sandbox.path()),
    )
}

fn ours_in(folder: PathBuf) -> Vec<String> {
    let names = std::fs::read_dir(folder).unwrap().flatten().map(|e| e.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|n| n.starts_with("bootproof-proof")).collect();
    names.sort();
    names
}

/// Processes that live in `folder`: the command, and what it started there.
fn living_in(folder: &Path) -> Vec<String> {
    let processes = std::fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
    let here =
        processes.filter(|process| std::fs::read_link(process.join("cwd")).is_ok_and(|cwd| cwd.starts_with(folder)));
    here.map(|process| std::fs::read_to_string(process.join("comm")).unwrap_or_default()).collect()
}

/// The world once it stands still: servers notice closed connections a moment later.
async fn settled(servers: &Servers, sandbox: &Sandbox, wanted: &str) -> String {
    for _ in 0..50 {
        let now = world(servers, sandbox).await;
        if now == wanted {
            return now;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    world(servers, sandbox).await
}

#[tokio::test(flavor = "multi_thread")]
async fn consecutive_runs_leave_nothing_behind() {
    let servers = Servers::start().await;
    let sandbox = service(&format!("{CHAT}[tasks.digest]\ncommand = [\"sh\", \"-c\", \"true\"]\n"));
    let before = world(&servers, &sandbox).await;
    for run in 0..runs() {
        let report = verify(&sandbox, "staging", &servers.vars(), &["-q"]).await;
        assert_eq!((report.code(), report.proven()), (0, FIXES.to_vec()), "run {run}: {}", report.output.stdout);
    }
    assert_eq!(settled(&servers, &sandbox, &before).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_that_are_ended_at_any_moment_leave_nothing_behind() {
    let servers = Servers::start().await;
    let sandbox = service(CHAT);
    let before = world(&servers, &sandbox).await;
    for run in 0..runs() {
        let running = bootproof(&sandbox, "staging", &["verify", "-q"]).vars(servers.vars()).spawn();
        tokio::time::sleep(Duration::from_millis(20 + 11 * run as u64 % 260)).await;
        // It may be over already: then there is nothing to end.
        drop(running.signal(if run % 2 == 0 { Signal::SIGTERM } else { Signal::SIGINT }));
        let output = running.wait().await;
        assert!([0, 130, 143].contains(&output.code()), "{} {}", output.code(), output.stdout);
    }
    assert_eq!(settled(&servers, &sandbox, &before).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_runs_at_once_do_not_disturb_each_other() {
    let servers = Servers::start().await;
    let sandbox = service(CHAT);
    let before = world(&servers, &sandbox).await;
    for _ in 0..3 {
        let vars = servers.vars();
        let one = || verify(&sandbox, "staging", &vars, &["-q"]);
        let (a, b, c) = tokio::join!(one(), one(), one());
        for report in [a, b, c] {
            assert_eq!((report.code(), report.proven()), (0, FIXES.to_vec()), "{}", report.output.stdout);
        }
    }
    assert_eq!(settled(&servers, &sandbox, &before).await, before);
}
