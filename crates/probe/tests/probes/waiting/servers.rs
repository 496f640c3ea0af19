//! Real databases and Redis: starting, killed, stopped, refusing, and of another project.

use super::*;
use bootproof_probe::wait::Standing;
use bootproof_testkit::{ClickHouse, MariaDb, Postgres, Redis};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

#[tokio::test]
async fn postgresql_that_takes_connections_and_no_logins_is_not_ready() {
    let postgres = Postgres::start_in_recovery().await.unwrap();
    let early = one(postgres.url()).limit(SHORT).run().await;
    assert_eq!((early.outcome, last(&early).code), (Outcome::TimeOut, "DB-012"), "{early:?}");
    assert!(early.targets[0].tries <= 121, "a login every 5 ms at most: {early:?}");
    let end = async {
        sleep(SHORT).await;
        postgres.end_recovery().await.unwrap();
    };
    let (waited, ()) = tokio::join!(one(postgres.url()).limit(LONG).run(), end);
    assert!(identity(&waited).starts_with("PostgreSQL 1") && waited.took >= SHORT, "{waited:?}");
}

#[tokio::test]
async fn a_server_that_is_stopped_then_killed_then_started_again_comes() {
    let redis = Redis::start().await.unwrap();
    redis.stop_signal();
    let silent = one(redis.url()).limit(SHORT).run().await;
    assert_eq!((silent.outcome, last(&silent).code), (Outcome::TimeOut, "REDIS-003"), "{silent:?}");
    let again = async {
        sleep(SHORT).await;
        redis.kill().await;
        sleep(SHORT).await;
        redis.restart().await.unwrap();
    };
    let (waited, ()) = tokio::join!(one(redis.url()).limit(LONG).run(), again);
    assert!(identity(&waited).starts_with("Redis 7."), "{waited:?}");
    assert!(waited.took >= SHORT * 2, "{waited:?}");
    let kill = async {
        sleep(SHORT).await;
        redis.kill().await;
    };
    let (gone, ()) = tokio::join!(one(redis.url()).gone().limit(LONG).run(), kill);
    assert!(identity(&gone).contains("refuses connections"), "{gone:?}");
}

#[tokio::test]
async fn a_wrong_password_ends_the_wait_soon_and_is_shown_nowhere() {
    let (postgres, maria, redis, clickhouse) = tokio::join!(
        Postgres::start_with_password("sesame-open"),
        MariaDb::start_with_password("sesame-open"),
        Redis::start_with_password("sesame-open"),
        ClickHouse::start_with_password("sesame-open"),
    );
    let (postgres, maria, redis, clickhouse) = (postgres.unwrap(), maria.unwrap(), redis.unwrap(), clickhouse.unwrap());
    let wrong = [
        (postgres.url_with("postgres", "hunter2-wrong", "postgres"), "DB-009"),
        (maria.url_with("root", "hunter2-wrong", "bootproof"), "DB-009"),
        (redis.url_with("", "hunter2-wrong", "0"), "REDIS-010"),
        (clickhouse.url_with("default", "hunter2-wrong", "default").replace("http://", "clickhouse://"), "CH-001"),
    ];
    for (url, code) in wrong {
        let waited = one(&url).limit(LONG).run().await;
        assert_eq!((waited.outcome, last(&waited).code), (Outcome::Hopeless, code), "{waited:?}");
        assert!(waited.took < LONG / 2 && waited.targets[0].tries >= 3, "{waited:?}");
        assert!(!format!("{waited:?}").contains("hunter2"), "{waited:?}");
    }
    let right = clickhouse.url().replace("http://", "clickhouse://");
    for (url, who) in
        [(postgres.url(), "PostgreSQL"), (maria.url(), "MariaDB"), (redis.url(), "Redis"), (right, "ClickHouse")]
    {
        assert!(identity(&one(url).limit(LONG).run().await).starts_with(who));
    }
}

#[tokio::test]
async fn the_database_of_another_project_is_not_taken_for_ours() {
    let theirs = Postgres::start().await.unwrap();
    // By the same URL, in another project's shell: the server answers, and it is not the one.
    let waited = one(theirs.url()).wanting(who("database shop")).limit(SHORT).run().await;
    assert_eq!((waited.outcome, last(&waited).code), (Outcome::TimeOut, "WAIT-002"), "{waited:?}");
    assert!(last(&waited).why[0].contains("database postgres"), "{waited:?}");
    assert!(waited.targets[0].tries <= 4, "it is asked rarely: {waited:?}");
    identity(&one(theirs.url()).wanting(who("database postgres")).limit(LONG).run().await);
    // A database that does not exist yet may still be made, and the wait goes on.
    let waited = one(theirs.url_with("postgres", "", "shop")).limit(SHORT).run().await;
    assert_eq!((waited.outcome, last(&waited).code), (Outcome::TimeOut, "DB-011"), "{waited:?}");
}

#[tokio::test]
async fn redis_that_takes_connections_and_is_loading_is_not_ready() {
    // A thousandth of a second for each of 2,000 keys, and clients are heard meanwhile.
    let slow = ["--key-load-delay", "1000", "--loading-process-events-interval-bytes", "1024"];
    let redis = Redis::start_with(&[&slow[..], &["--enable-debug-command", "yes"]].concat()).await.unwrap();
    let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", redis.port())).await.unwrap();
    stream.write_all(b"DEBUG POPULATE 2000\r\nSAVE\r\n").await.unwrap();
    let mut said = vec![];
    while !String::from_utf8_lossy(&said).ends_with("+OK\r\n+OK\r\n") {
        assert!(stream.read_buf(&mut said).await.unwrap() > 0, "{}", String::from_utf8_lossy(&said));
    }
    redis.kill().await;
    redis.launch_again().unwrap();
    let told = Arc::new(Mutex::new(vec![]));
    let codes = Arc::clone(&told);
    let observer = move |_: usize, standing: &Standing| {
        codes.lock().unwrap().extend(standing.said.as_ref().unwrap().as_ref().err().map(|diagnosis| diagnosis.code));
    };
    let waited = one(redis.url()).telling(Arc::new(observer)).limit(LONG).run().await;
    assert!(identity(&waited).starts_with("Redis 7.") && waited.took > Duration::from_secs(1), "{waited:?}");
    assert!(told.lock().unwrap().contains(&"REDIS-016"), "{told:?}");
}
