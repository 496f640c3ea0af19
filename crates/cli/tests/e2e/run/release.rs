//! Programs that cannot take a socket: the port is closed at the last moment, and watched.

use super::*;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use std::net::TcpListener;

/// Binds the number it is told itself, after `$ENV{WAIT}` seconds.
const BINDS: &str = r#"
print "pid $$ port $ENV{PORT} fds ", $ENV{LISTEN_FDS} // 'none', "\n";
select undef, undef, undef, $ENV{WAIT} // 0;
socket my $s, PF_INET, SOCK_STREAM, 0 or die $!;
setsockopt $s, SOL_SOCKET, SO_REUSEADDR, 1;
bind $s, pack_sockaddr_in($ENV{PORT}, inet_aton('127.0.0.1')) or do { print "busy: $!\n"; sleep 60; };
listen $s, 5 or do { print "busy: $!\n"; sleep 60; };
print "listens\n"; sleep 1 while 1;
"#;

fn released(port: u16) -> Sandbox {
    service(&format!("[ports.api]\nport = {port}\nstrict = true\nhost = \"127.0.0.1\"\nhand_over = \"release\"\n"))
}

#[tokio::test]
async fn the_program_that_binds_its_released_port_is_proven_to_listen() {
    let port = bootproof_testkit::free_port();
    let sandbox = released(port);
    let running = perl(&sandbox, &["-v"], BINDS).var("WAIT", "0.3").spawn();
    let pid = said(&running, "pid");
    assert!(pid.ends_with(&format!("port {port} fds none")), "{pid}");
    said(&running, "listens");
    until("the proof", || running.stderr().contains("ports.api: proven (child): the program listens").then_some(()));
    running.signal(Signal::SIGTERM).unwrap();
    assert_eq!(running.wait().await.code(), 143);
}

#[tokio::test]
async fn a_grandchild_that_listens_is_the_program_also_when_its_parent_has_ended() {
    for line in ["perl program.pl; exit 0", "(setsid perl program.pl &) ; sleep 60"] {
        let port = bootproof_testkit::free_port();
        let sandbox = released(port);
        sandbox.write("program.pl", format!("use strict; use Socket; $| = 1;\n{BINDS}"));
        let running = run(&sandbox, &["-v"], &["sh", "-c", line]).spawn();
        let pid = said(&running, "pid");
        until("the proof", || running.stderr().contains("proven (child): the program listens").then_some(()));
        let pid: i32 = pid.split(' ').next().unwrap().parse().unwrap();
        kill(Pid::from_raw(pid), Signal::SIGKILL).unwrap();
    }
}

#[tokio::test]
async fn when_somebody_else_wins_the_port_the_owner_is_named_and_the_program_is_ended() {
    let port = bootproof_testkit::free_port();
    let sandbox = released(port);
    let running = perl(&sandbox, &[], BINDS).var("WAIT", "2").spawn();
    said(&running, "pid");
    let winner = TcpListener::bind(("127.0.0.1", port)).expect("released, and the program sleeps");
    let output = running.wait().await;
    assert_eq!(output.code(), 1, "{}", output.stderr);
    assert!(
        output.stderr.contains("PORT-030") && output.stderr.contains(&format!("127.0.0.1:{port}")),
        "{}",
        output.stderr
    );
    assert!(output.stderr.contains(&format!("pid {}", std::process::id())), "the owner: {}", output.stderr);
    drop(winner);
}

#[tokio::test]
async fn a_program_that_ends_before_it_listens_is_told_with_its_own_code() {
    let sandbox = released(bootproof_testkit::free_port());
    let output = run(&sandbox, &[], &["sh", "-c", "exit 9"]).run().await;
    assert_eq!(output.code(), 9);
    assert!(output.stderr.contains("before it was seen to listen for `api`"), "{}", output.stderr);
}

#[tokio::test]
async fn a_listener_on_every_address_serves_the_declared_one() {
    let port = bootproof_testkit::free_port();
    let sandbox =
        service(&format!("[ports.api]\nport = {port}\nstrict = true\nhost = \"*\"\nhand_over = \"release\"\n"));
    let text = "socket my $s, PF_INET6, SOCK_STREAM, 0 or die $!; bind $s, pack_sockaddr_in6($ENV{PORT}, Socket::IN6ADDR_ANY) or die $!;\
                listen $s, 5 or die $!; print \"listens\\n\"; sleep 1 while 1;";
    let running = perl(&sandbox, &["-v"], text).spawn();
    said(&running, "listens");
    until("the proof", || running.stderr().contains("ports.api: proven (child)").then_some(()));
    assert!(!running.stderr().contains("which anybody can take"), "{}", running.stderr());
}
