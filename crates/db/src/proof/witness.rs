//! What shows whether a transaction was kept.

use super::{ddl::Ddl, idle::Idle, journal::Journal, status::Status, table::Table, temporary::Temporary};
use crate::{
    address::Kind,
    classify::{self, Code, During},
    database::Database,
    diagnose,
    speak::{BoxFuture, Driver, Speak},
    trouble::Trouble,
};
use bootproof_core::{Diagnosis, Proofs};
use std::{
    hash::{BuildHasher, Hasher, RandomState},
    time::Duration,
};
use tokio::time::{Instant, sleep, timeout};

/// How long an aborted transaction may stay open on the server before that is a failure.
pub(super) const STILL_OPEN: Duration = Duration::from_millis(1500);

/// Between two questions about a transaction that is not over yet; a rollback takes less than a millisecond.
pub(super) const AGAIN: Duration = Duration::from_millis(1);

/// What became of something that was marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is there.
    Kept,
    /// It is not there, and its transaction is over.
    Gone,
    /// Its transaction is still open.
    Open,
    /// This form cannot look.
    Unseen,
}

/// What a pooled connection turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Plain {
    /// Something was written, under this mark; it must be kept.
    Wrote(String),
    /// It is in no transaction.
    Free,
    /// It is inside a transaction.
    Inside,
    /// It is in no transaction; this session wrote before, and nothing of it is left.
    Empty(String),
    /// It is in no transaction, and what was written in an aborted one is there.
    Left,
}

/// A way to tell whether a transaction was kept.
pub(super) trait Witness: Send + Sync {
    /// What is done inside each transaction, such as `` wrote a row to `t` ``.
    fn did(&self) -> String;
    /// What was looked for afterwards and not found.
    fn nothing_left(&self) -> &'static str;
    /// Whether it can show that a commit persists.
    fn shows_commits(&self) -> bool;
    /// What it creates: the beginning of the names of tables that must be gone afterwards.
    fn scratch(&self) -> Option<&str>;
    /// What makes a pooled session forget what only it sees; `None` where others see it too.
    fn forget(&self) -> Option<String> {
        None
    }
    /// What stays unproven on the database of this name although all went well.
    fn not_shown(&self, _: &str) -> Option<Box<Diagnosis>> {
        None
    }
    /// Marks the transaction that `conn` is in.
    fn mark<'c>(&'c self, conn: &'c mut dyn Speak, label: &'c str) -> BoxFuture<'c, Driver<String>>;
    /// Uses a pooled connection outside of any transaction.
    fn plain<'c>(&'c self, conn: &'c mut dyn Speak, label: &'c str) -> BoxFuture<'c, Driver<Plain>>;
    /// Looks for a mark over another connection, once its transaction is over.
    fn fate<'c>(&'c self, watch: &'c mut dyn Speak, mark: &'c str) -> BoxFuture<'c, Driver<Fate>>;
}

/// The form that is to be made, or why none can be.
pub(super) type Choice = Result<Box<dyn Witness>, Box<Diagnosis>>;

/// Chooses the form: the scratch table where that is allowed, else the light one.
pub(super) async fn choose(
    db: &Database,
    watch: &mut dyn Speak,
    proofs: Proofs,
    journal: &Journal,
) -> Result<Choice, Box<Diagnosis>> {
    let failed = |error: &sqlx::Error| Box::new(classify::diagnosis(&db.address(), During::Working, error));
    if is_read_only(db.kind(), watch).await.map_err(|error| failed(&error))? {
        return Ok(Err(Box::new(Trouble::ReadOnly.at(&db.address(), "it says so itself: a replica, or set so"))));
    }
    if proofs == Proofs::Light {
        return light(db, watch).await;
    }
    journal.doing(format!("asked database `{}` for a scratch table", db.name()));
    match Table::create(db.kind(), watch).await {
        Ok((table, reaped)) => {
            let more =
                if reaped == 0 { String::new() } else { format!("; removed {reaped} left by runs that were killed") };
            journal.saw(format!("created `{}`{more}", table.name()));
            Ok(Ok(Box::new(table)))
        }
        Err(error) if may_not_create(&error) => {
            journal.saw("no right to create one: the light form of the proof is made, which creates nothing");
            light(db, watch).await
        }
        Err(error) => Err(failed(&error)),
    }
}

/// No right, no schema or database to create it in.
fn may_not_create(error: &sqlx::Error) -> bool {
    let nowhere = [Code::Postgres("3F000".into()), Code::MySql(1046)];
    classify::trouble(During::Working, error) == Trouble::Denied
        || classify::code(error).is_some_and(|code| nowhere.contains(&code))
}

async fn is_read_only(kind: Kind, watch: &mut dyn Speak) -> Driver<bool> {
    let question = match kind {
        Kind::Postgres => {
            "SELECT (pg_is_in_recovery() OR current_setting('default_transaction_read_only') = 'on')::int::bigint"
        }
        Kind::MySql => "SELECT CAST(IF(@@global.read_only, 1, 0) AS SIGNED)",
        // Told by the first statement that writes.
        Kind::Sqlite => return Ok(false),
    };
    Ok(watch.number(question.to_owned()).await? != 0)
}

async fn light(db: &Database, watch: &mut dyn Speak) -> Result<Choice, Box<Diagnosis>> {
    let chosen: Driver<Option<Box<dyn Witness>>> = match db.kind() {
        Kind::Postgres => Status::ask(watch).await.map(|form| form.map(|form| Box::new(form) as _)),
        Kind::MySql => light_mysql(watch).await,
        Kind::Sqlite => Ok(Some(Box::new(Ddl::new()))),
    };
    match chosen {
        Ok(Some(form)) => Ok(Ok(form)),
        Ok(None) => {
            let why = "this server cannot tell whether a transaction is open or what became of it";
            Ok(Err(Box::new(diagnose::no_light_form(db.name(), why))))
        }
        Err(error) => Err(Box::new(classify::diagnosis(&db.address(), During::Working, &error))),
    }
}

/// A temporary table where one may be created, else the form that shows too little.
async fn light_mysql(watch: &mut dyn Speak) -> Driver<Option<Box<dyn Witness>>> {
    let Some(idle) = Idle::ask(watch).await? else { return Ok(None) };
    match Temporary::ask(watch).await {
        Ok(form) => Ok(Some(Box::new(form))),
        // No right, no database to create it in, or an engine without temporary tables.
        Err(error) if may_not_create(&error) || classify::trouble(During::Working, &error) == Trouble::Statement => {
            Ok(Some(Box::new(idle)))
        }
        Err(error) => Err(error),
    }
}

/// Counts with `question` over another connection, until it is answered: SQLite refuses it as long as the transaction that
/// is asked about is open, the others wait for it themselves.
pub(super) async fn count(watch: &mut dyn Speak, question: &str) -> Driver<Fate> {
    let patience = Instant::now() + STILL_OPEN;
    loop {
        match timeout(STILL_OPEN * 2, watch.number(question.to_owned())).await {
            Ok(Ok(0)) => return Ok(Fate::Gone),
            Ok(Ok(_)) => return Ok(Fate::Kept),
            Ok(Err(error)) if classify::trouble(During::Working, &error) != Trouble::Locked => return Err(error),
            Ok(Err(_)) if Instant::now() < patience => sleep(AGAIN).await,
            _ => return Ok(Fate::Open),
        }
    }
}

/// A number nobody else has: the keys of the standard library's hash maps are random.
pub(super) fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}
