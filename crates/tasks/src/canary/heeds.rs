//! A well-behaved task: it hears of its soft limit, cleans up and ends.

use super::{Cage, Outcome, PATIENCE, limits};
use crate::{End, Reason, Waited, diagnose};
use bootproof_core::Diagnosis;
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::oneshot,
    time::{Instant, sleep, timeout},
};

const NAME: &str = "canary/heeds-its-soft-limit";
pub(super) const DID: &str = "ran a task that heeds its soft limit of 10ms and cleans up";
const SOFT: u64 = 10;
/// So late that only a task that was never asked meets it.
const HARD: u64 = 4_000;

/// Shows that it is asked, and that it is left the time to clean up.
pub(super) async fn run(cage: Arc<Cage>) -> Result<Outcome, Diagnosis> {
    let (cleaned_up, heard) = oneshot::channel();
    let (limits, began) = (limits(SOFT, HARD)?, Instant::now());
    let task = cage.keep(cage.manager.spawn_with(NAME, limits, |token| async move {
        token.cancelled().await;
        let asked = began.elapsed();
        sleep(Duration::from_millis(1)).await;
        let _ = cleaned_up.send(asked);
    }))?;
    let Ok(Ok(asked)) = timeout(limits.soft() + PATIENCE, heard).await else {
        return Err(diagnose::not_enforced(NAME, format!("it did not clean up within {PATIENCE:?} of its soft limit")));
    };
    let end = task.wait(PATIENCE).await;
    let because = task.info().asked;
    if end == Waited::Ended(End::Done) && because == Some(Reason::Limit) && asked >= limits.soft() {
        let late = asked - limits.soft();
        return Ok(Outcome::Shown(format!("asked after {asked:.1?}, {late:.1?} over; cleaned up, ended by itself")));
    }
    Err(diagnose::not_enforced(NAME, format!("asked after {asked:.1?} because of {because:?}, it was found {end:?}")))
}
