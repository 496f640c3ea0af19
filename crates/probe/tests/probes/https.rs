use crate::{
    identity, is_away, is_configuration,
    peers::{Authority, Peer},
    rig, trouble,
};
use bootproof_core::{Criticality::Required, Service, Step};
use bootproof_probe::HttpService;
use bootproof_testkit::{ClickHouse, MariaDb, faults::Link};
use rcgen::date_time_ymd;
use std::time::Duration;

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

fn service(peer: &Peer, authority: &Authority) -> HttpService {
    let url = format!("https://localhost:{}/up", peer.address.port());
    HttpService::new("api", url, Required).trusting(authority.der())
}

#[tokio::test]
async fn an_https_server_of_a_trusted_authority_is_asked_in_tls() {
    let authority = Authority::new();
    let peer = Peer::secure(authority.server("localhost", |_| {}), OK).await;
    assert!(identity(&service(&peer, &authority)).await.contains("HTTP 200"));
    assert!(peer.heard.lock().unwrap()[0].starts_with("GET /up HTTP/1.1\r\n"));
}

#[tokio::test]
async fn a_certificate_is_accepted_only_when_signed_valid_and_for_this_host() {
    let authority = Authority::new();
    let peer = Peer::secure(Authority::named("a stranger").server("localhost", |_| {}), OK).await;
    let unsigned = trouble(&service(&peer, &authority)).await;
    let peer = Peer::secure(Authority::new().server("localhost", |_| {}), OK).await;
    let pretended = trouble(&service(&peer, &authority)).await;
    let peer = Peer::secure(authority.server("other.example", |_| {}), OK).await;
    let misnamed = trouble(&service(&peer, &authority)).await;
    let peer =
        Peer::secure(authority.server("localhost", |params| params.not_after = date_time_ymd(2000, 1, 1)), OK).await;
    let expired = trouble(&service(&peer, &authority)).await;
    let peer =
        Peer::secure(authority.server("localhost", |params| params.not_before = date_time_ymd(3000, 1, 1)), OK).await;
    let early = trouble(&service(&peer, &authority)).await;
    for (diagnosis, why) in [
        (unsigned, "trusted"),
        (pretended, "trusted"),
        (misnamed, "another host name"),
        (expired, "expired"),
        (early, "not valid yet"),
    ] {
        is_configuration(&diagnosis, "NET-010");
        assert!(diagnosis.why[0].contains(why), "{diagnosis}");
    }
}

#[tokio::test]
async fn plaintext_to_a_tls_port_and_tls_to_a_plaintext_port_are_two_diagnoses() {
    let authority = Authority::new();
    let secure = Peer::secure(authority.server("localhost", |_| {}), OK).await;
    is_configuration(&trouble(&HttpService::new("x", secure.url(), Required)).await, "NET-008");
    let plain = Peer::greeting(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    is_configuration(&trouble(&service(&plain, &authority)).await, "NET-009");
    // It waits for the end of what it takes for a line: only a second question, in plaintext, tells it from a silent one.
    let patient = Peer::patient().await;
    is_configuration(&trouble(&service(&patient, &authority)).await, "NET-009");
    let babble = Peer::greeting(b"hello, who is there?\r\n").await;
    is_configuration(&trouble(&service(&babble, &authority)).await, "NET-009");
}

#[tokio::test]
async fn tls_to_real_plaintext_servers_is_told() {
    let (clickhouse, maria) = tokio::join!(ClickHouse::start(), MariaDb::start());
    let (clickhouse, maria) = (clickhouse.unwrap(), maria.unwrap());
    for (port, code) in [(maria.port(), "NET-011"), (clickhouse.tcp_port(), "NET-011"), (clickhouse.port(), "NET-009")]
    {
        let diagnosis = trouble(&HttpService::new("x", format!("https://127.0.0.1:{port}/"), Required)).await;
        assert_eq!(diagnosis.code, code, "{diagnosis}");
    }
}

#[tokio::test]
async fn a_server_that_demands_a_client_certificate_is_told_from_one_with_a_bad_certificate() {
    let authority = Authority::new();
    let peer = Peer::secure(authority.demanding_server("localhost"), OK).await;
    is_configuration(&trouble(&service(&peer, &authority)).await, "NET-014");
}

#[tokio::test]
async fn a_handshake_without_an_answer_is_silence_and_a_closed_one_is_a_close() {
    let (link, rig) = (Link::silent().unwrap(), rig().limit(Duration::from_millis(600)));
    let silent = HttpService::new("x", format!("https://{}", link.address()), Required);
    is_away(&silent.probe(&rig.cx(Step::Inspect)).await.unwrap_err(), "NET-005");
    is_away(&trouble(&service(&Peer::closing().await, &Authority::new())).await, "NET-006");
}

#[tokio::test]
async fn an_authority_that_is_not_a_certificate_is_named() {
    let peer = Peer::closing().await;
    let url = format!("https://localhost:{}/", peer.address.port());
    is_configuration(&trouble(&HttpService::new("x", url, Required).trusting(*b"not one")).await, "NET-012");
}
