//! etcd knows the program's port while the program runs, and not a moment longer than its lease.

use super::*;
use base64::{Engine, prelude::BASE64_STANDARD};
use bootproof_testkit::Etcd;
use nix::sys::signal::Signal;
use std::{
    io::{Read, Write},
    net::{IpAddr, TcpStream, UdpSocket},
};

/// Says that it runs, and accepts until it is ended.
const SERVES: &str = "open my $listener, '+<&=3' or die $!; print \"pid $$\\n\"; 1 while accept my $client, $listener;";

fn toml(etcd: &str, host: &str, more: &str) -> String {
    format!(
        "[service]\nname = \"chat\"\n[ports.api]\nport = 0\nscheme = \"http\"\nhost = \"{host}\"\n\
         [discovery]\netcd = [\"{etcd}\"]\nttl = \"5s\"\n{more}"
    )
}

/// Everything that stands in etcd, its values as text.
fn values(etcd: &Etcd) -> Vec<String> {
    let all = BASE64_STANDARD.encode([0]);
    let body = serde_json::json!({ "key": all, "range_end": all }).to_string();
    let mut stream = TcpStream::connect(("127.0.0.1", etcd.port())).unwrap();
    write!(stream, "POST /v3/kv/range HTTP/1.0\r\nContent-Length: {}\r\n\r\n{body}", body.len()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let json = answer.split_once("\r\n\r\n").expect("a body").1;
    let json: serde_json::Value = serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {json}"));
    let text = |one: &serde_json::Value| {
        String::from_utf8(BASE64_STANDARD.decode(one["value"].as_str().unwrap()).unwrap()).unwrap()
    };
    json["kvs"].as_array().map(|all| all.iter().map(text).collect()).unwrap_or_default()
}

/// An address of this machine that is not loopback.
fn own_address() -> IpAddr {
    let socket = UdpSocket::bind("0.0.0.0:0").unwrap();
    // TEST-NET-1: connecting a datagram socket sends nothing.
    socket.connect("192.0.2.1:9").expect("this test needs an address that is not loopback");
    socket.local_addr().unwrap().ip()
}

#[tokio::test]
async fn a_port_stands_in_etcd_while_the_program_runs_and_is_gone_once_it_has_ended() {
    let etcd = Etcd::start().await.expect("Debian's package `etcd-server`: `cargo xtask test` installs it");
    let sandbox = service(&toml(&etcd.url(), "*", &format!("advertise = \"{}\"\n", own_address())));
    let running = perl(&sandbox, &["-v"], SERVES).spawn();
    let child: i32 = said(&running, "pid").parse().unwrap();
    let value = until("the entry", || values(&etcd).pop());
    let value: serde_json::Value = serde_json::from_str(&value).unwrap();
    assert_eq!((&value["service"], &value["port"], &value["scheme"]), (&"chat".into(), &"api".into(), &"http".into()));
    assert_eq!(value["host"], own_address().to_string());
    assert_eq!(value["owner"]["pid"], running.pid());
    let number = u16::try_from(value["number"].as_u64().unwrap()).unwrap();
    TcpStream::connect((own_address(), number)).expect("it is reached where etcd says");
    until("the note", || running.stderr().contains("ports.api: published in etcd").then_some(()));
    // Longer than the lease: it is kept alive.
    std::thread::sleep(Duration::from_secs(6));
    assert!(lives(child) && values(&etcd).len() == 1, "{}", running.stderr());
    running.signal(Signal::SIGTERM).unwrap();
    let output = running.wait().await;
    assert_eq!(output.code(), 143, "{}", output.stderr);
    assert_eq!(values(&etcd), [] as [String; 0], "it is given back, not left to the lease");
}

#[tokio::test]
async fn a_port_that_was_released_is_published_once_the_program_listens() {
    let etcd = Etcd::start().await.expect("Debian's package `etcd-server`: `cargo xtask test` installs it");
    let toml = toml(&etcd.url(), "0.0.0.0", &format!("advertise = \"{}\"\n", own_address()));
    let toml = toml.replacen("scheme", "hand_over = \"release\"\nscheme", 1);
    let text = "print \"pid $$\\n\"; select undef, undef, undef, 0.05 until -e 'go'; socket my $s, PF_INET, SOCK_STREAM, 0; \
                bind $s, pack_sockaddr_in($ENV{PORT}, INADDR_ANY) or die $!; listen $s, 5; sleep 1 while 1;";
    let sandbox = service(&toml);
    let running = perl(&sandbox, &["-v"], text).spawn();
    said(&running, "pid");
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(values(&etcd), [] as [String; 0], "nobody listens yet");
    sandbox.write("go", "");
    until("the proof", || {
        let said = running.stderr();
        assert!(!said.contains("PORT-03") && !said.contains("unproven"), "{said}");
        said.contains("ports.api: proven (child)").then_some(())
    });
    until("the note", || running.stderr().contains("published in etcd").then_some(()));
    assert_eq!(values(&etcd).len(), 1, "{}", running.stderr());
    running.signal(Signal::SIGTERM).unwrap();
    running.wait().await;
    assert_eq!(values(&etcd), [] as [String; 0]);
}

#[tokio::test]
async fn a_loopback_port_is_not_published_and_that_is_told() {
    let etcd = Etcd::start().await.expect("Debian's package `etcd-server`: `cargo xtask test` installs it");
    let sandbox = service(&toml(&etcd.url(), "127.0.0.1", ""));
    let running = perl(&sandbox, &["-v"], SERVES).spawn();
    said(&running, "pid");
    until("the proof", || running.stderr().contains("ports.api: proven (child)").then_some(()));
    assert!(running.stderr().contains("DISC-007"), "{}", running.stderr());
    running.signal(Signal::SIGTERM).unwrap();
    let output = running.wait().await;
    assert_eq!((output.code(), values(&etcd)), (143, vec![]), "{}", output.stderr);
}

#[tokio::test]
async fn etcd_that_goes_away_before_the_program_begins_is_told_once_and_the_program_runs() {
    let etcd = Etcd::start().await.expect("Debian's package `etcd-server`: `cargo xtask test` installs it");
    let sandbox = service(&toml(&etcd.url(), "*", &format!("advertise = \"{}\"\n", own_address())));
    let text = "select undef, undef, undef, 0.05 until -e 'go';".to_owned() + SERVES;
    // A command of the plan, and not the program, tells that etcd has answered.
    sandbox.write(
        "bootproof.toml",
        sandbox.read("bootproof.toml")
            + "[command.wait]\ncommand = [\"sh\", \"-c\", \"touch waits; until test -e go; do sleep 0.05; done\"]\n",
    );
    let running = perl(&sandbox, &["-v"], &text).spawn();
    until("etcd's answer", || running.stderr().contains("discovery.etcd: proven").then_some(()));
    etcd.kill().await;
    sandbox.write("go", "");
    said(&running, "pid");
    until("the note", || running.stderr().contains("note: not published in etcd").then_some(()));
    std::thread::sleep(Duration::from_secs(1));
    let output = {
        running.signal(Signal::SIGTERM).unwrap();
        running.wait().await
    };
    assert_eq!(output.code(), 143, "{}", output.stderr);
    assert_eq!(output.stderr.matches("not published in etcd").count(), 1, "{}", output.stderr);
}

#[tokio::test]
async fn in_an_etcd_that_was_away_at_the_start_the_port_is_published_once_it_is_back() {
    let etcd = Etcd::start().await.expect("Debian's package `etcd-server`: `cargo xtask test` installs it");
    let sandbox = service(&toml(&etcd.url(), "*", &format!("advertise = \"{}\"\n", own_address())));
    etcd.kill().await;
    let running = perl(&sandbox, &["-v"], SERVES).spawn();
    said(&running, "pid");
    until("the note", || running.stderr().contains("note: not published in etcd").then_some(()));
    etcd.restart().await.expect("etcd again");
    until("the entry", || running.stderr().contains("ports.api: published in etcd").then_some(()));
    assert_eq!(values(&etcd).len(), 1, "{}", running.stderr());
    running.signal(Signal::SIGTERM).unwrap();
    assert_eq!(running.wait().await.code(), 143);
}
