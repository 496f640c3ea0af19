//! Must-fail tests of the proof: the fallback is broken on purpose, and the proof must see it.

use crate::{Handle, Place, RedisFix, RedisSpec, Settings, store::Store};
use bootproof_core::{Change, Criticality, Diagnosis, Environment, Fix, Proof, Secret, Standing, Step};
use bootproof_testkit::{Redis, contract::Rig};
use std::sync::Arc;

/// Proves with a handle on the shelf whose store acknowledges writes and loses them.
async fn proven_with_a_losing_store(url: &str) -> Result<Proof, Diagnosis> {
    let mut store = Store::new(1 << 20);
    store.loses_writes = true;
    let mut settings = Settings::new("cache");
    if let Place::Server(target) = Place::parse(&Secret::new(url)).unwrap() {
        settings = settings.remote(target);
    }
    let rig = Rig::new(Environment::Staging);
    let handle = Arc::new(Handle::with_store(settings, Arc::new(store)));
    handle.settled().await;
    rig.shelf().put("redis/cache", handle);
    let fix = RedisFix::new(vec![RedisSpec::new("cache", url)], Criticality::Required);
    fix.prove(&rig.cx(Step::Prove), &Change::nothing()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_loses_writes_is_never_proven() {
    assert_eq!(proven_with_a_losing_store("memory:").await.unwrap_err().code, "REDIS-031");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fallback_that_loses_writes_is_found_while_redis_is_away() {
    let away = format!("redis://127.0.0.1:{}", bootproof_testkit::free_port());
    let failed = proven_with_a_losing_store(&away).await.unwrap_err();
    assert_eq!(failed.code, "REDIS-027", "{failed}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fallback_that_loses_writes_is_found_while_redis_still_serves() {
    let redis = Redis::start().await.unwrap();
    let failed = proven_with_a_losing_store(&redis.url()).await.unwrap_err();
    assert_eq!(failed.code, "REDIS-027", "{failed}");
    assert!(failed.to_string().contains("not there"), "{failed}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_behind_a_unix_socket_serves_and_its_fallback_is_not_called_shown() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("redis.sock");
    let _redis = Redis::start_with(&["--unixsocket", socket.to_str().unwrap()]).await.unwrap();
    let fix =
        RedisFix::new(vec![RedisSpec::new("cache", format!("unix://{}", socket.display()))], Criticality::Required);
    let (.., proof) = Rig::new(Environment::Staging).run(&fix).await.unwrap();
    assert!(matches!(&proof.standing, Standing::Unproven(because) if because.code == "REDIS-030"), "{proof:?}");
}
