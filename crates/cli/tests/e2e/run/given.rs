//! Sockets that bootproof itself was given, by the real `systemd-socket-activate`.
//!
//! That program starts what it is told at the first connection, and the connection stays in the line of the socket.

use super::*;
use bootproof_testkit::sandbox::Output;
use std::{
    io::Read,
    net::{SocketAddr, TcpStream},
    path::Path,
};

/// Debian's package `systemd`: `cargo xtask test` installs it.
pub const ACTIVATE: &str = "/usr/bin/systemd-socket-activate";

/// `systemd-socket-activate FLAGS bootproof ARGS`, and the connection that starts it.
fn activated(sandbox: &Sandbox, flags: &[&str], at: SocketAddr, args: &[&str]) -> (Running, TcpStream) {
    assert!(
        Path::new(ACTIVATE).exists(),
        "{ACTIVATE} is missing: install Debian's package `systemd`, or `cargo xtask test`"
    );
    let own = [env!("CARGO_BIN_EXE_bootproof")];
    let running = sandbox.command(ACTIVATE).args(flags).args(own).args(args).spawn();
    let stream = until("the first connection", || TcpStream::connect(at).ok());
    stream.set_read_timeout(Some(SOON)).unwrap();
    (running, stream)
}

const SERVES: &str = r#"use strict; $| = 1; open my $listener, '+<&=3' or die $!;
print "names $ENV{LISTEN_FDNAMES} fds $ENV{LISTEN_FDS} port ", $ENV{API_PORT} // 'none', "\n";
for (my $n = 1; accept my $client, $listener; $n++) { syswrite $client, "served $n"; close $client; exit 0 if $n == 2 }
"#;

fn answer(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

#[tokio::test]
async fn a_socket_that_was_given_is_proven_not_bound_again_and_handed_on_with_its_waiting_client() {
    for name in [Some("api"), None] {
        let port = bootproof_testkit::free_port();
        let sandbox = service(&format!("[ports.api]\nport = {port}\nstrict = true\nhost = \"127.0.0.1\"\n"));
        sandbox.write("program.pl", SERVES);
        let (at, listen) = (SocketAddr::from(([127, 0, 0, 1], port)), format!("--listen=127.0.0.1:{port}"));
        let mut flags = vec![listen];
        flags.extend(name.map(|name| format!("--fdname={name}")));
        // The variables of the sandbox are what the program inherits; its PATH is not.
        flags.push("--setenv=PATH".to_owned());
        let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
        let args = ["run", "-v", "--env", "development", "--", "perl", "program.pl"];
        let (running, mut first) = activated(&sandbox, &flags, at, &args);
        assert_eq!(said(&running, "names"), format!("api fds 1 port {port}"), "{}", running.stderr());
        let mut second = TcpStream::connect(at).unwrap();
        second.set_read_timeout(Some(SOON)).unwrap();
        let mut answers = [answer(&mut first), answer(&mut second)];
        answers.sort();
        assert_eq!(answers, ["served 1", "served 2"], "{}", running.stderr());
        let output = running.wait().await;
        assert_eq!(output.code(), 0, "{}", output.stderr);
        let text = output.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains(&format!("`api` was given to this process at 127.0.0.1:{port}")), "{text}");
    }
}

async fn refused(listen: &str, at: SocketAddr, toml: &str) -> Output {
    let sandbox = service(toml);
    let flags = [listen, "--fdname=api", "--setenv=PATH"];
    let args = ["verify", "--env", "development"];
    let (running, _first) = activated(&sandbox, &flags, at, &args);
    running.wait().await
}

#[tokio::test]
async fn a_given_socket_that_is_not_what_is_declared_is_refused_and_nothing_is_bound_in_its_place() {
    let (port, other) = (bootproof_testkit::free_port(), bootproof_testkit::free_port());
    let at = SocketAddr::from(([127, 0, 0, 1], port));
    let listen = format!("--listen=127.0.0.1:{port}");
    let number = format!("[ports.api]\nport = {other}\nstrict = true\nhost = \"127.0.0.1\"\n");
    let host = format!("[ports.api]\nport = {port}\nstrict = true\nhost = \"::1\"\n");
    let udp = format!("[ports.api]\nport = {port}\nstrict = true\nprotocol = \"udp\"\nhost = \"127.0.0.1\"\n");
    for (toml, why) in
        [(number, "not one that is declared"), (host, "not where it is declared"), (udp, "another protocol")]
    {
        let output = refused(&listen, at, &toml).await;
        assert_eq!(output.code(), 78, "{}\n{}", output.stdout, output.stderr);
        let text = output.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains("PORT-034") && text.contains(why), "{}", output.stdout);
    }
}

