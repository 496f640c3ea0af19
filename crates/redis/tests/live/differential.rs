//! The in-process store beside a real Redis: the same commands, the same answers, error texts and times to live included.

use crate::{cache, raw::Raw};
use bootproof_redis::{Error, Handle, Settings, Source, Ttl};
use bootproof_testkit::Redis;
use proptest::{
    collection::vec,
    prelude::{Strategy, any, prop_oneof},
    strategy::Just,
    test_runner::{Config, TestRunner},
};
use std::time::Duration;

#[derive(Debug, Clone)]
enum Op {
    Get(u8),
    Set(u8, Vec<u8>, Option<Duration>),
    SetNx(u8, Vec<u8>, Option<Duration>),
    Del(Vec<u8>),
    Exists(Vec<u8>),
    Incr(u8, i64),
    Expire(u8, Duration),
    Ttl(u8),
}

/// An answer, made comparable.
#[derive(Debug, PartialEq)]
enum Said {
    Text(Option<Vec<u8>>),
    Number(i64),
    Yes(bool),
    Done,
    /// In steps of ten seconds, rounded: the two clocks are read some microseconds apart.
    Lives(Option<Option<u64>>),
    Refused(String),
}

fn values() -> impl Strategy<Value = Vec<u8>> {
    let numbers = [
        "0",
        "7",
        "-7",
        "9223372036854775807",
        "-9223372036854775808",
        "9223372036854775808",
        "007",
        "+1",
        " 1",
        "1 ",
        "-0",
        "1.5",
        "",
    ];
    prop_oneof![
        vec(any::<u8>(), 0..20),
        any::<i64>().prop_map(|n| n.to_string().into_bytes()),
        proptest::sample::select(numbers.to_vec()).prop_map(|text| text.as_bytes().to_vec()),
    ]
}

/// Long enough to stand still for the test, too long for Redis, or nothing.
fn times() -> impl Strategy<Value = Duration> {
    prop_oneof![
        (2_u64..1000).prop_map(|n| Duration::from_secs(n * 10 + 5)),
        Just(Duration::ZERO),
        Just(Duration::MAX),
        Just(Duration::from_millis(i64::MAX as u64)),
        Just(Duration::from_millis(i64::MAX as u64 - 10_000_000_000_000)),
    ]
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let key = || 0_u8..6;
    let ttl = || proptest::option::of(times());
    let op = prop_oneof![
        key().prop_map(Op::Get),
        (key(), values(), ttl()).prop_map(|(k, v, t)| Op::Set(k, v, t)),
        (key(), values(), ttl()).prop_map(|(k, v, t)| Op::SetNx(k, v, t)),
        vec(key(), 0..4).prop_map(Op::Del),
        vec(key(), 0..4).prop_map(Op::Exists),
        (key(), prop_oneof![any::<i64>(), -3_i64..4]).prop_map(|(k, by)| Op::Incr(k, by)),
        (key(), times()).prop_map(|(k, t)| Op::Expire(k, t)),
        key().prop_map(Op::Ttl),
    ];
    vec(op, 1..60)
}

fn name(key: u8) -> Vec<u8> {
    // The empty key is a key too.
    if key == 0 { vec![] } else { format!("key:{key}").into_bytes() }
}

async fn said(handle: &Handle, source: Source, op: &Op) -> Said {
    let names = |keys: &[u8]| keys.iter().map(|key| name(*key)).collect::<Vec<_>>();
    let answer = match op {
        Op::Get(k) => handle.get(name(*k)).await.map(|a| (a.from, Said::Text(a.value))),
        Op::Set(k, v, t) => handle.set(name(*k), v, *t).await.map(|a| (a.from, Said::Done)),
        Op::SetNx(k, v, t) => handle.set_nx(name(*k), v, *t).await.map(|a| (a.from, Said::Yes(a.value))),
        Op::Del(k) => handle.del(&names(k)).await.map(|a| (a.from, Said::Number(a.value as i64))),
        Op::Exists(k) => handle.exists(&names(k)).await.map(|a| (a.from, Said::Number(a.value as i64))),
        Op::Incr(k, by) => handle.incr(name(*k), *by).await.map(|a| (a.from, Said::Number(a.value))),
        Op::Expire(k, t) => handle.expire(name(*k), *t).await.map(|a| (a.from, Said::Yes(a.value))),
        Op::Ttl(k) => handle.ttl(name(*k)).await.map(|a| {
            let lives = match a.value {
                Ttl::Missing => None,
                Ttl::Persistent => Some(None),
                Ttl::Left(left) => Some(Some(left.as_secs() / 10)),
            };
            (a.from, Said::Lives(lives))
        }),
    };
    match answer {
        Ok((from, said)) => {
            assert_eq!(from, source, "the real Redis must be the one that answers");
            said
        }
        Err(Error::Refused { text }) => Said::Refused(text),
        Err(away) => panic!("{away:?}"),
    }
}

#[test]
fn the_in_process_store_answers_as_a_real_redis_does() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let redis = runtime.block_on(Redis::start()).unwrap();
    let remote = runtime.block_on(async { cache(&redis.url()) });
    runtime.block_on(remote.settled());
    let mut runner = TestRunner::new(Config { cases: 400, failure_persistence: None, ..Config::default() });
    let ran = runner.run(&ops(), |ops| {
        runtime.block_on(async {
            Raw::open(redis.port()).ask("FLUSHALL");
            let memory = Handle::open(Settings::new("memory"));
            for (at, op) in ops.iter().enumerate() {
                let (theirs, ours) =
                    (said(&remote, Source::Remote, op).await, said(&memory, Source::InProcess, op).await);
                proptest::prop_assert_eq!(theirs, ours, "command {}: {:?}", at, op);
            }
            Ok(())
        })
    });
    ran.unwrap_or_else(|error| panic!("{error}"));
}

#[tokio::test]
async fn short_times_to_live_end_in_both_at_the_same_time() {
    let redis = Redis::start().await.unwrap();
    let (remote, memory) = (cache(&redis.url()), Handle::open(Settings::new("memory")));
    for handle in [&remote, &memory] {
        handle.set("k", "v", Some(Duration::from_millis(300))).await.unwrap();
        handle.incr("n", 1).await.unwrap();
        handle.expire("n", Duration::from_millis(300)).await.unwrap();
    }
    tokio::time::sleep(Duration::from_millis(150)).await;
    for handle in [&remote, &memory] {
        assert_eq!(handle.exists(&["k", "n"]).await.unwrap().value, 2);
        assert_eq!(handle.incr("n", 1).await.unwrap().value, 2, "counting keeps the time to live");
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    for handle in [&remote, &memory] {
        assert_eq!(handle.exists(&["k", "n"]).await.unwrap().value, 0);
    }
}
