//! When turns are taken, and what is told of them.

use super::*;

const TTL: Duration = Duration::from_secs(9);

fn away() -> EtcdError {
    EtcdError::Away { tried: vec![] }
}

#[tokio::test(start_paused = true)]
async fn turns_come_three_to_a_lease_and_sooner_after_a_failure_but_never_later() {
    let mut record = Record { leases: 0, alive: None, failures: 0 };
    let mut standing = Standing::Trying { why: None };
    assert_eq!(record.wait(TTL), TTL / 3);
    let mut waits = vec![];
    for _ in 0..40 {
        record.note(Err(away()), TTL, &mut standing);
        waits.push(record.wait(TTL));
    }
    assert_eq!(waits[..3], [100, 200, 400].map(Duration::from_millis));
    assert_eq!(waits[39], TTL / 3);
    assert!(waits.is_sorted());
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_told_as_out_of_touch_and_after_the_lease_as_expired() {
    let mut record = Record { leases: 0, alive: None, failures: 0 };
    let mut standing = Standing::Trying { why: None };
    assert!(record.note(Err(away()), TTL, &mut standing));
    assert_eq!(standing, Standing::Trying { why: Some(away()) });
    assert!(record.note(Ok(true), TTL, &mut standing));
    assert!(!record.note(Ok(false), TTL, &mut standing), "nothing new is told");
    assert_eq!(standing, Standing::Published { lease: 1 });
    record.note(Err(away()), TTL, &mut standing);
    assert_eq!(standing, Standing::OutOfTouch { lease: 1, why: away(), expired: false });
    sleep(TTL).await;
    assert!(record.note(Err(away()), TTL, &mut standing));
    assert_eq!(standing, Standing::OutOfTouch { lease: 1, why: away(), expired: true });
    record.note(Ok(true), TTL, &mut standing);
    assert_eq!(standing, Standing::Published { lease: 2 });
}
