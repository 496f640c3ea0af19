//! `bootproof ports find`, `ports who` and `wait name:NAME`: a program that `run` started is found by its name from another folder,
//! for as long as it lives.

use crate::{
    run::{perl, said, until},
    setup::*,
};
use bootproof_testkit::{
    Sandbox, free_port,
    sandbox::{Run, Running},
};
use nix::sys::signal::Signal;
use serde_json::Value;
use std::{net::TcpListener, path::Path};

const USERS: &str = "[service]\nname = \"users\"\n[ports.api]\nport = 0\nhost = \"localhost\"\nscheme = \"http\"\n";
const SLEEPS: &str = "print \"port $ENV{PORT}\\n\"; sleep 1 while 1;";

/// `bootproof ARGS` in `sandbox`, with the registry at `state`.
fn with(sandbox: &Sandbox, state: &Path, args: &[&str]) -> Run {
    bootproof(sandbox, "development", args).var("BOOTPROOF_STATE_DIR", state.display().to_string())
}

/// `users`, up, and its port.
fn users(sandbox: &Sandbox, state: &Path, arguments: &[&str]) -> (Running, u16) {
    let run = perl(sandbox, &[], SLEEPS).args(arguments);
    let running = run.var("BOOTPROOF_STATE_DIR", state.display().to_string()).spawn();
    let port = said(&running, "port").parse().unwrap();
    (running, port)
}

