//! The contract suite, on a real Redis and on the in-process store.

use crate::{fix, raw::Raw};
use bootproof_core::{Environment, Fix, Standing};
use bootproof_redis::{RedisSpec, Use};
use bootproof_testkit::{
    Redis,
    contract::{Rig, upholds_the_contract},
};
use std::sync::Mutex;

async fn upheld(environment: Environment, spec: impl Fn(&Redis) -> RedisSpec) {
    let redis = Redis::start().await.unwrap();
    let fix = fix(spec(&redis));
    let rig = || Rig::new(environment).vars(&[("REDIS_URL", &redis.url())]);
    let raw = Mutex::new(Some(Raw::open(redis.port())));
    upholds_the_contract(&fix, rig, async || {
        let mut own = raw.lock().unwrap().take().unwrap();
        let seen = own.fingerprint().await;
        *raw.lock().unwrap() = Some(own);
        seen
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cache_on_a_real_redis_upholds_the_contract() {
    upheld(Environment::Staging, |_| RedisSpec::new("cache", "${REDIS_URL}")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_that_may_not_fall_back_upholds_the_contract() {
    upheld(Environment::Staging, |_| RedisSpec::new("locks", "${REDIS_URL}").used_as(Use::Lock)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_light_proof_upholds_the_contract() {
    upheld(Environment::Production, |_| RedisSpec::new("cache", "${REDIS_URL}")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cache_whose_redis_is_away_upholds_the_contract() {
    let url = format!("redis://127.0.0.1:{}", bootproof_testkit::free_port());
    upheld(Environment::Staging, |_| RedisSpec::new("cache", url.clone())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_in_process_store_upholds_the_contract_and_is_fast() {
    let fix = fix(RedisSpec::new("cache", "memory:"));
    upholds_the_contract(&fix, || Rig::new(Environment::Development), async || String::new()).await;
    let mut best = std::time::Duration::MAX;
    // The best of some: other tests of a full run take the processor away now and then.
    for _ in 0..20 {
        let began = std::time::Instant::now();
        Rig::new(Environment::Development).run(&fix as &dyn Fix).await.unwrap();
        best = best.min(began.elapsed());
    }
    assert!(best.as_millis() < 5, "{best:?}");
    let rig = Rig::new(Environment::Development);
    let (.., proof) = rig.run(&fix as &dyn Fix).await.unwrap();
    assert_eq!((proof.standing, proof.scope), (Standing::Proven, bootproof_core::Scope::Process));
    let saw = &rig.evidence()[0].saw;
    assert!(
        saw.contains("the in-process store answered, chosen by `memory:`") && saw.contains("ends with this process")
    );
}
