//! A task that panics.

use super::{Cage, Outcome, PATIENCE, limits};
use crate::{End, Waited, diagnose};
use bootproof_core::Diagnosis;
use std::{panic::resume_unwind, sync::Arc};

const NAME: &str = "canary/panics";
pub(super) const DID: &str = "ran a task that panics";
const MESSAGE: &str = "the canary panics on purpose";

/// Shows that its panic reaches nobody else, and is kept with the place that spawned it.
pub(super) async fn run(cage: Arc<Cage>) -> Result<Outcome, Diagnosis> {
    let task = cage.keep(cage.manager.spawn_with(NAME, limits(1_000, 1_000)?, |_token| async {
        tokio::task::yield_now().await;
        // A panic in all but the hook, which would print it.
        resume_unwind(Box::new(MESSAGE))
    }))?;
    let (end, place) = (task.wait(PATIENCE).await, task.info().place);
    match &end {
        Waited::Ended(End::Panicked { message }) if message == MESSAGE && place.file() == file!() => {
            Ok(Outcome::Shown(format!("contained; kept its message and the place that spawned it, {place}")))
        }
        _ => Err(diagnose::not_contained(NAME, format!("spawned at {place}, it was found {end:?}"))),
    }
}
