use crate::{identity, is, is_away, is_configuration, peers::Peer, rig, trouble};
use bootproof_core::{Cause, Criticality::Required, Retry, Service, Step};
use bootproof_probe::HttpService;
use bootproof_testkit::{
    MariaDb, Postgres, Redis,
    faults::{Fault, Link},
};
use std::time::{Duration, Instant};

const OK: &str = "HTTP/1.1 200 OK\r\nServer: test/1\r\nContent-Length: 2\r\n\r\nok";

fn service(url: impl Into<String>) -> HttpService {
    HttpService::new("api", url, Required)
}

#[tokio::test]
async fn an_accepted_status_names_the_server_and_leaves_evidence() {
    let peer = Peer::answering(&[OK]).await;
    let (rig, service) = (rig(), service(format!("{}/up", peer.url())));
    let found = service.probe(&rig.cx(Step::Inspect)).await.unwrap();
    assert_eq!(found.0, format!("{}/up answers HTTP 200 by test/1", peer.url()));
    let seen: Vec<_> = rig.evidence().into_iter().map(|evidence| evidence.saw).collect();
    assert_eq!(seen, ["accepted", "HTTP 200"]);
}

#[tokio::test]
async fn a_login_is_sent_in_a_header_and_shown_nowhere() {
    let peer =
        Peer::answering(&["HTTP/1.1 401 No\r\nContent-Length: 37\r\n\r\nme:hunter2 is bWU6aHVudGVyMg== or not"]).await;
    let diagnosis = trouble(&service(format!("http://me:hunter2@{}/up?token=abcdef", peer.address))).await;
    let heard = peer.heard.lock().unwrap()[0].to_lowercase();
    assert!(heard.starts_with("get /up?token=abcdef http/1.1\r\nhost: 127.0.0.1:"), "{heard}");
    assert!(heard.contains("authorization: basic bwu6ahvudgvymg=="), "{heard}");
    is_configuration(&diagnosis, "HTTP-001");
    let shown = format!("{diagnosis} {diagnosis:?}");
    assert!(["hunter2", "bWU6", "abcdef"].iter().all(|secret| !shown.contains(secret)), "{shown}");
}

#[tokio::test]
async fn each_status_has_its_own_diagnosis() {
    for (status, code, cause, retry) in [
        (401, "HTTP-001", Cause::Configuration, Retry::Never),
        (403, "HTTP-001", Cause::Configuration, Retry::Never),
        (404, "HTTP-002", Cause::Configuration, Retry::Never),
        (429, "HTTP-003", Cause::Away, Retry::MayHelp),
        (502, "HTTP-003", Cause::Away, Retry::MayHelp),
        (503, "HTTP-003", Cause::Away, Retry::MayHelp),
        (500, "HTTP-004", Cause::Fault, Retry::MayHelp),
        (302, "HTTP-005", Cause::Configuration, Retry::Never),
        (418, "HTTP-005", Cause::Configuration, Retry::Never),
    ] {
        let head = "Retry-After: 7\r\nLocation: http://me:hunter2@login/\r\nContent-Length: 7\r\n\r\nwarming";
        let peer = Peer::answering(&[&format!("HTTP/1.1 {status} X\r\n{head}")]).await;
        let diagnosis = trouble(&service(peer.url())).await;
        is(&diagnosis, code, cause, retry);
        let shown = diagnosis.to_string();
        assert!(shown.contains("it says: warming") && !shown.contains("hunter2"), "{shown}");
        assert_eq!(shown.contains("Retry-After: 7"), code == "HTTP-003", "{shown}");
        assert_eq!(shown.contains("redirects to `http://***@login/`"), code == "HTTP-005", "{shown}");
    }
}

#[tokio::test]
async fn other_statuses_can_be_accepted_instead() {
    let peer = Peer::answering(&["HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n", OK]).await;
    let service = service(peer.url()).accepting(400..=499);
    assert!(identity(&service).await.contains("HTTP 404"));
    is_configuration(&trouble(&service).await, "HTTP-005");
}

#[tokio::test]
async fn a_server_that_becomes_ready_is_seen_at_the_next_probe() {
    let peer = Peer::answering(&["HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n", OK]).await;
    let service = service(peer.url());
    is_away(&trouble(&service).await, "HTTP-003");
    assert!(identity(&service).await.contains("HTTP 200"));
}

#[tokio::test]
async fn what_is_not_http_is_quoted_without_what_it_was_told() {
    let peer = Peer::answering(&["you said abcdef\r\n"]).await;
    let diagnosis = trouble(&service(format!("{}/?token=abcdef", peer.url()))).await;
    is_configuration(&diagnosis, "HTTP-006");
    assert!(diagnosis.why[0].contains("`you said ***`"), "{diagnosis}");
    let almost = Peer::answering(&["HTTP/1.1 what?\r\n\r\n"]).await;
    is_configuration(&trouble(&service(almost.url())).await, "HTTP-006");
}

