//! The fault proxy's read-only Redis, next to a real one.

use bootproof_testkit::Redis;
use bootproof_testkit::faults::{Fault, Link, is_write};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

type Lines = BufReader<TcpStream>;

async fn line(redis: &mut Lines) -> String {
    let mut line = String::new();
    redis.read_line(&mut line).await.unwrap();
    line.trim_end().to_owned()
}

async fn ask(redis: &mut Lines, command: &str) -> String {
    redis.write_all(format!("{command}\r\n").as_bytes()).await.unwrap();
    line(redis).await
}

#[tokio::test]
async fn every_command_that_redis_flags_as_a_write_is_refused() {
    let server = Redis::start().await.unwrap();
    let mut redis = BufReader::new(TcpStream::connect(("127.0.0.1", server.port())).await.unwrap());
    let count = ask(&mut redis, "COMMAND LIST FILTERBY ACLCAT write").await;
    let count: usize = count.strip_prefix('*').unwrap().parse().unwrap();
    assert!(count > 90, "{count}");
    let mut passed = Vec::new();
    for _ in 0..count {
        line(&mut redis).await;
        let name = line(&mut redis).await;
        let command = name.split('|').next().unwrap();
        if !is_write(command.as_bytes()) {
            passed.push(name);
        }
    }
    assert!(passed.is_empty(), "{passed:?}");
}

#[tokio::test]
async fn a_read_only_link_keeps_a_real_redis_unchanged_and_answers_like_a_replica() {
    let server = Redis::start().await.unwrap();
    let replica = Redis::start_with(&["--replicaof", "127.0.0.1", "1"]).await.unwrap();
    let link = Link::open(format!("127.0.0.1:{}", server.port())).unwrap();
    let mut redis = BufReader::new(TcpStream::connect(link.address()).await.unwrap());
    let mut real = BufReader::new(TcpStream::connect(("127.0.0.1", replica.port())).await.unwrap());
    assert_eq!(ask(&mut redis, "SET k before").await, "+OK");
    link.set(Fault::ReadOnly).unwrap();
    assert_eq!(ask(&mut redis, "SET k after").await, ask(&mut real, "SET k after").await);
    assert_eq!(ask(&mut redis, "GET k").await, "$6");
    assert_eq!(line(&mut redis).await, "before");
    link.set(Fault::None).unwrap();
    assert_eq!(ask(&mut redis, "SET k after").await, "+OK");
}