#[tokio::test]
async fn a_given_socket_that_no_port_declares_is_told_and_the_declared_one_is_bound() {
    let (port, other) = (bootproof_testkit::free_port(), bootproof_testkit::free_port());
    let sandbox = service(&format!("[ports.web]\nport = {other}\nstrict = true\nhost = \"127.0.0.1\"\n"));
    let flags = [&format!("--listen=127.0.0.1:{port}"), "--fdname=stray", "--setenv=PATH"];
    let args = ["verify", "-v", "--env", "development"];
    let (running, _first) = activated(&sandbox, &flags, ([127, 0, 0, 1], port).into(), &args);
    let output = running.wait().await;
    assert_eq!(output.code(), 0, "{}", output.stdout);
    let text = output.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    let told = format!("was given `stray`, a TCP socket at `127.0.0.1:{port}`, which no port declares");
    assert!(text.contains(&told), "{}", output.stdout);
}

#[tokio::test]
async fn a_given_port_is_in_the_ledger_as_the_programs() {
    let port = bootproof_testkit::free_port();
    let toml = format!("[service]\nname = \"chat\"\n[ports.api]\nport = {port}\nstrict = true\nhost = \"127.0.0.1\"\n");
    let sandbox = service(&toml);
    sandbox.write("program.pl", SERVES);
    let flags = [&format!("--listen=127.0.0.1:{port}"), "--fdname=api", "--setenv=PATH", "--setenv=HOME"];
    let args = ["run", "--env", "development", "--", "perl", "program.pl"];
    let (running, mut first) = activated(&sandbox, &flags, ([127, 0, 0, 1], port).into(), &args);
    said(&running, "names");
    let own = env!("CARGO_BIN_EXE_bootproof");
    let listed = sandbox.command(own).args(["ports", "list", "--format", "json"]).run().await;
    let json: serde_json::Value = serde_json::from_str(&listed.stdout).unwrap();
    let [entry] = json["ports"].as_array().unwrap().as_slice() else { panic!("{}", listed.stdout) };
    assert_eq!((&entry["service"], &entry["name"]), (&"chat".into(), &"api".into()), "{}", listed.stdout);
    assert_eq!((&entry["state"], &entry["owner"]), (&"handed over".into(), &running.pid().into()), "{}", listed.stdout);
    assert!(answer(&mut first).starts_with("served"));
    running.signal(nix::sys::signal::Signal::SIGKILL).unwrap();
    running.wait().await;
}

#[tokio::test]
async fn sockets_that_were_given_to_another_process_are_left_alone() {
    let sandbox = service(ONE_PORT);
    let run =
        bootproof(&sandbox, "development", &["verify", "-v"]).vars([var("LISTEN_FDS", "3"), var("LISTEN_PID", "1")]);
    let output = run.run().await;
    assert_eq!(output.code(), 0, "{}", output.stdout);
    assert!(!output.stdout.contains("was given"), "{}", output.stdout);
}

#[tokio::test]
async fn what_was_given_and_is_no_known_socket_is_told_and_does_not_reach_the_program() {
    let gives = "use Socket; $^F = 9; open my $f, '<', 'given.txt' or die $!; \
                 socketpair my $a, my $b, AF_UNIX, SOCK_SEQPACKET, 0 or die $!; \
                 fileno $f == 3 && fileno $b == 5 or die 'other numbers'; \
                 $ENV{LISTEN_FDS} = 3; $ENV{LISTEN_PID} = $$; exec @ARGV";
    let own = env!("CARGO_BIN_EXE_bootproof");
    let inside = ["-e", gives, own, "run", "-v", "--env", "development", "--", "ls", "-l", "/proc/self/fd"];
    for (toml, own_sockets) in [(NO_PORT, 0), (ONE_PORT, 2)] {
        let sandbox = service(toml);
        sandbox.write("given.txt", "text");
        let output = sandbox.command("perl").args(inside).run().await;
        assert_eq!(output.code(), 0, "{}", output.stderr);
        assert!(output.stdout.contains(" 2 -> ") && !output.stdout.contains("given.txt"), "{}", output.stdout);
        assert_eq!(output.stdout.matches("-> socket:").count(), own_sockets, "{}", output.stdout);
        let text = output.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        // Where no port is declared, nothing looks at them.
        assert!(toml == NO_PORT || text.contains("was given something that is no socket"), "{}", output.stderr);
    }
}
