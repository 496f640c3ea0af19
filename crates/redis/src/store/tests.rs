//! The store by itself; beside a real Redis it is put by `tests/store_against_redis.rs`.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_key_expires_at_its_millisecond_and_not_before() {
    let store = Store::new(1 << 20);
    store.set(b"k", b"v", Some(1000), Only::Always).unwrap();
    tokio::time::advance(Duration::from_millis(999)).await;
    assert_eq!(store.get(b"k").as_deref(), Some(&b"v"[..]));
    assert_eq!(store.ttl(b"k"), Ttl::Left(Duration::from_millis(1)));
    tokio::time::advance(Duration::from_millis(1)).await;
    assert_eq!((store.get(b"k"), store.ttl(b"k"), store.exists(&[b"k"])), (None, Ttl::Missing, 0));
    assert_eq!(store.len(), 0, "an expired key that was asked for is gone");
}

#[tokio::test(start_paused = true)]
async fn counting_keeps_the_time_to_live_and_setting_ends_it() {
    let store = Store::new(1 << 20);
    store.set(b"n", b"1", Some(5000), Only::Always).unwrap();
    assert_eq!(store.incr(b"n", 2), Ok(3));
    assert_eq!(store.ttl(b"n"), Ttl::Left(Duration::from_secs(5)));
    store.set(b"n", b"1", None, Only::Always).unwrap();
    assert_eq!(store.ttl(b"n"), Ttl::Persistent);
}

#[tokio::test(start_paused = true)]
async fn an_expired_counter_begins_at_zero_and_forever() {
    let store = Store::new(1 << 20);
    store.set(b"n", b"41", Some(10), Only::Always).unwrap();
    tokio::time::advance(Duration::from_millis(10)).await;
    assert_eq!(store.del(&[b"n"]), 0, "an expired key is not there to be removed");
    store.set(b"n", b"41", Some(10), Only::Always).unwrap();
    tokio::time::advance(Duration::from_millis(10)).await;
    assert_eq!((store.incr(b"n", 1), store.ttl(b"n")), (Ok(1), Ttl::Persistent));
}

#[tokio::test]
async fn the_size_limit_holds_and_what_cannot_fit_is_refused_in_redis_words() {
    let store = Store::new(16 * 4096);
    for n in 0..10_000_u32 {
        store.set(&n.to_be_bytes(), &[0; 100], None, Only::Always).unwrap();
    }
    let most = 16 * 4096 / (100 + 4 + 128);
    assert!(store.len() <= most && store.len() > most / 2, "{} keys", store.len());
    let refused = store.set(b"big", &[0; 5000], None, Only::Always).unwrap_err();
    assert_eq!(refused.0, "OOM command not allowed when used memory > 'maxmemory'.");
}

#[test]
fn a_store_that_loses_writes_can_be_made_to_see_the_proof_fail() {
    let mut store = Store::new(1 << 20);
    store.loses_writes = true;
    assert_eq!(store.set(b"k", b"v", None, Only::Always), Ok(true));
    assert_eq!(store.get(b"k"), None);
    assert!(store.fresh().loses_writes);
}
