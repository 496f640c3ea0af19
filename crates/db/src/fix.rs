//! The startup fix `database`: opens the guarded pool of each declared database and proves it.

use crate::{
    address::Address,
    database::Database,
    diagnose,
    error::DbError,
    file,
    options::DatabaseOptions,
    proof::{self, Shown},
};
use bootproof_core::{
    Card, Change, Criticality, Cx, Diagnosis, Finding, Fix, Hold, Permit, Phase, Proof, Scope, Secret, mask_url,
};
use std::{fmt, sync::Arc, time::Duration};
use tokio::{runtime::Handle, sync::oneshot, time::timeout};

/// The most that undo waits for connections that are in use; half of what is left when that is less, so that time stays for
/// the file, and for the other fixes.
const CLOSE: Duration = Duration::from_millis(500);

/// One declared database.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseSpec {
    /// Its name: the service node is `database.<name>`, the pool is on the shelf at `database/<name>`.
    pub name: String,
    /// Its URL, a template such as `${DATABASE_URL}`.
    pub url: String,
    /// The most connections of its pool.
    pub pool: u32,
}

impl fmt::Debug for DatabaseSpec {
    /// The template may be a whole URL with a password in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, url) = (&self.name, mask_url(&self.url));
        f.debug_struct("DatabaseSpec").field("name", name).field("url", &url).field("pool", &self.pool).finish()
    }
}

impl DatabaseSpec {
    /// Where its pool is on the shelf.
    fn key(&self) -> String {
        format!("database/{}", self.name)
    }

    fn url(&self, cx: &Cx) -> Result<Secret, Diagnosis> {
        cx.vars().expand(&self.url).map_err(|missing| diagnose::missing_variables(&self.name, &missing))
    }
}

/// Transactions that cannot leave half a user behind, proven on the real server.
#[derive(Debug)]
pub struct DatabaseFix {
    card: Card,
    specs: Vec<DatabaseSpec>,
    scope: Scope,
}

impl DatabaseFix {
    /// The fix for these databases; each one's service node, `database.<name>`, is needed.
    pub fn new(specs: Vec<DatabaseSpec>, criticality: Criticality) -> Self {
        let mut card = Card::fix("database", "transactions that leave nothing behind")
            .criticality(criticality)
            .needs("environment");
        for spec in &specs {
            card = card.needs(format!("database.{}", spec.name));
        }
        Self { card, specs, scope: Scope::Server }
    }

    /// Sets what its proof covers; [`Scope::Server`] until then.
    pub fn scope(mut self, scope: Scope) -> Self {
        self.scope = scope;
        self
    }

    fn look(&self, cx: &Cx) -> Result<Finding, Diagnosis> {
        if self.specs.is_empty() {
            return Ok(Finding::NothingDeclared);
        }
        let mut facts = vec![];
        for spec in &self.specs {
            let url = spec.url(cx)?;
            let address = Address::parse(&url).map_err(|diagnosis| diagnose::about(&spec.name, diagnosis))?;
            facts.push(format!("database `{}` is {}", spec.name, address.name()));
            facts.extend(address.ignored.iter().map(|name| format!("its URL's parameter `{name}` is not used here")));
        }
        Ok(Finding::Facts(facts))
    }

    async fn open_all(&self, cx: &Cx) -> Result<Change, Diagnosis> {
        let (mut change, mut opened) = (Change::nothing(), vec![]);
        for spec in &self.specs {
            if cx.shelf().get::<Database>(&spec.key()).is_some() {
                continue;
            }
            match open(cx, spec).await {
                Ok(made) => {
                    change.made.extend(made);
                    opened.push(spec);
                }
                Err(diagnosis) => {
                    // What was opened before it in this call is not reported, so it must not stay.
                    for before in opened.into_iter().rev() {
                        // The first trouble is the one to report.
                        let _ = close(cx, before).await;
                    }
                    return Err(diagnosis);
                }
            }
        }
        Ok(change)
    }

