//! The servers start, answer, suffer every signal and leave nothing behind.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

use bootproof_testkit::servers::{Server, StartError};
use bootproof_testkit::{ClickHouse, MariaDb, Postgres, Redis};

fn connect(server: &Server) -> std::io::Result<TcpStream> {
    TcpStream::connect(("127.0.0.1", server.port()))
}

/// Says `word` to a server and returns the beginning of its answer; an error when none comes in 300 ms.
fn ask(server: &Server, word: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut stream = connect(server)?;
    stream.set_read_timeout(Some(Duration::from_millis(300)))?;
    stream.write_all(word)?;
    let mut answer = [0; 512];
    let length = stream.read(&mut answer)?;
    Ok(answer[..length].to_vec())
}

fn is_silent(server: &Server, word: &[u8]) -> bool {
    ask(server, word).is_err_and(|error| matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut))
}

fn is_gone(pid: i32, folder: &Path) -> bool {
    !Path::new(&format!("/proc/{pid}")).exists() && !folder.exists()
}

/// PostgreSQL's start-up message for `user`.
fn login(user: &str) -> Vec<u8> {
    let body = [b"\0\x03\0\0user\0", user.as_bytes(), b"\0\0"].concat();
    [&u32::try_from(body.len() + 4).unwrap().to_be_bytes()[..], &body].concat()
}

/// Stopped it is silent, continued it answers, killed it refuses, restarted it answers on the same port,
/// dropped it is gone.
async fn suffers_everything(server: &Server, word: &[u8], answer: &[u8]) {
    let answers = || ask(server, word).is_ok_and(|heard| heard.starts_with(answer));
    assert!(answers(), "{:?}\n{}", ask(server, word), server.log());
    server.stop_signal();
    assert!(is_silent(server, word));
    server.continue_signal();
    assert!(answers());
    let (pid, port) = (server.pid(), server.port());
    server.kill().await;
    assert_eq!(connect(server).unwrap_err().kind(), ErrorKind::ConnectionRefused);
    server.kill().await;
    server.restart().await.unwrap();
    assert!(answers());
    assert_eq!(server.port(), port);
    assert_ne!(server.pid(), pid);
}

macro_rules! suffering {
    ($name:ident, $kind:ident, $word:expr, $answer:expr) => {
        #[tokio::test]
        async fn $name() {
            let server = $kind::start().await.unwrap();
            suffers_everything(&server, $word, $answer).await;
            let (pid, folder) = (server.pid(), server.folder().to_owned());
            drop(server);
            assert!(is_gone(pid, &folder));
        }
    };
}

suffering!(postgresql_stops_continues_dies_restarts_and_goes, Postgres, &login("postgres"), b"R");
suffering!(mariadb_stops_continues_dies_restarts_and_goes, MariaDb, b"", b"");
suffering!(redis_stops_continues_dies_restarts_and_goes, Redis, b"PING\r\n", b"+PONG");
suffering!(
    clickhouse_stops_continues_dies_restarts_and_goes,
    ClickHouse,
    b"GET /ping HTTP/1.0\r\n\r\n",
    b"HTTP/1.0 200"
);

#[tokio::test]
async fn a_backend_of_postgresql_is_stopped_and_killed_with_it() {
    let server = Postgres::start().await.unwrap();
    let mut session = connect(&server).unwrap();
    session.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    session.write_all(&login("postgres")).unwrap();
    let mut greeting = [0; 2048];
    while !greeting.ends_with(b"I") {
        let length = session.read(&mut greeting).unwrap();
        greeting[..].rotate_left(length);
    }
    let query = b"Q\0\0\0\x0dSELECT 1\0";
    server.stop_signal();
    session.write_all(query).unwrap();
    assert!(session.read(&mut [0]).is_err(), "a stopped backend must not answer");
    server.continue_signal();
    session.read_exact(&mut [0; 8]).unwrap();
    server.kill().await;
    let mut rest = Vec::new();
    let _ = session.read_to_end(&mut rest);
    assert!(session.write_all(query).is_err() || session.read(&mut [0]).map_or(true, |n| n == 0));
}