#[tokio::test]
async fn a_service_that_runs_is_found_from_another_folder_and_not_any_more_once_it_was_killed() {
    let (here, there) = (service(USERS), Sandbox::new());
    let state = here.path().join("state");
    let (running, port) = users(&here, &state, &[]);
    let find = |args: &[&'static str]| with(&there, &state, &[&["ports", "find"], args].concat());
    let found = find(&["users"]).run().await;
    assert_eq!(found.code(), 0, "{}", found.stderr);
    assert!(found.stdout.starts_with(&format!("http://127.0.0.1:{port}\n")), "{}", found.stdout);
    assert!(found.stdout.contains("local registry") && found.stdout.contains("has the listener"), "{}", found.stdout);
    let json = find(&["users/api", "--format", "json"]).run().await;
    let json: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!((&json["exitCode"], &json["found"]["source"]), (&0.into(), &"local registry".into()), "{json}");
    assert!(json["found"]["instance"].is_string() && json["diagnosis"].is_null(), "{json}");
    let no_such_port = find(&["users/admin"]).run().await;
    assert!(no_such_port.code() == 75 && no_such_port.stderr.contains("DISC-001"), "{}", no_such_port.stderr);

    running.signal(Signal::SIGKILL).unwrap();
    running.wait().await;
    // The kernel ends the program of a bootproof that was killed, a moment later.
    until("the end of its listener", || TcpListener::bind(("127.0.0.1", port)).ok());
    let gone = find(&["users"]).run().await;
    assert_eq!((gone.code(), gone.stdout.as_str()), (75, ""), "{}", gone.stderr);
    assert!(gone.stderr.contains("DISC-001") && gone.stderr.contains("local registry"), "{}", gone.stderr);
    let json = find(&["users", "--format", "json"]).run().await;
    let json: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!((&json["exitCode"], &json["diagnosis"]["code"]), (&75.into(), &"DISC-001".into()), "{json}");
}

#[tokio::test]
async fn a_wait_for_a_name_ends_when_the_service_comes_late_and_not_for_one_that_was_killed() {
    let (here, there) = (service(USERS), Sandbox::new());
    let state = here.path().join("state");
    let wait = |args: &[&'static str]| with(&there, &state, &[&["wait"], args].concat());
    let waiting = wait(&["name:users"]).spawn();
    until("a first search", || waiting.stderr().contains("DISC-001").then_some(()));
    let (running, port) = users(&here, &state, &[]);
    let came = waiting.wait().await;
    assert_eq!(came.code(), 0, "{}{}", came.stdout, came.stderr);
    assert!(came.stdout.contains(&format!("is at http://127.0.0.1:{port}, says local registry")), "{}", came.stdout);
    running.signal(Signal::SIGKILL).unwrap();
    running.wait().await;
    until("the end of its listener", || TcpListener::bind(("127.0.0.1", port)).ok());
    let gone = wait(&["users", "--timeout", "1s"]).run().await;
    assert!(gone.code() == 124 && gone.stdout.contains("DISC-001"), "{}", gone.stdout);
}

#[tokio::test]
async fn what_the_file_declares_is_what_is_found_and_checked() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let sandbox = service("[discover.users]\nvariable = \"USERS_URL\"\n");
    let state = sandbox.path().join("state");
    let url = format!("http://app:hunter2@{address}/v1");
    let find = |url: &str| with(&sandbox, &state, &["ports", "find", "users"]).var("USERS_URL", url);
    let found = find(&url).run().await;
    assert!(found.code() == 0 && found.stdout.contains("variable `USERS_URL`"), "{}{}", found.stdout, found.stderr);
    let waited = with(&sandbox, &state, &["wait", "users"]).var("USERS_URL", &url).run().await;
    assert!(waited.code() == 0 && waited.stdout.contains(&address), "{}{}", waited.stdout, waited.stderr);
    for output in [&found, &waited] {
        assert!(!format!("{}{}", output.stdout, output.stderr).contains("hunter2"), "{}", output.stdout);
    }
    let unusable = find("http://hunter2 x/").run().await;
    assert_eq!((unusable.code(), unusable.stdout.as_str()), (78, ""), "{}", unusable.stderr);
    assert!(unusable.stderr.contains("DISC-002") && !unusable.stderr.contains("hunter2"), "{}", unusable.stderr);
    let hopeless = with(&sandbox, &state, &["wait", "users"]).var("USERS_URL", "http://hunter2 x/").run().await;
    assert_eq!(hopeless.code(), 78, "{}", hopeless.stdout);
    sandbox.write("bootproof.toml", "[discover.users]\nvariabel = \"USERS_URL\"\n");
    for command in [&["ports", "find", "users"], &["wait", "name:users", "-q"]] {
        let broken = with(&sandbox, &state, command).run().await;
        assert!(broken.code() == 78 && broken.stderr.contains("CONF-003"), "{}", broken.stderr);
    }
}

#[tokio::test]
async fn who_has_a_port_is_told_with_its_command_line_and_without_its_secrets() {
    let here = service(USERS);
    let (running, port) = users(&here, &here.path().join("state"), &["--password=hunter2"]);
    let number = port.to_string();
    let who = |args: &[&str]| here.command(env!("CARGO_BIN_EXE_bootproof")).args(["ports", "who"]).args(args);
    let text = who(&[&number]).run().await;
    assert_eq!(text.code(), 0, "{}", text.stderr);
    for part in [number.as_str(), "listens", "program.pl", "--password=***"] {
        assert!(text.stdout.contains(part), "{part}: {}", text.stdout);
    }
    let json = who(&[&number, "--format", "json"]).run().await;
    let document: Value = serde_json::from_str(&json.stdout).unwrap();
    assert!(document.to_string().contains("program.pl"), "{document}");
    assert!(!format!("{}{}", text.stdout, json.stdout).contains("hunter2"), "{}", json.stdout);
    let nobody = who(&[&free_port().to_string()]).run().await;
    assert!(nobody.code() == 0 && nobody.stdout.contains("nobody"), "{}", nobody.stdout);
    for wrong in [&[][..], &["0"], &["65536"], &[number.as_str(), "--format", "env"]] {
        assert_eq!(who(wrong).run().await.code(), 2, "{wrong:?}");
    }
    running.signal(Signal::SIGTERM).unwrap();
    running.wait().await;
}
