use crate::{identity, is_away, is_configuration, peers::Peer, rig, trouble};
use bootproof_core::{Criticality::Required, Service, Step};
use bootproof_probe::ClickHouseService;
use bootproof_testkit::ClickHouse;
use std::time::Duration;

const PASSWORD: &str = "p&ss/w@rd hünter2";

fn service(url: impl Into<String>) -> ClickHouseService {
    ClickHouseService::new("analytics", url, Required)
}

#[tokio::test]
async fn a_real_server_lets_us_in_and_is_named_with_version_and_database() {
    let server = ClickHouse::start_with_password(PASSWORD).await.unwrap();
    let found = identity(&service(server.url_with("default", PASSWORD, "system")).writing()).await;
    assert!(found.starts_with("ClickHouse 18.") && found.ends_with(", database system"), "{found}");
    let by_query = server.url_with("default", PASSWORD, "") + "?database=system";
    assert_eq!(identity(&service(by_query)).await, found);
}

#[tokio::test]
async fn wrong_password_no_password_unknown_user_and_unknown_database_are_told_apart() {
    let server = ClickHouse::start_with_password(PASSWORD).await.unwrap();
    for (user, password, database, code, why) in [
        ("default", "wrong-hunter3", "default", "CH-001", "the password is wrong"),
        ("default", "", "default", "CH-001", "none was sent"),
        ("nobody-x", PASSWORD, "default", "CH-001", "no such user"),
        ("default", PASSWORD, "nosuch", "CH-002", "81"),
    ] {
        let diagnosis = trouble(&service(server.url_with(user, password, database))).await;
        is_configuration(&diagnosis, code);
        let shown = format!("{diagnosis} {diagnosis:?}");
        assert!(shown.contains(why), "{shown}");
        assert!(["hunter", "nobody-x"].iter().all(|secret| !shown.contains(secret)), "{shown}");
    }
}

#[tokio::test]
async fn the_native_port_says_so_and_is_believed() {
    let server = ClickHouse::start().await.unwrap();
    let diagnosis = trouble(&service(format!("http://127.0.0.1:{}/", server.tcp_port()))).await;
    is_configuration(&diagnosis, "CH-003");
}

#[tokio::test]
async fn a_server_that_is_stopped_killed_and_back_is_seen_as_each() {
    let server = ClickHouse::start().await.unwrap();
    let service = service(server.url());
    identity(&service).await;
    server.stop_signal();
    let rig = rig().limit(Duration::from_millis(500));
    let silent = service.probe(&rig.cx(Step::Inspect)).await.unwrap_err();
    is_away(&silent, "NET-005");
    server.continue_signal();
    identity(&service).await;
    server.kill().await;
    is_away(&trouble(&service).await, "NET-003");
    server.restart().await.unwrap();
    identity(&service).await;
}

/// A server whose users may only read: its profile says so.
async fn read_only_server() -> (ClickHouse, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let users = folder.path().join("users.xml");
    let text = "<yandex><profiles><default><readonly>1</readonly></default></profiles><quotas><default/></quotas>
        <users><default><password></password><networks><ip>127.0.0.1</ip></networks>
        <profile>default</profile><quota>default</quota></default></users></yandex>";
    std::fs::write(&users, text).unwrap();
    let users = format!("--users_config={}", users.display());
    (ClickHouse::start_with(&["--", &users]).await.unwrap(), folder)
}

#[tokio::test]
async fn a_read_only_user_is_told_and_fails_only_a_service_that_writes() {
    let (server, _folder) = read_only_server().await;
    let found = identity(&service(server.url())).await;
    assert!(found.ends_with(", read-only"), "{found}");
    is_configuration(&trouble(&service(server.url()).writing()).await, "CH-004");
}

#[tokio::test]
async fn login_travels_in_headers_and_database_in_the_query() {
    let busy =
        "HTTP/1.1 500 X\r\nConnection: close\r\n\r\nCode: 202. DB::Exception: Too many simultaneous queries (hunter2)";
    let peer = Peer::answering(&["HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nOk.\n", busy]).await;
    let diagnosis = trouble(&service(format!("http://me-me:hunter2@{}/a%20b", peer.address))).await;
    is_away(&diagnosis, "CH-006");
    assert!(!diagnosis.to_string().contains("hunter2"), "{diagnosis}");
    let heard = peer.heard.lock().unwrap().clone();
    assert!(heard[0].starts_with("GET /ping HTTP/1.1\r\n") && !heard[0].contains("hunter2"), "{}", heard[0]);
    assert!(heard[1].starts_with("POST /?database=a%20b HTTP/1.1\r\n"), "{}", heard[1]);
    let head = heard[1].to_lowercase();
    assert!(head.contains("x-clickhouse-user: me-me\r\n") && head.contains("x-clickhouse-key: hunter2\r\n"), "{head}");
}

#[tokio::test]
async fn other_servers_and_broken_answers_are_not_clickhouse() {
    let ping = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nOk.\n";
    let web = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<html>welcome</html>";
    let absent = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    let starting = "HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n";
    let broken_off = "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n18.1";
    for (answers, code) in [(&[web][..], "CH-007"), (&[absent], "CH-007"), (&[ping, web], "CH-007")] {
        is_configuration(&trouble(&service(Peer::answering(answers).await.url())).await, code);
    }
    is_away(&trouble(&service(Peer::answering(&[starting]).await.url())).await, "HTTP-003");
    is_away(&trouble(&service(Peer::answering(&[ping, broken_off]).await.url())).await, "NET-006");
}

#[tokio::test]
async fn a_password_that_http_cannot_carry_is_refused_unseen() {
    let peer = Peer::answering(&["HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nOk.\n"]).await;
    let diagnosis = trouble(&service(format!("http://me:hunter2%0Ax@{}/", peer.address))).await;
    is_configuration(&diagnosis, "NET-012");
    assert!(!diagnosis.to_string().contains("hunter2"), "{diagnosis}");
}