#[tokio::test]
async fn a_password_is_asked_for_by_every_kind_and_in_its_url() {
    let (postgres, mariadb, redis, clickhouse) = tokio::join!(
        Postgres::start_with_password("p'w@"),
        MariaDb::start_with_password("p'w@"),
        Redis::start_with_password("p'w@"),
        ClickHouse::start_with_password("p'w@"),
    );
    let (postgres, mariadb) = (postgres.unwrap(), mariadb.unwrap());
    let (redis, clickhouse) = (redis.unwrap(), clickhouse.unwrap());
    assert_eq!(ask(&postgres, &login("postgres")).unwrap()[8], 10, "SASL");
    assert!(ask(&redis, b"PING\r\n").unwrap().starts_with(b"-NOAUTH"));
    assert_eq!(ask(&redis, b"AUTH \"p'w@\"\r\n").unwrap(), b"+OK\r\n");
    let get = |auth: &str| format!("GET /?query=SELECT%201&password={auth} HTTP/1.0\r\n\r\n").into_bytes();
    let refused = String::from_utf8(ask(&clickhouse, &get("wrong")).unwrap()).unwrap();
    assert!(refused.contains("Wrong password for user default"), "{refused}");
    assert!(ask(&clickhouse, &get("p'w%40")).unwrap().starts_with(b"HTTP/1.0 200"));
    for url in [postgres.url(), mariadb.url(), redis.url(), clickhouse.url()] {
        assert!(url.contains(":p%27w%40@127.0.0.1:"), "{url}");
    }
    assert!(postgres.url_with("a", "", "b").ends_with(&format!("//a@127.0.0.1:{}/b", postgres.port())));
}

#[tokio::test]
async fn arguments_reach_the_server() {
    let redis = Redis::start_with(&["--replicaof", "127.0.0.1", "1"]).await.unwrap();
    assert!(ask(&redis, b"SET k v\r\n").unwrap().starts_with(b"-READONLY"));
}

#[tokio::test]
async fn postgresql_in_recovery_says_so_until_it_is_let_go() {
    let server = Postgres::start_in_recovery().await.unwrap();
    let heard = String::from_utf8_lossy(&ask(&server, &login("postgres")).unwrap()).into_owned();
    assert!(heard.starts_with('E') && heard.contains("57P03"), "{heard}");
    server.end_recovery().await.unwrap();
    assert!(ask(&server, &login("postgres")).unwrap().starts_with(b"R"));
}

#[tokio::test]
async fn a_server_that_cannot_start_says_why() {
    let error = Redis::start_with(&["--no-such-setting", "1"]).await.unwrap_err();
    assert!(matches!(error, StartError::Ended { .. }));
    assert!(error.to_string().contains("no-such-setting"), "{error}");
    let error = Postgres::start_with(&["-c", "no_such_setting=1"]).await.unwrap_err();
    assert!(error.to_string().contains("no_such_setting"), "{error}");
}

#[tokio::test]
async fn a_panic_ends_the_server_too() {
    let server = Redis::start().await.unwrap();
    let (pid, folder) = (server.pid(), server.folder().to_owned());
    let task = tokio::spawn(async move {
        let _server = server;
        panic!("on purpose");
    });
    assert!(task.await.unwrap_err().is_panic());
    assert!(is_gone(pid, &folder));
}

/// PostgreSQL's system identifier: initdb makes a new one each time.
fn identifier(server: &Postgres) -> Vec<u8> {
    std::fs::read(server.folder().join("data/global/pg_control")).unwrap()[..8].to_vec()
}

#[tokio::test]
async fn a_data_folder_is_made_once_and_copied_and_copies_are_independent() {
    let (one, two) = tokio::join!(Postgres::start(), Postgres::start());
    let (one, two) = (one.unwrap(), two.unwrap());
    let (other, same) = (identifier(&two), identifier(&one));
    assert_ne!(one.folder(), two.folder());
    drop(one);
    assert!(ask(&two, &login("postgres")).unwrap().starts_with(b"R"));
    // Were the very first two to race for the template, each still has a whole one.
    let three = Postgres::start().await.unwrap();
    assert!([other, same].contains(&identifier(&three)));
}
