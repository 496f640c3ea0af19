//! Canaries: tasks that break the rules on purpose, all at the same time, on the manager that serves the program.
//!
//! Each uses the same code as every other task, with limits scaled down to milliseconds. What they do is bounded even if
//! nothing stops them, and nothing of them is left afterwards, in the machine or in the manager's books.

mod blocks;
mod cage;
mod heart;
mod heeds;
mod ignores;
mod outlives;
mod panics;

use crate::{Limit, Limits, TaskManager, diagnose, program};
use bootproof_core::{Cx, Diagnosis};
use cage::Cage;
use heart::Heart;
use std::{sync::Arc, time::Duration};

/// How late a limit may be enforced before it counts as not enforced: generous, because machines that test are busy, and far
/// less than the canaries would live.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long a canary would live if nothing stopped it.
const LIFE: Duration = Duration::from_secs(5);

/// What a canary came to, when nothing is wrong.
enum Outcome {
    /// It showed this.
    Shown(String),
    /// It could not be set up here, because of this.
    NotShown(String),
}

/// What all canaries showed.
pub(crate) struct Shown {
    /// Whether killing a process group was shown; else why not.
    pub(crate) group: Result<(), String>,
}

/// Lets all canaries loose and sees what becomes of them.
pub(crate) async fn release(cx: &Cx, manager: &TaskManager) -> Result<Shown, Diagnosis> {
    let look =
        cx.look(format!("watched a heartbeat of the program's runtime meanwhile, one beat each {:?}", heart::EVERY));
    let heart = Heart::start();
    let path = cx.vars().text("PATH").unwrap_or(program::USUAL_PATH).to_owned();
    let (ignores, heeds, blocks, panics, outlives) = tokio::join!(
        show(cx, manager, ignores::DID, ignores::run),
        show(cx, manager, heeds::DID, heeds::run),
        show(cx, manager, blocks::DID, blocks::run),
        show(cx, manager, panics::DID, panics::run),
        show(cx, manager, outlives::DID, |cage| outlives::run(cage, path)),
    );
    let pulse = heart.stop();
    look.saw(pulse.to_string());
    let group = match &outlives {
        Ok(Outcome::NotShown(why)) => Err(why.clone()),
        _ => Ok(()),
    };
    let wrong =
        [ignores, heeds, blocks, panics, outlives].into_iter().filter_map(Result::err).chain(pulse.check().err());
    match wrong.reduce(|first, other| first.why(format!("also {}: {}", other.code, other.what))) {
        Some(diagnosis) => Err(diagnosis),
        None => Ok(Shown { group }),
    }
}

/// Runs one canary and puts down what was seen of it.
async fn show<F>(
    cx: &Cx,
    manager: &TaskManager,
    did: &str,
    canary: impl FnOnce(Arc<Cage>) -> F + Send + 'static,
) -> Result<Outcome, Diagnosis>
where
    F: Future<Output = Result<Outcome, Diagnosis>> + Send + 'static,
{
    let look = cx.look(did);
    let outcome = cage::apart(cx.hold(), manager.clone(), canary).await;
    look.saw(match &outcome {
        Ok(Outcome::Shown(saw)) => saw.clone(),
        Ok(Outcome::NotShown(why)) => format!("not shown: {why}"),
        Err(diagnosis) => format!("{}: {}", diagnosis.what, diagnosis.why.join("; ")),
    });
    outcome
}

/// Limits in milliseconds.
fn limits(soft: u64, hard: u64) -> Result<Limits, Diagnosis> {
    Limit::new(Duration::from_millis(hard))
        .and_then(|hard| Limits::new(Duration::from_millis(soft), hard))
        .map_err(|error| diagnose::refused(&error))
}
