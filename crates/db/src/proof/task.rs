//! The proof's own task: makes the witness, aborts every way, and removes what it made whatever happens.

use super::{
    aborts::{Aborts, MOST_LOOKED_AT},
    journal::Journal,
    table::{drop_table, scratch_tables},
    witness::{Witness, choose},
};
use crate::{
    classify::{self, During},
    database::Database,
    diagnose,
    session::CONNECT,
    speak::{Driver, Session, Speak},
    trouble::Trouble,
};
use bootproof_core::{Diagnosis, Proofs};
use std::time::Duration;
use tokio::time::timeout;

/// How long one try to remove the scratch table may take: more than it waits for locks. Two tries, with what is around them,
/// fit into the two seconds that the engine waits for whoever cleans up.
const REMOVE: Duration = Duration::from_millis(700);

/// How long a connection of the proof's own may take to close: nothing is left on it to lose.
const CLOSE: Duration = Duration::from_millis(150);

/// Proves `db`; `None` when it was proven, else why nothing could be shown.
pub(super) async fn work(
    db: &Database,
    proofs: Proofs,
    journal: Journal,
) -> Result<Option<Box<Diagnosis>>, Box<Diagnosis>> {
    let mut watch = db.session(CONNECT).await?;
    // Not cut short: a table whose CREATE is under way could come to be after it was looked for.
    let witness = match choose(db, &mut *watch, proofs, &journal).await {
        Ok(Ok(witness)) => witness,
        Ok(Err(unproven)) => return finish(watch, Ok(Some(unproven))).await,
        Err(diagnosis) => return finish(watch, unproven_or_failed(diagnosis)).await,
    };
    let narrow = db.with_one_connection()?;
    let aborted = {
        let mut aborts =
            Aborts { db, narrow: &narrow, witness: &*witness, watch: &mut *watch, journal: &journal, missed: None };
        tokio::select! {
            done = aborts.all() => done,
            () = journal.abandoned() => Ok(()),
        }
    };
    // In use only by what was just dropped; the guard closes it when it comes back later.
    let _ = timeout(CLOSE, narrow.close()).await;
    if let Some(sql) = witness.forget() {
        forget(db, &sql).await;
    }
    let removed = remove(db, &*witness, watch).await;
    match (aborted, removed) {
        (Err(diagnosis), _) => unproven_or_failed(diagnosis),
        (Ok(()), Err(diagnosis)) => Err(diagnosis),
        (Ok(()), Ok(())) => Ok(witness.not_shown(db.name()).or_else(|| sum_up(db, &*witness, &journal))),
    }
}

/// Says in one line what was shown, and by which form of the proof.
fn sum_up(db: &Database, witness: &dyn Witness, journal: &Journal) -> Option<Box<Diagnosis>> {
    let form = match witness.scratch() {
        Some(_) => "full: in a scratch table, made and removed",
        None => "light: nothing was made that others see",
    };
    journal.doing(format!(
        "on database `{}`: aborted by error, panic, time-out, cancellation and a killed connection",
        db.name()
    ));
    journal.saw(format!("nothing was left, each time ({form})"));
    None
}

/// The codes of a read-only database, where nothing can be left behind either, and of a session that could not be looked into.
const UNPROVEN: [&str; 2] = ["DB-014", "DB-032"];

/// Where nothing can be written or looked for, nothing can be shown.
fn unproven_or_failed(diagnosis: Box<Diagnosis>) -> Result<Option<Box<Diagnosis>>, Box<Diagnosis>> {
    if UNPROVEN.contains(&diagnosis.code) { Ok(Some(diagnosis)) } else { Err(diagnosis) }
}

/// Runs `sql` on each idle connection of the pool. What is in use now is seen by its own session alone, and goes with it.
async fn forget(db: &Database, sql: &str) {
    let idle: Vec<_> = std::iter::from_fn(|| db.try_acquire()).take(MOST_LOOKED_AT).collect();
    for mut conn in idle {
        let _ = timeout(CLOSE, conn.speak().run(sql.to_owned())).await;
    }
}

async fn finish<T>(watch: Session, done: T) -> T {
    let _ = timeout(CLOSE, watch.close()).await;
    done
}

/// Removes what `witness` created: over `watch`, where anything sent before comes first, else over a fresh connection.
async fn remove(db: &Database, witness: &dyn Witness, mut watch: Session) -> Result<(), Box<Diagnosis>> {
    let Some(scratch) = witness.scratch() else { return finish(watch, Ok(())).await };
    let first = timeout(REMOVE, remove_over(db, scratch, &mut *watch)).await;
    finish(watch, ()).await;
    if let Ok(Ok(())) = first {
        return Ok(());
    }
    let mut fresh = db.session(REMOVE).await?;
    let second = timeout(REMOVE, remove_over(db, scratch, &mut *fresh)).await;
    let why = match second {
        Ok(Ok(())) => return finish(fresh, Ok(())).await,
        Ok(Err(error)) => classify::diagnosis(&db.address(), During::Working, &error),
        Err(_) => Trouble::NoAnswer.at(&db.address(), diagnose::waited(REMOVE)),
    };
    finish(fresh, Err(Box::new(diagnose::not_removed(db.name(), scratch, &why.what)))).await
}

async fn remove_over(db: &Database, scratch: &str, conn: &mut dyn Speak) -> Driver<()> {
    let kind = db.kind();
    if conn.run(drop_table(kind, scratch)).await.is_err() {
        // A look that was cut short may have left its transaction open, or failed.
        let _ = conn.run("ROLLBACK".to_owned()).await;
        conn.run(drop_table(kind, scratch)).await?;
    }
    for (name, _) in conn.pairs(scratch_tables(kind).to_owned()).await? {
        if name.starts_with(scratch) {
            conn.run(drop_table(kind, &name)).await?;
        }
    }
    Ok(())
}
