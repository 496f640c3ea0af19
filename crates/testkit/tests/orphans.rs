//! A test process that is killed in the middle leaves no server behind.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use bootproof_testkit::{Postgres, Redis};

/// Set for the copy of this test that is killed.
const VICTIM: &str = "BOOTPROOF_TESTKIT_VICTIM";

fn within(limit: Duration, mut done: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    while !done() {
        if start.elapsed() > limit {
            return false;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    true
}

/// The marks in the run folder, as pairs of kind and pid.
fn marks(run: &Path) -> Vec<(String, String)> {
    let names = std::fs::read_dir(run).unwrap().flatten();
    names
        .filter_map(|entry| {
            entry.file_name().to_str()?.rsplit_once('-').map(|(kind, pid)| (kind.to_owned(), pid.to_owned()))
        })
        .collect()
}

#[tokio::test]
async fn a_killed_test_leaves_no_server_no_folder_and_no_mark() {
    if let Some(ready) = std::env::var_os(VICTIM) {
        let servers = (Redis::start().await.unwrap(), Postgres::start().await.unwrap());
        let folders = [servers.0.folder(), servers.1.folder()].map(|folder| folder.display().to_string());
        std::fs::write(ready, folders.join("\n")).unwrap();
        std::future::pending::<()>().await;
    }
    let scratch = tempfile::tempdir().unwrap();
    let (run, ready) = (scratch.path().join("run"), scratch.path().join("ready"));
    std::fs::create_dir(&run).unwrap();
    let mut victim = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_killed_test_leaves_no_server_no_folder_and_no_mark", "--nocapture"])
        .env(VICTIM, &ready)
        .env("BOOTPROOF_TEST_RUN", &run)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let folders = || std::fs::read_to_string(&ready).unwrap_or_default();
    assert!(within(Duration::from_secs(30), || folders().lines().count() == 2));
    let servers = marks(&run);
    let mut kinds: Vec<_> = servers.iter().map(|(kind, _)| kind.as_str()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["postgresql", "redis"]);
    assert!(servers.iter().all(|(_, pid)| Path::new("/proc").join(pid).exists()));

    victim.kill().unwrap();
    victim.wait().unwrap();
    let stat = |pid: &String| std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let gone = |pid: &String| stat(pid).is_empty() || stat(pid).contains(") Z ");
    assert!(within(Duration::from_secs(5), || servers.iter().all(|(_, pid)| gone(pid))), "{servers:?}");
    assert!(within(Duration::from_secs(5), || !folders().lines().any(|folder| Path::new(folder).exists())));
    assert!(within(Duration::from_secs(5), || marks(&run).is_empty()), "{:?}", marks(&run));
}
