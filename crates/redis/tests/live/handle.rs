//! The handle under servers that go and come back.

use crate::{cache, raw::Raw, target};
use bootproof_redis::{Error, Fallback, Handle, Limits, Settings, Source, Trouble, Use};
use bootproof_testkit::{Redis, faults::Fault, faults::Link, free_port};
use std::time::{Duration, Instant};

/// The promise of issue 6: back within 2 s; and what a loaded test machine takes on top.
const BACK: Duration = Duration::from_secs(3);

async fn until_served_by(handle: &Handle, source: Source) -> Duration {
    let began = Instant::now();
    while handle.get("any").await.map(|answer| answer.from) != Ok(source) {
        assert!(
            began.elapsed() < BACK,
            "not served by {source} after {:?}: {:?}",
            began.elapsed(),
            handle.serves_now()
        );
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    began.elapsed()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_missing_key_is_an_answer_and_a_missing_server_is_an_error() {
    let redis = Redis::start().await.unwrap();
    let settings = Settings::new("locks").used_as(Use::Lock, Fallback::Refused).remote(target(&redis.url()));
    let locks = Handle::open(settings);
    let missing = locks.get("nothing").await.unwrap();
    assert_eq!((missing.value, missing.from), (None, Source::Remote));
    redis.kill().await;
    match locks.get("nothing").await {
        Err(Error::NoServer { because, .. }) => {
            assert!(matches!(because.trouble, Trouble::Reset | Trouble::Refused), "{because}");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_and_restarted_a_cache_never_sees_an_error_and_comes_back_by_itself() {
    let redis = Redis::start().await.unwrap();
    let cache = cache(&redis.url());
    for _ in 0..3 {
        until_served_by(&cache, Source::Remote).await;
        redis.kill().await;
        let began = Instant::now();
        let answer = cache.set("k", "v", None).await.unwrap();
        assert_eq!(answer.from, Source::InProcess);
        assert!(began.elapsed() < Duration::from_millis(250), "{:?}", began.elapsed());
        assert_eq!(cache.get("k").await.unwrap().value.as_deref(), Some(&b"v"[..]));
        redis.restart().await.unwrap();
        until_served_by(&cache, Source::Remote).await;
        cache.set("written", "there", None).await.unwrap();
        assert_eq!(Raw::open(redis.port()).ask("GET written"), "there");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_server_costs_one_call_its_budget_and_the_next_nothing() {
    let redis = Redis::start().await.unwrap();
    let cache = cache(&redis.url());
    until_served_by(&cache, Source::Remote).await;
    redis.stop_signal();
    let began = Instant::now();
    assert_eq!(cache.get("k").await.unwrap().from, Source::InProcess);
    let first = began.elapsed();
    assert!(first >= Duration::from_millis(150) && first < Duration::from_millis(300), "{first:?}");
    let began = Instant::now();
    for _ in 0..100 {
        assert_eq!(cache.get("k").await.unwrap().from, Source::InProcess);
    }
    assert!(began.elapsed() < Duration::from_millis(100), "100 calls took {:?}", began.elapsed());
    redis.continue_signal();
    until_served_by(&cache, Source::Remote).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_the_start_a_silent_server_keeps_no_call_beyond_its_budget() {
    let silent = Link::silent().unwrap();
    let cache = cache(&format!("redis://{}", silent.address()));
    let calls: Vec<_> = (0..64)
        .map(|_| {
            let cache = cache.clone();
            tokio::spawn(async move {
                let began = Instant::now();
                (cache.set("k", "v", None).await.unwrap().from, began.elapsed())
            })
        })
        .collect();
    for call in calls {
        let (from, took) = call.await.unwrap();
        assert_eq!(from, Source::InProcess);
        assert!(took < Duration::from_millis(300), "{took:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_master_that_becomes_a_replica_is_left_and_found_again() {
    let redis = Redis::start().await.unwrap();
    let (cache, mut raw) = (cache(&redis.url()), Raw::open(redis.port()));
    until_served_by(&cache, Source::Remote).await;
    raw.ask("REPLICAOF 127.0.0.1 1");
    assert_eq!(cache.set("k", "v", None).await.unwrap().from, Source::InProcess);
    assert_eq!(cache.first_choice_away().unwrap().trouble, Trouble::ReadOnly);
    assert_eq!(cache.get("k").await.unwrap().value.as_deref(), Some(&b"v"[..]), "what was written is read");
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(cache.serves_now(), Some(Source::InProcess), "PING alone does not bring it back");
    raw.ask("REPLICAOF NO ONE");
    until_served_by(&cache, Source::Remote).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_stands_alone_still_reads_from_a_server_that_takes_no_writes() {
    let redis = Redis::start().await.unwrap();
    let mut raw = Raw::open(redis.port());
    raw.ask("SET session alive");
    let settings = Settings::new("s").used_as(Use::Session, Fallback::Refused).remote(target(&redis.url()));
    for (broken, trouble) in
        [("CONFIG SET maxmemory 1", Trouble::OutOfMemory), ("REPLICAOF 127.0.0.1 1", Trouble::ReadOnly)]
    {
        raw.ask(broken);
        let sessions = Handle::open(settings.clone());
        let refused = sessions.set("k", "v", None).await.unwrap_err();
        assert!(matches!(&refused, Error::NoServer { because, .. } if because.trouble == trouble), "{refused:?}");
        until_served_by(&sessions, Source::Remote).await;
        assert_eq!(sessions.get("session").await.unwrap().value.as_deref(), Some(&b"alive"[..]));
        raw.ask("CONFIG SET maxmemory 0");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_password_is_not_hammered_and_a_cache_serves_meanwhile() {
    let redis = Redis::start_with_password("right-password").await.unwrap();
    let cache = cache(&redis.url_with("", "wrong-password", "0"));
    cache.settled().await;
    assert_eq!(cache.get("k").await.unwrap().from, Source::InProcess);
    tokio::time::sleep(Duration::from_millis(500)).await;
    let mut raw = Raw::open(redis.port());
    raw.ask("AUTH right-password");
    let stats = raw.ask("INFO stats");
    let line = stats.lines().find(|line| line.starts_with("total_connections_received:")).unwrap();
    // The harness's own readiness check, the handle's one attempt, and this connection.
    let connections: u32 = line.split(':').nth(1).unwrap().trim().parse().unwrap();
    assert!(connections <= 4, "{connections} connections");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_appears_later_is_used() {
    let redis = Redis::start().await.unwrap();
    redis.kill().await;
    let cache = cache(&redis.url());
    assert_eq!(cache.get("k").await.unwrap().from, Source::InProcess);
    redis.restart().await.unwrap();
    until_served_by(&cache, Source::Remote).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn remote_then_local_then_in_process_within_one_budget() {
    let local = Redis::start().await.unwrap();
    let hole = Link::open("127.0.0.1:1").unwrap();
    hole.set(Fault::BlackHole).unwrap();
    let behind = Link::open(format!("127.0.0.1:{}", local.port())).unwrap();
    let url = |link: &Link| target(&format!("redis://{}", link.address()));
    let handle = Handle::open(Settings::new("c").remote(url(&hole)).local(url(&behind)));
    let began = Instant::now();
    assert_eq!(handle.set("k", "v", None).await.unwrap().from, Source::Local);
    assert!(began.elapsed() < Duration::from_millis(300), "{:?}", began.elapsed());
    behind.set(Fault::BlackHole).unwrap();
    let began = Instant::now();
    assert_eq!(handle.set("k", "v", None).await.unwrap().from, Source::InProcess);
    assert!(began.elapsed() < Duration::from_millis(300), "{:?}", began.elapsed());
    behind.set(Fault::None).unwrap();
    until_served_by(&handle, Source::Local).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_error_of_one_command_is_its_answer_and_moves_nobody() {
    let redis = Redis::start().await.unwrap();
    let cache = cache(&redis.url());
    Raw::open(redis.port()).ask("RPUSH list a");
    let refused = cache.incr("list", 1).await.unwrap_err().to_string();
    assert_eq!(refused, "WRONGTYPE Operation against a key holding the wrong kind of value");
    assert_eq!(cache.get("x").await.unwrap().from, Source::Remote);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dropped_or_closed_nothing_is_left_of_it_on_the_server() {
    let redis = Redis::start().await.unwrap();
    let mut raw = Raw::open(redis.port());
    let handle = cache(&redis.url());
    handle.settled().await;
    raw.settles_at(1).await;
    let clone = handle.clone();
    drop(handle);
    assert_eq!(clone.get("k").await.unwrap().from, Source::Remote);
    drop(clone);
    raw.settles_at(0).await;
    let handle = cache(&redis.url());
    handle.settled().await;
    handle.close().await;
    raw.settles_at(0).await;
    assert_eq!(handle.get("k").await.unwrap().from, Source::InProcess, "a closed cache still answers");
}

#[tokio::test(start_paused = true)]
async fn on_a_paused_clock_the_budget_is_the_one_that_was_set() {
    let (away, limits) = (format!("redis://127.0.0.1:{}", free_port()), Limits::default());
    let handle = Handle::open(Settings::new("c").remote(target(&away)).limits(limits));
    handle.settled().await;
    let began = tokio::time::Instant::now();
    assert_eq!(handle.get("k").await.unwrap().from, Source::InProcess);
    assert!(began.elapsed() < Duration::from_millis(1), "an away server costs no time: {:?}", began.elapsed());
}
