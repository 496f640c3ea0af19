//! A task that never looks at its token.

use super::{Cage, LIFE, Outcome, PATIENCE, limits};
use crate::{End, Reason, Waited, diagnose};
use bootproof_core::Diagnosis;
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::oneshot,
    time::{Instant, sleep, timeout},
};

const NAME: &str = "canary/ignores-cancellation";
pub(super) const DID: &str = "ran a task that ignores cancellation: soft limit 10ms, hard limit 20ms";
const SOFT: u64 = 10;
const HARD: u64 = 20;

/// Shows that it is ended at its hard limit, by the end of something it owns and not only by the books.
pub(super) async fn run(cage: Arc<Cage>) -> Result<Outcome, Diagnosis> {
    let (alive, gone) = oneshot::channel::<()>();
    let (limits, began) = (limits(SOFT, HARD)?, Instant::now());
    let task = cage.keep(cage.manager.spawn_with(NAME, limits, |_ignored| async move {
        let _alive = alive;
        while began.elapsed() < LIFE {
            sleep(Duration::from_millis(1)).await;
        }
    }))?;
    if timeout(limits.hard() + PATIENCE, gone).await.is_err() {
        return Err(diagnose::not_enforced(NAME, format!("it still ran {PATIENCE:?} after its hard limit")));
    }
    let took = began.elapsed();
    match task.wait(PATIENCE).await {
        Waited::Ended(End::Aborted { because: Reason::Limit }) if took >= limits.hard() => Ok(Outcome::Shown(format!(
            "ended by force after {took:.1?}, {:.1?} over its hard limit; it would have run {LIFE:?}",
            took - limits.hard()
        ))),
        other => Err(diagnose::not_enforced(NAME, format!("after {took:.1?} it was found {other:?}"))),
    }
}
