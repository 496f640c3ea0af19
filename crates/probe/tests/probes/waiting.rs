//! Waiting, against real sockets and servers: late, gone, refused, silent, or somebody else.

#[cfg(all(feature = "db", feature = "redis"))]
mod servers;

use crate::peers::Peer;
use bootproof_core::{Diagnosis, Vars};
use bootproof_probe::wait::{Outcome, Target, Wait, Waited, Wanted};
use bootproof_testkit::{
    faults::{Fault, Link},
    free_port,
};
use std::{net::SocketAddr, time::Duration};
use tokio::{
    net::{TcpListener, UnixListener},
    time::{Instant, sleep},
};

/// More than any of these waits needs, on a busy machine.
const LONG: Duration = Duration::from_secs(20);
/// Enough to be asked several times.
const SHORT: Duration = Duration::from_millis(600);

fn target(text: impl AsRef<str>) -> Target {
    Target::parse(text.as_ref(), &Vars::default()).unwrap_or_else(|error| panic!("{error}"))
}

fn one(text: impl AsRef<str>) -> Wait {
    Wait::all(vec![target(text)])
}

fn who(text: &str) -> Wanted {
    Wanted { identity: Some(text.to_owned()), ..Wanted::default() }
}

/// What the only target said last, when it did not come.
#[track_caller]
fn last(waited: &Waited) -> &Diagnosis {
    waited.targets[0].said.as_ref().expect("it was asked").as_ref().expect_err("it did not come")
}

/// What the only target is.
#[track_caller]
fn identity(waited: &Waited) -> &str {
    assert_eq!(waited.outcome, Outcome::Came, "{waited:?}");
    &waited.targets[0].said.as_ref().unwrap().as_ref().unwrap().0
}

#[tokio::test]
async fn a_port_that_opens_late_is_found_soon_on_either_family() {
    for bind in ["127.0.0.1", "[::1]"] {
        let port = free_port();
        let open = async {
            sleep(SHORT).await;
            (TcpListener::bind(format!("{bind}:{port}")).await.unwrap(), Instant::now())
        };
        let wait = async { (one(format!(":{port}")).limit(LONG).run().await, Instant::now()) };
        let ((waited, found), (_listener, opened)) = tokio::join!(wait, open);
        assert_eq!(identity(&waited), format!("localhost:{port} accepts connections"));
        // Milliseconds on a machine of its own; the figure itself is the benchmark's.
        assert!(found - opened < Duration::from_millis(200), "{:?}", found - opened);
        assert!(waited.targets[0].tries > 20, "{waited:?}");
    }
}

#[tokio::test]
async fn time_is_over_with_the_last_error_and_the_number_of_tries() {
    let began = Instant::now();
    let waited = one(format!("127.0.0.1:{}", free_port())).limit(SHORT).run().await;
    assert_eq!((waited.outcome, last(&waited).code), (Outcome::TimeOut, "NET-003"));
    assert!(last(&waited).now.is_empty(), "the effect on a start is none of a wait's");
    assert!(waited.targets[0].tries > 20 && began.elapsed() < SHORT * 3, "{waited:?}");
}

#[tokio::test]
async fn one_that_does_not_answer_delays_no_other() {
    let silent = Link::silent().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let targets = || {
        let alive = format!("http://{}", listener.local_addr().unwrap());
        vec![target(format!("http://{}/", silent.address())), target(alive.replace("http", "tcp"))]
    };
    let began = Instant::now();
    let any = Wait::all(targets()).any().limit(LONG).run().await;
    assert_eq!((any.outcome, any.targets[1].came()), (Outcome::Came, true));
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    let all = Wait::all(targets()).limit(SHORT * 2).run().await;
    assert_eq!((all.outcome, last(&all).code), (Outcome::TimeOut, "NET-005"));
}

#[tokio::test]
async fn http_is_ready_with_an_accepted_status_and_text_and_not_before() {
    let answer = |status: &str, body: &str| {
        format!("HTTP/1.1 {status}\r\nX-Service: orders\r\nContent-Length: {}\r\n\r\n{body}", body.len())
    };
    let (starting, missing, ready) =
        (answer("503 No", ""), answer("404 No", ""), answer("200 OK", "{\"status\":\"up\"}"));
    let peer = Peer::answering(&[&starting, &missing, &ready]).await;
    let waited = one(peer.url()).limit(LONG).run().await;
    assert!(identity(&waited).contains("answers HTTP 200") && waited.targets[0].tries == 3, "{waited:?}");

    let down = Wanted { body: Some("down".into()), ..Wanted::default() };
    let waited = one(peer.url()).wanting(down).limit(SHORT).run().await;
    assert_eq!(last(&waited).code, "WAIT-004", "{waited:?}");
    assert!(last(&waited).to_string().contains("{\"status\":\"up\"}"), "{waited:?}");

    for (text, code) in [("x-service: orders", ""), ("\"status\":\"up\"", ""), ("billing", "WAIT-002")] {
        let waited = one(peer.url()).wanting(who(text)).limit(SHORT).run().await;
        assert_eq!(if code.is_empty() { identity(&waited).get(..0).unwrap() } else { last(&waited).code }, code);
    }
    let redirect = answer("302 Found", "");
    let peer = Peer::answering(&[&redirect]).await;
    assert_eq!(last(&one(peer.url()).limit(SHORT).run().await).code, "HTTP-005");
    let wanted = Wanted { statuses: vec![200..=399], ..Wanted::default() };
    identity(&one(peer.url()).wanting(wanted).limit(LONG).run().await);
}

