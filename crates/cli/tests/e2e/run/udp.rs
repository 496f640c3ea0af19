//! UDP ports: the program receives on the socket it is given, and a datagram that it cannot get is told.

use super::*;
use std::net::{SocketAddr, UdpSocket};

/// Answers each datagram with what it says, and tells it.
const ECHOES: &str = r#"
open my $socket, '+<&=3' or die $!;
print "pid $$\n";
while (defined(my $from = recv $socket, my $text, 1000, 0)) { print "got $text\n"; send $socket, $text, 0, $from; }
"#;

fn client() -> UdpSocket {
    let client = UdpSocket::bind("127.0.0.1:0").unwrap();
    client.set_read_timeout(Some(SOON)).unwrap();
    client
}

fn answer(client: &UdpSocket) -> String {
    let mut buffer = [0; 100];
    let (length, _) = client.recv_from(&mut buffer).unwrap();
    String::from_utf8_lossy(&buffer[..length]).into_owned()
}

fn udp(port: u16) -> Sandbox {
    service(&format!("[ports.api]\nport = {port}\nstrict = true\nprotocol = \"udp\"\nhost = \"127.0.0.1\"\n"))
}

#[tokio::test]
async fn the_program_receives_on_the_socket_it_was_given() {
    let port = bootproof_testkit::free_port();
    let sandbox = udp(port);
    let running = perl(&sandbox, &["-v"], ECHOES).spawn();
    said(&running, "pid");
    let client = client();
    client.send_to(b"hello", ("127.0.0.1", port)).unwrap();
    assert_eq!(answer(&client), "hello");
    until("the proof", || running.stderr().contains("ports.api: proven (child)").then_some(()));
    running.signal(nix::sys::signal::Signal::SIGTERM).unwrap();
    let output = running.wait().await;
    assert!(output.code() == 143 && !output.stderr.contains("lost"), "{}", output.stderr);
}

/// Sends numbered datagrams from before the socket is there until the program runs; none of them may vanish without a word.
#[tokio::test]
async fn datagrams_that_the_proof_took_are_counted() {
    let port = bootproof_testkit::free_port();
    let sandbox = udp(port);
    let running = perl(&sandbox, &[], ECHOES).spawn();
    let client = client();
    client.connect(("127.0.0.1", port)).unwrap();
    // A datagram to nobody is refused, which the next call on the socket tells: so from this one on somebody is there.
    until("the socket", || {
        client.send(b"first").ok()?;
        std::thread::sleep(Duration::from_micros(100));
        client.send(b"0").ok()
    });
    for n in 1..20 {
        client.send(n.to_string().as_bytes()).unwrap();
    }
    said(&running, "pid");
    client.send(b"last").unwrap();
    until("the last", || running.stdout().contains("got last").then_some(()));
    let got = running.stdout().lines().filter(|line| line.starts_with("got ")).count();
    running.signal(nix::sys::signal::Signal::SIGTERM).unwrap();
    let output = running.wait().await;
    let told = output
        .stderr
        .lines()
        .find_map(|line| line.strip_prefix("bootproof: note: ")?.split_once(" datagrams for `api` are lost"));
    let lost: usize = told.map_or(0, |(count, _)| count.parse().unwrap());
    // `first`, 0 to 19 and `last`; of those before, `first` may have come in once or twice more.
    assert!(got + lost >= 22, "{got} came and {lost} were told as lost: {}", output.stderr);
}

#[tokio::test]
async fn the_datagram_that_woke_a_given_socket_reaches_the_program() {
    let port = bootproof_testkit::free_port();
    let sandbox = udp(port);
    sandbox.write("program.pl", format!("use strict; use Socket; $| = 1;\n{ECHOES}"));
    let flags = ["--datagram", &format!("--listen=127.0.0.1:{port}"), "--fdname=api", "--setenv=PATH"];
    let own = [env!("CARGO_BIN_EXE_bootproof"), "run", "-v", "--env", "development", "--", "perl", "program.pl"];
    let running = sandbox.command(given::ACTIVATE).args(flags).args(own).spawn();
    let (client, at) = (client(), SocketAddr::from(([127, 0, 0, 1], port)));
    client.connect(at).unwrap();
    until("the socket", || {
        client.send(b"wake").ok()?;
        std::thread::sleep(Duration::from_millis(1));
        client.send(b"up").ok()
    });
    said(&running, "pid");
    until("both", || (running.stdout().contains("got wake") && running.stdout().contains("got up")).then_some(()));
    assert!(!running.stderr().contains("lost"), "{}", running.stderr());
    running.signal(nix::sys::signal::Signal::SIGTERM).unwrap();
    assert_eq!(running.wait().await.code(), 143);
}
