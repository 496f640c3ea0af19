//! The driver's own fault, which the pool must not have: a begin that is dropped half way leaves an open transaction on a
//! pooled connection, and later writes through it are lost (transact-rs/sqlx#4385).

use bootproof_core::Secret;
use bootproof_db::{Database, DatabaseOptions, DbError, TxError, sqlx};
use bootproof_testkit::Postgres;
use sqlx::{Connection, PgConnection, PgPool, postgres::PgPoolOptions};
use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
    time::Duration,
};
use tokio::time::sleep;

const BEGINS: usize = 400;
const POOL: u32 = 20;

/// Polls once, and drops after `wait` without polling again: the future was left at its await.
async fn dropped_after(wait: Duration, future: impl Future) {
    let mut future = pin!(future);
    poll_fn(|cx| {
        let _ = future.as_mut().poll(cx);
        Poll::Ready(())
    })
    .await;
    sleep(wait).await;
}

/// Opens all connections of the pool, so that what is dropped later is a begin and not a login.
async fn warm(pool: &PgPool) {
    let mut all = vec![];
    for _ in 0..POOL {
        all.push(pool.acquire().await.unwrap());
    }
    drop(all);
    sleep(Duration::from_millis(200)).await;
}

/// Writes through each connection of the pool by itself; tells how many writes another connection cannot see.
async fn lost(pool: &PgPool, url: &str) -> i64 {
    let mut all = vec![];
    for _ in 0..POOL {
        all.push(pool.acquire().await.unwrap());
    }
    for conn in &mut all {
        sqlx::query("INSERT INTO kept VALUES (1)").execute(&mut **conn).await.unwrap();
    }
    let mut other = PgConnection::connect(url).await.unwrap();
    let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM kept").fetch_one(&mut other).await.unwrap();
    other.close().await.unwrap();
    i64::from(POOL) - kept
}

async fn server() -> (Postgres, String) {
    let server = Postgres::start().await.unwrap();
    let mut conn = PgConnection::connect(&server.url()).await.unwrap();
    sqlx::query("CREATE TABLE kept (id int)").execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    let url = server.url();
    (server, url)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn four_hundred_cancelled_begins_poison_no_connection_and_lose_no_write() {
    let (_server, url) = server().await;
    let db = Database::connect("main", &Secret::new(&url), DatabaseOptions::pool(POOL)).await.unwrap();
    warm(db.postgres().unwrap()).await;
    let tasks: Vec<_> = (0..BEGINS)
        .map(|at| {
            let db = db.clone();
            tokio::spawn(async move {
                let wait = Duration::from_micros((at % 40) as u64 * 50);
                let transaction = db.transaction(|tx| Box::pin(async move { tx.execute("SELECT 1").await.map(drop) }));
                // Some are polled to BEGIN, some into the closure, some to COMMIT.
                let _: Result<Result<(), TxError<DbError>>, _> = tokio::time::timeout(wait, transaction).await;
                let again = db.transaction(|_| Box::pin(std::future::pending::<Result<(), DbError>>()));
                dropped_after(wait, again).await;
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    sleep(Duration::from_millis(300)).await;
    assert_eq!(lost(db.postgres().unwrap(), &url).await, 0);
}

/// Drops the driver's own begin while it waits for the server, again and again, on a pool of one connection, and writes
/// through the pool after each. Tells how many writes another connection cannot see.
async fn lost_by_hand(pool: &PgPool, url: &str) -> i64 {
    let mut other = PgConnection::connect(url).await.unwrap();
    for at in 0..50_u64 {
        let mut conn = pool.acquire().await.unwrap();
        dropped_after(Duration::from_micros(at * 50), conn.begin()).await;
        drop(conn);
        sqlx::query("INSERT INTO kept VALUES (1)").execute(pool).await.unwrap();
    }
    let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM kept").fetch_one(&mut other).await.unwrap();
    50 - kept
}

#[tokio::test(flavor = "multi_thread")]
async fn begins_on_the_guarded_pool_used_by_hand_are_cleaned_too() {
    let (_server, url) = server().await;
    let db = Database::connect("main", &Secret::new(&url), DatabaseOptions::pool(1)).await.unwrap();
    assert_eq!(lost_by_hand(db.postgres().unwrap(), &url).await, 0);
}

/// The control: without it, the tests above could pass because nothing was cancelled at the right moment.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_begins_do_poison_a_pool_without_guard() {
    let (_server, url) = server().await;
    let pool = PgPoolOptions::new().max_connections(1).connect(&url).await.unwrap();
    let lost = lost_by_hand(&pool, &url).await;
    // A poisoned connection that is begun on again is closed by the driver, so it is about one in two.
    assert!(lost > 10, "the driver no longer has this fault: look again at the shield and the guard");
}
