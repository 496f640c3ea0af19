//! What `ping` says of each kind of server, and of what is none.

use crate::raw::Raw;
use bootproof_core::{Cause, Diagnosis, Retry, Secret};
use bootproof_redis::ping;
use bootproof_testkit::{Redis, faults::Fault, faults::Link, free_port};
use std::time::{Duration, Instant};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

const LIMIT: Duration = Duration::from_millis(500);

async fn asked(url: &str) -> Result<String, Diagnosis> {
    ping(&Secret::new(url), LIMIT).await
}

async fn code(url: &str) -> (&'static str, Cause, Retry) {
    let diagnosis = asked(url).await.unwrap_err();
    assert!(!diagnosis.to_string().contains("hunter22"), "{diagnosis}");
    (diagnosis.code, diagnosis.cause, diagnosis.retry)
}

const AWAY: (Cause, Retry) = (Cause::Away, Retry::MayHelp);
const WRONG: (Cause, Retry) = (Cause::Configuration, Retry::Never);

fn is(code: &'static str, (cause, retry): (Cause, Retry)) -> (&'static str, Cause, Retry) {
    (code, cause, retry)
}

/// Accepts, reads, answers with `answer`, closes.
async fn server(answer: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("redis://:hunter22@{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 1024]).await;
            let _ = stream.write_all(answer).await;
        }
    });
    url
}

#[tokio::test]
async fn a_server_says_who_it_is() {
    let redis = Redis::start_with_password("right-password").await.unwrap();
    let name = asked(&redis.url_with("", "right-password", "3")).await.unwrap();
    assert!(name.starts_with("Redis ") && name.ends_with(", master, database 3"), "{name}");
    let replica = Redis::start_with(&["--replicaof", "127.0.0.1", "1"]).await.unwrap();
    assert!(asked(&replica.url()).await.unwrap().ends_with(", replica, database 0"));
    assert!(asked("memory:").await.unwrap().contains("in-process"));
}

#[tokio::test]
async fn passwords_and_databases_are_told_apart() {
    let (locked, open) = (Redis::start_with_password("right-password").await.unwrap(), Redis::start().await.unwrap());
    assert_eq!(code(&locked.url_with("", "", "0")).await, is("REDIS-009", WRONG));
    assert_eq!(code(&locked.url_with("", "hunter22", "0")).await, is("REDIS-010", WRONG));
    assert_eq!(code(&locked.url_with("nobody", "hunter22", "0")).await, is("REDIS-010", WRONG));
    assert_eq!(code(&open.url_with("", "hunter22", "0")).await, is("REDIS-011", WRONG));
    assert_eq!(code(&open.url_with("", "", "99")).await, is("REDIS-014", WRONG));
}

#[tokio::test]
async fn what_is_not_there_is_told_apart() {
    assert_eq!(code("redis://no-such-host.invalid").await, is("REDIS-002", AWAY));
    assert_eq!(code(&format!("redis://127.0.0.1:{}", free_port())).await, is("REDIS-004", AWAY));
    assert_eq!(code("unix:///no/such/socket").await, is("REDIS-004", AWAY));
    assert_eq!(code("http://:hunter22@h").await, is("REDIS-001", WRONG));
    let link = Link::open("127.0.0.1:1").unwrap();
    link.set(Fault::Cut).unwrap();
    assert_eq!(code(&format!("redis://:hunter22@{}", link.address())).await, is("REDIS-006", AWAY));
}

#[tokio::test]
async fn silence_takes_its_limit_and_no_more() {
    let redis = Redis::start().await.unwrap();
    redis.stop_signal();
    let began = Instant::now();
    let diagnosis = asked(&redis.url()).await.unwrap_err();
    let took = began.elapsed();
    redis.continue_signal();
    assert_eq!((diagnosis.code, diagnosis.retry), ("REDIS-003", Retry::MayHelp));
    assert_eq!(diagnosis.why, ["no reply to PING in 500 ms"]);
    assert!(took >= LIMIT - Duration::from_millis(5) && took < LIMIT + Duration::from_millis(150), "{took:?}");
}

#[tokio::test]
async fn a_server_that_does_not_even_accept_is_not_called_refused() {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    // Nobody accepts: once the kernel's queue is full, attempts to connect are not answered.
    let mut waiting = vec![];
    while let Ok(Ok(one)) =
        tokio::time::timeout(Duration::from_millis(100), tokio::net::TcpStream::connect(address)).await
    {
        waiting.push(one);
        assert!(waiting.len() < 100, "the queue never fills");
    }
    assert_eq!(code(&format!("redis://:hunter22@{address}")).await, is("REDIS-005", AWAY));
}

#[tokio::test]
async fn a_server_that_loads_is_waited_for() {
    // Half a millisecond a key, and an eye on the clients after every few.
    let slow = ["--key-load-delay", "500", "--loading-process-events-interval-bytes", "1024"];
    let redis = Redis::start_with(&[&slow[..], &["--enable-debug-command", "local"]].concat()).await.unwrap();
    let mut raw = Raw::open(redis.port());
    raw.ask("DEBUG POPULATE 4000 key 100");
    let reload = std::thread::spawn(move || raw.ask("DEBUG RELOAD"));
    let mut seen = None;
    for _ in 0..200 {
        match asked(&redis.url()).await {
            Err(diagnosis) if diagnosis.code == "REDIS-016" => {
                seen = Some(diagnosis);
                break;
            }
            _ => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
    let diagnosis = seen.expect("the server said LOADING");
    assert_eq!((diagnosis.cause, diagnosis.retry), AWAY);
    reload.join().unwrap();
}

#[tokio::test]
async fn a_server_without_room_for_us_says_so() {
    let redis = Redis::start_with(&["--maxclients", "2"]).await.unwrap();
    let (_one, _two) = (Raw::open(redis.port()), Raw::open(redis.port()));
    tokio::time::sleep(Duration::from_millis(50)).await;
    for _ in 0..20 {
        assert_eq!(code(&redis.url_with("", "hunter22", "1")).await, is("REDIS-019", AWAY));
    }
}

#[tokio::test]
async fn tls_to_a_plain_server_is_told_from_silence() {
    let redis = Redis::start().await.unwrap();
    let url = redis.url().replace("redis://", "rediss://");
    assert_eq!(code(&url).await, is("REDIS-008", WRONG));
    let silent = Link::silent().unwrap();
    assert_eq!(code(&format!("rediss://{}", silent.address())).await, is("REDIS-003", AWAY));
}

#[tokio::test]
async fn what_is_no_redis_is_named_where_it_is_known() {
    let http = asked(&server(b"HTTP/1.1 400 Bad Request\r\n\r\n").await).await.unwrap_err();
    assert_eq!((http.code, http.cause), ("REDIS-023", Cause::Configuration));
    assert!(http.why[0].contains("HTTP"), "{http}");
    assert_eq!(code(&server(b"SSH-2.0-OpenSSH_9.2\r\n").await).await, is("REDIS-023", WRONG));
    assert_eq!(code(&server(b"").await).await, is("REDIS-006", AWAY));
    assert_eq!(code(&server(b"-DENIED Redis is running in protected mode\r\n").await).await, is("REDIS-012", WRONG));
}
