//! Runs leave nothing behind: no table, key, connection, file, socket, process.

use crate::setup::*;
use nix::sys::signal::Signal;
use std::{path::PathBuf, time::Duration};
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
async fn world(servers: &Servers, sandbox_files: Vec<PathBuf>) -> String {
    let tables = "select table_schema || '.' || table_name from information_schema.tables order by 1";
    let clients = "select count(*) from pg_stat_activity where backend_type = 'client backend'";
    let redis_clients = ask_redis(servers.redis.port(), "INFO clients").await;
    let connected = redis_clients.lines().find(|l| l.starts_with("connected_clients")).unwrap_or("none").to_owned();
    format!(
        "tables {:?}\nsessions {}keys {}{connected}\nfiles {sandbox_files:?}\ntmp {:?}\nprocesses {:?}",
        ask_postgres(&servers.postgres.url(), tables).await,
        ask_postgres(&servers.postgres.url(), clients).await,
        ask_redis(servers.redis.port(), "KEYS *").await,
        ours_in(std::env::temp_dir()),
        our_processes(),
    )
}

fn ours_in(folder: PathBuf) -> Vec<String> {
    let names = std::fs::read_dir(folder).unwrap().flatten().map(|e| e.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|n| n.starts_with("bootproof-proof")).collect();
    names.sort();
    names
}

/// Processes of the built command, or started by it: those that live in this test's sandbox are found by their folder.
fn our_processes() -> Vec<String> {
    let ours = |pid: &str| {
        let folder = std::fs::read_link(format!("/proc/{pid}/cwd")).ok()?;
        folder
            .to_string_lossy()
            .contains("bootproof-sandbox-")
            .then(|| std::fs::read_to_string(format!("/proc/{pid}/comm")).ok())?
    };
    let mut found: Vec<String> = vec![];
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_ours =
            std::fs::read_link(format!("/proc/{name}/exe")).is_ok_and(|exe| exe == *env!("CARGO_BIN_EXE_bootproof"));
        // Tests of other processes run beside this one: only what this process started counts.
        let parent = std::fs::read_to_string(format!("/proc/{name}/stat")).unwrap_or_default();
        let parent = parent.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(1)).unwrap_or("").to_owned();
        if (is_ours && parent == std::process::id().to_string())
            || (parent == "1" && ours(&name).is_some_and(|c| c.trim() == "sh"))
        {
            found.push(name);
        }
    }
    found
}

/// The world once it stands still: servers notice closed connections a moment later.
async fn settled(servers: &Servers, files: impl Fn() -> Vec<PathBuf>, wanted: &str) -> String {
    for _ in 0..50 {
        let now = world(servers, files()).await;
        if now == wanted {
            return now;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    world(servers, files()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn consecutive_runs_leave_nothing_behind() {
    let servers = Servers::start().await;
    let sandbox = service(&format!("{CHAT}[tasks.digest]\ncommand = [\"sh\", \"-c\", \"true\"]\n"));
    let before = world(&servers, sandbox.files()).await;
    for run in 0..runs() {
        let report = verify(&sandbox, "staging", &servers.vars(), &["-q"]).await;
        assert_eq!((report.code(), report.proven()), (0, FIXES.to_vec()), "run {run}: {}", report.output.stdout);
    }
    assert_eq!(settled(&servers, || sandbox.files(), &before).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_that_are_ended_at_any_moment_leave_nothing_behind() {
    let servers = Servers::start().await;
    let sandbox = service(CHAT);
    let before = world(&servers, sandbox.files()).await;
    for run in 0..runs() {
        let running = bootproof(&sandbox, "staging", &["verify", "-q"]).vars(servers.vars()).spawn();
        tokio::time::sleep(Duration::from_millis(20 + 11 * run as u64 % 260)).await;
        // It may be over already: then there is nothing to end.
        drop(running.signal(if run % 2 == 0 { Signal::SIGTERM } else { Signal::SIGINT }));
        let output = running.wait().await;
        assert!([0, 130, 143].contains(&output.code()), "{} {}", output.code(), output.stdout);
    }
    assert_eq!(settled(&servers, || sandbox.files(), &before).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_runs_at_once_do_not_disturb_each_other() {
    let servers = Servers::start().await;
    let sandbox = service(CHAT);
    let before = world(&servers, sandbox.files()).await;
    for _ in 0..3 {
        let vars = servers.vars();
        let one = || verify(&sandbox, "staging", &vars, &["-q"]);
        let (a, b, c) = tokio::join!(one(), one(), one());
        for report in [a, b, c] {
            assert_eq!((report.code(), report.proven()), (0, FIXES.to_vec()), "{}", report.output.stdout);
        }
    }
    assert_eq!(settled(&servers, || sandbox.files(), &before).await, before);
}