    async fn prove_all(&self, cx: &Cx) -> Result<Proof, Diagnosis> {
        let (mut last, mut unproven) = (None, None);
        for spec in &self.specs {
            let db = cx.shelf().get::<Database>(&spec.key()).ok_or_else(|| diagnose::not_applied(&spec.name))?;
            match proof::prove(cx, db).await? {
                Shown::Proven(seen) => last = Some(seen),
                Shown::Unproven(diagnosis) => unproven = unproven.or(Some(diagnosis)),
            }
        }
        match (unproven, last) {
            (Some(diagnosis), _) => Ok(Proof::unproven(self.scope, *diagnosis)),
            (None, Some(seen)) => Ok(Proof::proven(self.scope, seen)),
            (None, None) => Err(diagnose::not_applied("none")),
        }
    }
}

impl Fix for DatabaseFix {
    fn card(&self) -> &Card {
        &self.card
    }

    fn inspect<'a>(&'a self, cx: &'a Cx) -> Phase<'a, Finding> {
        Box::pin(async move { self.look(cx) })
    }

    fn apply<'a>(&'a self, cx: &'a Cx, _: Permit, _: &'a Finding) -> Phase<'a, Change> {
        Box::pin(self.open_all(cx))
    }

    fn prove<'a>(&'a self, cx: &'a Cx, _: &'a Change) -> Phase<'a, Proof> {
        Box::pin(self.prove_all(cx))
    }

    fn undo<'a>(&'a self, cx: &'a Cx, _: &'a Change) -> Phase<'a, ()> {
        Box::pin(async move {
            let mut undone = Ok(());
            for spec in self.specs.iter().rev() {
                // One that is stuck keeps no other from being closed.
                undone = undone.and(close(cx, spec).await);
            }
            undone
        })
    }
}

/// A database that nobody has put on the shelf yet. Dropped so, it is taken back, also when its phase is gone.
struct Fresh {
    db: Option<Database>,
    hold: Hold,
}

impl Drop for Fresh {
    fn drop(&mut self) {
        if let (Some(db), Ok(runtime)) = (self.db.take(), Handle::try_current()) {
            let hold = self.hold.clone();
            runtime.spawn(async move {
                // Nobody is left to be told.
                let _ = take_back(&db, CLOSE).await;
                drop(hold);
            });
        }
    }
}

/// Opens one in a task of its own, so that a phase that is dropped half way leaves no file behind.
async fn open(cx: &Cx, spec: &DatabaseSpec) -> Result<Vec<String>, Diagnosis> {
    let (name, url, options) = (spec.name.clone(), spec.url(cx)?, DatabaseOptions::pool(spec.pool));
    let (hold, (answer, opened)) = (cx.hold(), oneshot::channel());
    tokio::spawn(async move {
        let connected = Database::connect(&name, &url, options).await;
        // Refused when the phase is gone; what was made is then taken back as it drops.
        let _ = answer.send(connected.map(|db| Fresh { db: Some(db), hold }));
    });
    let opened = opened.await.unwrap_or_else(|_| Err(DbError::unusable(&spec.name, diagnose::not_applied(&spec.name))));
    let mut fresh = opened.map_err(|error| error.diagnosis())?;
    let Some(db) = fresh.db.take() else { return Err(diagnose::not_applied(&spec.name)) };
    let mut made = db.made().lines();
    made.push(format!("opened a guarded pool for database `{}` ({})", spec.name, db.identity()));
    cx.shelf().put(spec.key(), Arc::new(db));
    Ok(made)
}

async fn close(cx: &Cx, spec: &DatabaseSpec) -> Result<(), Diagnosis> {
    let Some(db) = cx.shelf().take::<Database>(&spec.key()) else { return Ok(()) };
    let (hold, limit) = (cx.hold(), CLOSE.min(cx.left() / 2));
    // In a task of its own, so that a phase that is dropped half way leaves no file behind.
    let closed = tokio::spawn(async move {
        let done = take_back(&db, limit).await;
        drop(hold);
        done
    });
    match closed.await {
        Ok(done) => done,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        // The runtime is shutting down.
        Err(_) => Err(diagnose::not_applied(&spec.name)),
    }
}

async fn take_back(db: &Database, limit: Duration) -> Result<(), Diagnosis> {
    // A connection that somebody still uses is closed when it comes back.
    let _ = timeout(limit, db.close()).await;
    file::take_back(db.made()).await
}
