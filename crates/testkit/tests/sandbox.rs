//! A sandboxed program sees nothing of ours, and its end is seen as it was.

use std::path::Path;
use std::time::{Duration, Instant};

use bootproof_testkit::Sandbox;
use nix::sys::signal::Signal;

fn shell(sandbox: &Sandbox, script: &str) -> bootproof_testkit::sandbox::Run {
    sandbox.command("/bin/sh").args(["-c", script])
}

#[test]
fn the_environment_holds_path_home_and_what_was_given() {
    let sandbox = Sandbox::new();
    let output = sandbox.command("/usr/bin/env").var("A", "1").vars([("B", "2")]).run_blocking();
    let mut names: Vec<_> =
        output.stdout.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name).collect();
    names.sort_unstable();
    assert_eq!(names, ["A", "B", "HOME", "PATH"]);
    assert!(output.stdout.contains(&format!("HOME={}\n", sandbox.home().display())));
}

#[test]
fn output_code_input_and_files_are_what_the_program_did() {
    let sandbox = Sandbox::new();
    sandbox.write("given/file", "text");
    let output = shell(&sandbox, "cat given/file; cat; echo wrong >&2; touch made; exit 7").stdin(" in").run_blocking();
    assert_eq!((output.stdout.as_str(), output.stderr.as_str(), output.code()), ("text in", "wrong\n", 7));
    assert_eq!(sandbox.files(), ["given", "given/file", "made"].map(Path::new));
    assert_eq!(sandbox.read("made"), "");
}

#[tokio::test]
async fn a_running_program_gets_signals_and_its_output_is_seen_meanwhile() {
    let sandbox = Sandbox::new();
    let running = shell(&sandbox, "trap 'echo got; exit 3' TERM; echo ready; while :; do sleep 0.01; done").spawn();
    let start = Instant::now();
    while running.stdout() != "ready\n" {
        assert!(start.elapsed() < Duration::from_secs(5));
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    running.signal(Signal::SIGTERM).unwrap();
    let output = running.wait().await;
    assert_eq!((output.stdout.as_str(), output.code()), ("ready\ngot\n", 3));
    let killed = shell(&sandbox, "kill -KILL $$").run().await;
    assert_eq!(killed.code(), 137);
}

#[test]
fn a_dropped_program_is_killed_and_the_sandbox_is_removed() {
    let sandbox = Sandbox::new();
    let root = sandbox.path();
    let running = sandbox.command("/bin/sleep").args(["600"]).spawn();
    let pid = running.pid();
    assert!(Path::new(&format!("/proc/{pid}")).exists());
    drop(running);
    assert!(!Path::new(&format!("/proc/{pid}")).exists());
    drop(sandbox);
    assert!(!root.exists());
}
