//! The light proof of production: nothing is created on a shared server, and still every fault is shown.

use crate::{fix, raw::Raw};
use bootproof_core::{Environment, Standing};
use bootproof_redis::RedisSpec;
use bootproof_testkit::{Redis, contract::Rig};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_light_proof_creates_no_key_and_shows_fallback_and_way_back() {
    let redis = Redis::start().await.unwrap();
    let mut raw = Raw::open(redis.port());
    raw.ask("CONFIG RESETSTAT");
    raw.ask("CONFIG SET notify-keyspace-events KEA");
    let rig = Rig::new(Environment::Production);
    let (.., proof) = rig.run(&fix(RedisSpec::new("cache", redis.url()))).await.unwrap();
    assert_eq!(proof.standing, Standing::Proven);
    let text: String = rig.evidence().iter().map(|e| format!("{} -> {}\n", e.did, e.saw)).collect();
    assert!(text.contains("creating nothing (light proof) -> the remote server answered"), "{text}");
    assert!(text.contains("link black-holed: wrote, read and deleted a fresh key -> the in-process store"), "{text}");
    assert!(text.contains("link read-only, then healed: waited for the way back -> the remote server"), "{text}");
    // The server counts every change that was made to its data since it started.
    let changes = raw.ask("INFO persistence");
    assert!(changes.contains("rdb_changes_since_last_save:0\r"), "{changes}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_light_proof_still_finds_a_replica_that_refuses_writes() {
    let replica = Redis::start_with(&["--replicaof", "127.0.0.1", "1"]).await.unwrap();
    let rig = Rig::new(Environment::Production);
    let (.., proof) = rig.run(&fix(RedisSpec::new("cache", replica.url()))).await.unwrap();
    assert!(matches!(&proof.standing, Standing::Degraded(because) if because.code == "REDIS-015"), "{proof:?}");
}
