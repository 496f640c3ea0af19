//! Unix sockets: handed on with the others, their files there for as long as the program runs, and those of others left alone.

use super::*;
use std::{
    io::Read,
    os::unix::net::{UnixListener, UnixStream},
    path::Path,
};

/// Answers each connection to the socket of file `$ENV{FILE}` with its number.
const SERVES: &str = r#"
open my $listener, '+<&=' . ($ENV{FILE} // 3) or die $!;
print "names $ENV{LISTEN_FDNAMES}\n";
print "pid $$\n";
for (my $n = 1; accept my $client, $listener; $n++) { syswrite $client, "served $n"; close $client; }
"#;

const TWO: &str = "[ports.web]\nport = 0\nhost = \"127.0.0.1\"\n[ports.admin]\nunix = \"admin.sock\"\nmode = \"0600\"\n\
                   [ports.api]\nport = 0\nhost = \"127.0.0.1\"\n";

fn answer(path: &Path) -> String {
    let mut stream = UnixStream::connect(path).unwrap();
    stream.set_read_timeout(Some(SOON)).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

#[tokio::test]
async fn a_unix_socket_is_handed_on_in_the_order_of_the_file_proven_and_its_file_goes_with_the_program() {
    let sandbox = service(TWO);
    let path = sandbox.path().join("admin.sock");
    let running = perl(&sandbox, &["-v"], SERVES).var("FILE", "4").spawn();
    assert_eq!(said(&running, "names"), "web:admin:api");
    let child = said(&running, "pid");
    let proven = format!("ports.admin: proven (child): open in process {child} and no more in bootproof: admin.sock");
    until("the proof", || running.stderr().contains(&proven).then_some(()));
    assert_eq!([answer(&path), answer(&path)], ["served 1", "served 2"]);
    running.signal(nix::sys::signal::Signal::SIGTERM).unwrap();
    let output = running.wait().await;
    assert_eq!(output.code(), 143, "{}", output.stderr);
    assert!(!path.exists(), "it goes with the program");
}

#[tokio::test]
async fn a_file_that_somebody_else_put_there_meanwhile_stays() {
    let sandbox = service(TWO);
    let path = sandbox.path().join("admin.sock");
    let running = perl(&sandbox, &[], SERVES).spawn();
    said(&running, "pid");
    std::fs::remove_file(&path).unwrap();
    let _other = UnixListener::bind(&path).unwrap();
    running.signal(nix::sys::signal::Signal::SIGTERM).unwrap();
    running.wait().await;
    assert!(path.exists(), "it is not ours");
}

/// The program behind `systemd-socket-activate -l PATH`, with the first client.
fn activated(sandbox: &Sandbox, path: &Path, fdname: Option<&str>, args: &[&str]) -> (Running, UnixStream) {
    let listen = format!("--listen={}", path.display());
    let mut flags = vec![listen, "--setenv=PATH".to_owned()];
    flags.extend(fdname.map(|name| format!("--fdname={name}")));
    let running =
        sandbox.command(given::ACTIVATE).args(flags).args([env!("CARGO_BIN_EXE_bootproof")]).args(args).spawn();
    let stream = until("the first connection", || UnixStream::connect(path).ok());
    stream.set_read_timeout(Some(SOON)).unwrap();
    (running, stream)
}

#[tokio::test]
async fn a_given_unix_socket_is_proven_not_bound_again_handed_on_and_never_unlinked() {
    for fdname in [Some("admin"), None] {
        let sandbox = Sandbox::new();
        let path = sandbox.path().join("admin.sock");
        sandbox.write("bootproof.toml", format!("[ports.admin]\nunix = \"{}\"\n", path.display()));
        sandbox.write("program.pl", format!("use strict; $| = 1;\n{SERVES}"));
        let args = ["run", "-v", "--env", "development", "--", "perl", "program.pl"];
        let (running, mut first) = activated(&sandbox, &path, fdname, &args);
        assert_eq!(said(&running, "names"), "admin", "{}", running.stderr());
        let mut text = String::new();
        first.read_to_string(&mut text).unwrap();
        assert!(text.starts_with("served") && answer(&path).starts_with("served"), "{}", running.stderr());
        until("the proof", || running.stderr().contains("proven (child)").then_some(()));
        running.signal(nix::sys::signal::Signal::SIGTERM).unwrap();
        let output = running.wait().await;
        assert_eq!(output.code(), 143, "{}", output.stderr);
        let text = output.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains(&format!("`admin` was given to this process at `{}`", path.display())), "{text}");
        assert!(text.contains("ports.admin: proven (child)"), "{text}");
        assert!(path.exists(), "whoever made it removes it");
    }
}

#[tokio::test]
async fn a_given_unix_socket_at_another_path_is_refused() {
    let sandbox = service("[ports.admin]\nunix = \"declared.sock\"\n");
    let path = sandbox.path().join("given.sock");
    let (running, _first) = activated(&sandbox, &path, Some("admin"), &["verify", "--env", "development"]);
    let output = running.wait().await;
    assert_eq!(output.code(), 78, "{}\n{}", output.stdout, output.stderr);
    let text = output.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("PORT-034") && text.contains("which is not where it is declared"), "{}", output.stdout);
    assert!(!sandbox.path().join("declared.sock").exists() && path.exists());
}
