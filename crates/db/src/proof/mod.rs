//! The proof: write and abort five ways on the real server, then look for leftovers over another connection.
//!
//! It runs in a task of its own ([`task`]), so that its scratch table is removed even when the phase is dropped; what it does
//! and sees comes back as notes ([`journal`]). [`ways`] are the five aborts, [`aborts`] the look after each, [`witness`] is what shows whether they held: a
//! scratch table ([`table`]), or a light form that creates nothing shared ([`status`], [`ddl`], [`temporary`], [`idle`]).

mod aborts;
mod ddl;
mod idle;
mod journal;
mod kill;
mod status;
mod table;
mod task;
mod temporary;
mod way;
mod ways;
mod witness;

use crate::database::Database;
use bootproof_core::{Cx, Diagnosis, Seen};
use journal::Note;
use std::sync::Arc;

/// What came of a proof.
pub(crate) enum Shown {
    /// Demonstrated.
    Proven(Seen),
    /// Nothing could be demonstrated.
    Unproven(Box<Diagnosis>),
}

/// Proves `db`.
pub(crate) async fn prove(cx: &Cx, db: Arc<Database>) -> Result<Shown, Diagnosis> {
    let (journal, mut notes) = journal::open();
    let (hold, proofs) = (cx.hold(), cx.policy().proofs);
    let task = tokio::spawn(async move {
        let done = task::work(&db, proofs, journal).await;
        drop(hold);
        done
    });
    let (mut look, mut seen) = (None, None);
    while let Some(note) = notes.recv().await {
        match note {
            Note::Doing(did) => look = Some(cx.look(did)),
            Note::Saw(saw) => seen = look.take().map(|look| look.saw(saw)).or(seen),
        }
    }
    match (task.await, seen) {
        (Ok(Ok(None)), Some(seen)) => Ok(Shown::Proven(seen)),
        (Ok(Ok(None)), None) => Err(crate::diagnose::not_applied("none")),
        (Ok(Ok(Some(diagnosis))), _) => Ok(Shown::Unproven(diagnosis)),
        (Ok(Err(diagnosis)), _) => Err(*diagnosis),
        (Err(error), _) => match error.try_into_panic() {
            // A fault of ours: the engine tells it as one.
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime is shutting down.
            Err(_) => Err(crate::diagnose::not_applied("none")),
        },
    }
}

#[cfg(test)]
#[path = "must_fail_tests.rs"]
mod must_fail_tests;
