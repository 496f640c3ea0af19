//! `[ports.NAME] unix = "..."`: held, proven, with the mode that was asked for, and gone afterwards.

use crate::setup::*;
use bootproof_testkit::Sandbox;
use std::{
    fs,
    os::unix::net::{UnixListener, UnixStream},
    path::PathBuf,
};

/// A service with a socket in its folder, and what is seen of it while it is held.
fn socketed(mode: &str) -> (Sandbox, PathBuf) {
    let sandbox = Sandbox::new();
    let path = sandbox.path().join("api.sock");
    let toml = format!("[ports.api]\nunix = \"{}\"\n{mode}\n", path.display());
    sandbox.write("bootproof.toml", toml);
    (sandbox, path)
}

/// A service that is up once it has seen the socket, of which it writes down kind and mode.
const WITNESS: &str = r#"
[command.witness]
command = ["sh", "-c", "until [ -S api.sock ]; do sleep 0.02; done; stat -c '%F %a' api.sock > seen"]
"#;

#[tokio::test]
async fn a_socket_is_held_with_its_mode_proven_and_removed_after_verify() {
    for (line, mode) in [("mode = \"0600\"", 0o600), ("mode = \"0666\"", 0o666)] {
        let (sandbox, path) = socketed(&format!("{line}{WITNESS}"));
        let report = verify(&sandbox, "development", &[], &["--timeout", "10s"]).await;
        assert_eq!((report.verdict("ports"), report.code()), ("proven", 0), "{}", report.output.stdout);
        assert_eq!(report.verdict("command.witness"), "proven", "{}", report.output.stdout);
        assert_eq!(sandbox.read("seen"), format!("socket {mode:o}\n"));
        let evidence = report.evidence("ports");
        assert!(evidence.contains("api.sock") && evidence.contains("nonce"), "{evidence}");
        assert!(!path.exists(), "removed after verify");
    }
}

#[tokio::test]
async fn a_socket_that_somebody_listens_on_is_a_conflict_that_names_him_and_a_dead_one_is_replaced() {
    let (sandbox, path) = socketed("");
    let neighbour = UnixListener::bind(&path).unwrap();
    let report = verify(&sandbox, "development", &[], &[]).await;
    assert_eq!((report.problem("ports"), report.code()), ("PORT-011", 1), "{}", report.output.stdout);
    let told = report.fix("ports")["diagnosis"].to_string();
    assert!(told.contains(&format!("pid {}", std::process::id())) && told.contains("api.sock"), "{told}");
    UnixStream::connect(&path).expect("he still listens");
    drop(neighbour);
    assert!(path.exists(), "a file is left on which nobody listens");
    let report = verify(&sandbox, "development", &[], &[]).await;
    assert_eq!((report.verdict("ports"), report.code()), ("proven", 0), "{}", report.output.stdout);
    assert!(!path.exists());
}

#[tokio::test]
async fn check_makes_no_socket_and_what_is_no_socket_is_left_untouched() {
    let (sandbox, path) = socketed("");
    let output = bootproof(&sandbox, "development", &["check"]).run().await;
    assert!(!path.exists(), "{}", output.stdout);
    fs::write(&path, "a letter").unwrap();
    let report = verify(&sandbox, "development", &[], &[]).await;
    assert_eq!((report.problem("ports"), report.code()), ("PORT-012", 78), "{}", report.output.stdout);
    assert_eq!(fs::read_to_string(&path).unwrap(), "a letter");
}