#[tokio::test]
async fn servers_of_other_protocols_are_recognised_by_their_first_bytes() {
    for (bytes, speaks) in [
        (&b"Y\x00\x00\x00\x0a5.5.5-10.11.6-MariaDB\x00"[..], "MySQL"),
        (b"E\x00\x00\x00\x8fSFATAL\x00VFATAL\x00", "PostgreSQL"),
        (b"-ERR wrong number of arguments for 'get' command\r\n", "Redis"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "SSH"),
        (b"\x00\x00\x18\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x80", "HTTP/2"),
    ] {
        let diagnosis = trouble(&service(Peer::greeting(bytes).await.url())).await;
        is_configuration(&diagnosis, "NET-011");
        assert!(diagnosis.what.contains(speaks), "{diagnosis}");
    }
}

#[tokio::test]
async fn real_servers_of_other_protocols_are_never_taken_for_http() {
    let (maria, redis, postgres) = tokio::join!(MariaDb::start(), Redis::start(), Postgres::start());
    let (maria, redis, postgres) = (maria.unwrap(), redis.unwrap(), postgres.unwrap());
    // MariaDB speaks first. The other two close without a word, which is all that can be said of them.
    for (port, code) in [(maria.port(), "NET-011"), (redis.port(), "NET-006"), (postgres.port(), "NET-006")] {
        let diagnosis = trouble(&service(format!("http://127.0.0.1:{port}/"))).await;
        assert_eq!(diagnosis.code, code, "{diagnosis}");
    }
}

#[tokio::test]
async fn a_port_that_says_what_it_is_for_is_believed() {
    let nginx = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n<center>The plain HTTP request was sent to HTTPS port</center>";
    let go = "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n";
    let mongo = "HTTP/1.0 200 OK\r\nConnection: close\r\n\r\nIt looks like you are trying to access MongoDB over HTTP on the native driver port.\r\n";
    for (answer, code) in [(nginx, "NET-008"), (go, "NET-008"), (mongo, "NET-011")] {
        is_configuration(&trouble(&service(Peer::answering(&[answer]).await.url())).await, code);
    }
}

#[tokio::test]
async fn an_open_port_without_an_answer_is_silent_and_not_refused() {
    let link = Link::silent().unwrap();
    let (limit, began) = (Duration::from_millis(300), Instant::now());
    let (rig, service) = (rig().limit(limit), service(format!("http://{}", link.address())));
    let diagnosis = service.probe(&rig.cx(Step::Inspect)).await.unwrap_err();
    // Far less than the two seconds it would take otherwise, with room for a busy machine.
    assert!(began.elapsed() < limit * 4, "{:?}", began.elapsed());
    is_away(&diagnosis, "NET-005");
}

#[tokio::test]
async fn without_a_shorter_step_silence_lasts_two_seconds() {
    let link = Link::silent().unwrap();
    let began = Instant::now();
    is_away(&trouble(&service(format!("http://{}", link.address()))).await, "NET-005");
    let took = began.elapsed().as_millis();
    assert!((1_900..2_500).contains(&took), "{took} ms");
}

#[tokio::test]
async fn a_connection_that_is_reset_or_closed_without_an_answer_is_told_from_a_closed_port() {
    let peer = Peer::answering(&[OK]).await;
    let link = Link::open(peer.address).unwrap();
    let service = service(format!("http://{}", link.address()));
    assert!(identity(&service).await.contains("HTTP 200"));
    link.set(Fault::Cut).unwrap();
    is_away(&trouble(&service).await, "NET-006");
    link.set(Fault::Refuse).unwrap();
    is_away(&trouble(&service).await, "NET-003");
    is_away(&trouble(&HttpService::new("x", Peer::closing().await.url(), Required)).await, "NET-006");
}

#[tokio::test]
async fn an_answer_that_breaks_off_in_its_head_is_no_answer() {
    let peer = Peer::answering(&["HTTP/1.1 200 OK\r\nContent-"]).await;
    is_away(&trouble(&service(peer.url())).await, "NET-006");
}

#[tokio::test]
async fn a_slow_server_and_one_whose_body_never_ends_are_served() {
    let peer = Peer::answering(&[OK]).await;
    let link = Link::open(peer.address).unwrap();
    link.set(Fault::Delay(Duration::from_millis(300))).unwrap();
    assert!(identity(&service(format!("http://{}", link.address()))).await.contains("HTTP 200"));

    let endless = Peer::greeting(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n").await;
    assert!(identity(&service(endless.url())).await.contains("HTTP 200"));
}

#[tokio::test]
async fn other_schemes_are_refused_before_anything_is_asked() {
    let diagnosis = trouble(&service("postgres://me:hunter2@127.0.0.1:1/x")).await;
    is_configuration(&diagnosis, "NET-012");
    assert!(!diagnosis.to_string().contains("hunter2"), "{diagnosis}");
}