#[tokio::test]
async fn a_port_is_recognised_by_what_it_says() {
    let ssh = Peer::greeting(b"SSH-2.0-OpenSSH_9.2\r\n").await;
    let waited = one(ssh.address.to_string()).wanting(who("SSH-2.0")).limit(LONG).run().await;
    assert!(identity(&waited).ends_with("says `SSH-2.0-OpenSSH_9.2`"), "{waited:?}");
    let waited = one(ssh.address.to_string()).wanting(who("ESMTP")).limit(SHORT).run().await;
    assert_eq!(last(&waited).code, "WAIT-002", "{waited:?}");
    assert!(last(&waited).why[0].contains("OpenSSH"), "{waited:?}");
}

#[tokio::test]
async fn a_unix_socket_is_ready_when_somebody_listens_and_gone_when_nobody_does() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.sock");
    let text = format!("unix:{}", path.display());
    assert_eq!(last(&one(&text).limit(SHORT).run().await).code, "WAIT-003");
    drop(UnixListener::bind(&path).unwrap());
    assert_eq!(last(&one(&text).limit(SHORT).run().await).code, "NET-003", "a socket that was left behind");
    identity(&one(&text).gone().limit(LONG).run().await);
    let open = async {
        sleep(SHORT).await;
        std::fs::remove_file(&path).unwrap();
        UnixListener::bind(&path).unwrap()
    };
    let (waited, _listener) = tokio::join!(one(&text).limit(LONG).run(), open);
    identity(&waited);
    assert_eq!(last(&one(&text).gone().limit(SHORT).run().await).code, "WAIT-001");
}

#[tokio::test]
async fn a_command_is_run_until_it_succeeds_and_one_that_does_not_exist_ends_the_wait() {
    let folder = tempfile::tempdir().unwrap();
    let made = folder.path().join("made");
    let text = format!("command:test -e '{}'", made.display());
    let make = async {
        sleep(SHORT).await;
        std::fs::write(&made, "").unwrap();
    };
    let (waited, ()) = tokio::join!(one(&text).limit(LONG).run(), make);
    assert!(identity(&waited) == "`test` exits with 0" && waited.targets[0].tries > 2, "{waited:?}");
    assert_eq!(last(&one(&text).gone().limit(SHORT).run().await).code, "WAIT-001");
    std::fs::remove_file(&made).unwrap();
    assert!(identity(&one(&text).gone().limit(LONG).run().await).contains("exit code 1"));

    for wait in [one("command:no-such-program-here"), one("command:no-such-program-here").gone()] {
        let waited = wait.limit(LONG).run().await;
        assert_eq!((waited.outcome, last(&waited).code), (Outcome::Hopeless, "CMD-001"));
    }
}

#[tokio::test]
async fn a_port_is_gone_when_it_refuses_and_not_when_it_does_not_answer() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    assert_eq!(last(&one(address.to_string()).gone().limit(SHORT).run().await).code, "WAIT-001");
    let close = async {
        sleep(SHORT).await;
        drop(listener);
    };
    let (waited, ()) = tokio::join!(one(format!("http://{address}/up")).gone().limit(LONG).run(), close);
    assert!(identity(&waited).contains("refuses connections"), "{waited:?}");

    let (_listener, _queued, full) = full().await;
    assert_eq!(last(&one(full.to_string()).gone().limit(SHORT).run().await).code, "NET-004");
}

/// A listener whose queue is full, so that the kernel drops further connects.
async fn full() -> (TcpListener, Vec<tokio::net::TcpStream>, SocketAddr) {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut queued = vec![];
    let wait = Duration::from_millis(100);
    while let Ok(stream) = tokio::time::timeout(wait, tokio::net::TcpStream::connect(address)).await {
        queued.push(stream.unwrap());
    }
    (listener, queued, address)
}

#[tokio::test]
async fn a_name_that_is_not_known_is_asked_for_rarely_and_not_final() {
    let waited = one(format!("{}.example:80", "x".repeat(64))).limit(SHORT).run().await;
    assert_eq!((waited.outcome, last(&waited).code), (Outcome::TimeOut, "NET-001"));
    assert!((2..=31).contains(&waited.targets[0].tries), "{waited:?}");
}

#[tokio::test]
async fn a_server_that_closes_connections_is_not_asked_in_a_rush() {
    let closing = Peer::closing().await;
    let waited = one(closing.url()).limit(SHORT).run().await;
    assert_eq!(last(&waited).code, "NET-006", "{waited:?}");
    assert!(waited.targets[0].tries <= 121, "{waited:?}");
    let link = Link::silent().unwrap();
    link.set(Fault::Refuse).unwrap();
    let open = async {
        sleep(SHORT).await;
        link.set(Fault::None).unwrap();
    };
    let (waited, ()) = tokio::join!(one(link.address().to_string()).limit(LONG).run(), open);
    identity(&waited);
}
