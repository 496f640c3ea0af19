//! All aborts in turn, and after each the look: is anything left, and is any pooled connection still inside?

use super::{
    journal::Journal,
    way::Way,
    ways::{Failed, Ways, failed},
    witness::{Fate, Plain, STILL_OPEN, Witness},
};
use crate::{address::Kind, database::Database, diagnose, speak::Speak, trouble::Trouble};
use std::{fmt, time::Duration};
use tokio::time::{Instant, sleep};

/// How many begins are dropped through a pool of one connection. The driver's own begin poisons about one in twenty when
/// dropped at a random moment, and nearly each one when dropped while it waits for the server, as here.
const BEGINS: usize = 4;

/// How long a connection may take to come back to the pool; it is not waited for longer when the program itself uses it.
const COME_BACK: Duration = Duration::from_millis(250);

/// How many idle connections are looked at, at most.
pub(super) const MOST_LOOKED_AT: usize = 16;

/// What the aborts work with.
pub(super) struct Aborts<'a> {
    pub(super) db: &'a Database,
    /// The same database through one connection.
    pub(super) narrow: &'a Database,
    pub(super) witness: &'a dyn Witness,
    /// Another connection, which looks.
    pub(super) watch: &'a mut dyn Speak,
    pub(super) journal: &'a Journal,
    /// After what the session that wrote could not be looked into, if ever.
    pub(super) missed: Option<&'static str>,
}

/// What a look at the idle connections of a pool came to.
struct Crowd {
    looked_at: usize,
    /// Sessions that wrote before, and have nothing of it.
    empty: Vec<String>,
}

impl fmt::Display for Crowd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let connections = if self.looked_at == 1 { "connection was" } else { "connections were" };
        write!(f, "{} pooled {connections} used again, outside of any transaction", self.looked_at)
    }
}

impl Aborts<'_> {
    /// All of them; the first that does not hold is the error.
    pub(super) async fn all(&mut self) -> Result<(), Failed> {
        if self.witness.shows_commits() {
            self.commit().await?;
        }
        for way in Way::ALL {
            self.doing(way.then());
            let mark = Ways { db: self.db, witness: self.witness }.abort(way, self.watch).await?;
            let saw = if self.witness.forget().is_some() {
                self.nothing_is_left_inside(way, &mark).await?
            } else {
                self.nothing_is_left(way, &mark).await?
            };
            self.journal.saw(saw);
        }
        self.begins().await?;
        self.missed.map_or(Ok(()), |way| {
            let why = format!("after {way}, the connection that had written did not come back to be looked into");
            Err(Box::new(diagnose::not_looked_at(self.db.name(), why)))
        })
    }

    fn doing(&self, then: &str) {
        self.journal.doing(format!("on database `{}`: {}, then {then}", self.db.name(), self.witness.did()));
    }

    async fn commit(&mut self) -> Result<(), Failed> {
        self.doing("committed");
        let mark = Ways { db: self.db, witness: self.witness }.commit().await?;
        match self.fate(&mark).await? {
            Fate::Kept => {
                self.journal.saw("it is there, seen over another connection");
                Ok(())
            }
            fate => Err(Box::new(diagnose::not_persisted(self.db.name(), told(fate)))),
        }
    }

    /// Begins that are dropped half way, through one connection, which is then used again.
    async fn begins(&mut self) -> Result<(), Failed> {
        let name = self.db.name();
        let what = format!(
            "on database `{name}`: went away {BEGINS} times as a transaction began, in a pool of one connection"
        );
        self.journal.doing(what);
        for _ in 0..BEGINS {
            Ways { db: self.narrow, witness: self.witness }.begin_and_go().await?;
        }
        let looked_at = self.pool_is_clean(self.narrow, "going away as it began", "begin").await?;
        self.journal.saw(looked_at.to_string());
        Ok(())
    }

    async fn nothing_is_left(&mut self, way: Way, mark: &str) -> Result<String, Failed> {
        let name = self.db.name();
        match self.fate(mark).await? {
            Fate::Gone | Fate::Unseen => {}
            Fate::Open => return Err(Self::still_open(self.db, way).await),
            fate @ Fate::Kept => {
                let hint = hint(self.db.kind());
                return Err(Box::new(diagnose::leftover(name, way.after(), told(fate), hint)));
            }
        }
        let looked_at = self.pool_is_clean(self.db, way.after(), way.label()).await?;
        Ok(format!("{}; {looked_at}", self.witness.nothing_left()))
    }

    /// The same where only the session that wrote sees it; its number is the mark.
    async fn nothing_is_left_inside(&mut self, way: Way, session: &str) -> Result<String, Failed> {
        let mut looked_at = self.pool_is_clean(self.db, way.after(), way.label()).await?;
        if !way.keeps_session() {
            return match self.fate(session).await? {
                Fate::Gone => Ok(format!("the server has ended its session; {looked_at}")),
                _ => Err(Self::still_open(self.db, way).await),
            };
        }
        // The guard may still be at work on it, or the program itself uses it.
        let patience = Instant::now() + STILL_OPEN;
        while !looked_at.empty.iter().any(|empty| empty == session) {
            if Instant::now() >= patience {
                self.missed.get_or_insert(way.after());
                return Ok(format!("its session did not come back, so nothing could be looked for; {looked_at}"));
            }
            sleep(Duration::from_millis(5)).await;
            looked_at = self.pool_is_clean(self.db, way.after(), way.label()).await?;
        }
        Ok(format!("{}; {looked_at}", self.witness.nothing_left()))
    }

    /// A transaction of ours, unless the database is a file whose one lock somebody else holds.
    async fn still_open(db: &Database, way: Way) -> Failed {
        if db.kind() == Kind::Sqlite {
            match any_inside(db).await {
                Ok(false) => return Box::new(Trouble::Locked.at(&db.address(), "somebody else goes on writing")),
                Ok(true) => {}
                Err(diagnosis) => return diagnosis,
            }
        }
        Box::new(diagnose::poisoned(db.name(), way.after(), told(Fate::Open)))
    }

    /// Uses every idle connection of the pool, and sees over another connection that what it writes is kept.
    async fn pool_is_clean(&mut self, db: &Database, way: &str, label: &str) -> Result<Crowd, Failed> {
        let idle = idle_connections(db).await?;
        let mut crowd = Crowd { looked_at: idle.len(), empty: vec![] };
        for (at, mut conn) in idle.into_iter().enumerate() {
            let plain = self.witness.plain(conn.speak(), &format!("after {label} {at}")).await;
            let fate = match plain.map_err(|error| failed(db, &error))? {
                Plain::Free => continue,
                Plain::Empty(session) => {
                    crowd.empty.push(session);
                    continue;
                }
                Plain::Left => {
                    let seen = "what it wrote is there, seen in the same session";
                    return Err(Box::new(diagnose::leftover(db.name(), way, seen, hint(db.kind()))));
                }
                Plain::Inside => Fate::Open,
                Plain::Wrote(mark) => self.fate(&mark).await?,
            };
            if fate != Fate::Kept {
                return Err(Box::new(diagnose::poisoned(db.name(), way, told(fate))));
            }
        }
        Ok(crowd)
    }

    async fn fate(&mut self, mark: &str) -> Result<Fate, Failed> {
        self.witness.fate(self.watch, mark).await.map_err(|error| failed(self.db, &error))
    }
}

/// Every connection that is idle once those that were in use are back; at least one.
async fn idle_connections(db: &Database) -> Result<Vec<crate::database::Pooled>, Failed> {
    let patience = Instant::now() + COME_BACK;
    while let (all, idle) = db.crowd()
        && idle < all
        && Instant::now() < patience
    {
        sleep(Duration::from_millis(1)).await;
    }
    let mut idle = vec![db.acquire().await.map_err(|error| failed(db, &error))?];
    while idle.len() < MOST_LOOKED_AT
        && let Some(conn) = db.try_acquire()
    {
        idle.push(conn);
    }
    Ok(idle)
}

/// Whether an idle connection to a SQLite database is inside a transaction; asks without any lock.
async fn any_inside(db: &Database) -> Result<bool, Failed> {
    for mut conn in idle_connections(db).await? {
        if conn.speak().run("BEGIN; ROLLBACK".to_owned()).await.is_err() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn told(fate: Fate) -> &'static str {
    match fate {
        Fate::Kept => "what it wrote is there, seen over another connection",
        Fate::Gone => "what was written is not there, seen over another connection",
        Fate::Open => "its transaction is still open",
        Fate::Unseen => "nothing could be looked for",
    }
}

fn hint(kind: Kind) -> &'static str {
    match kind {
        Kind::MySql => "tables of the engines MyISAM and Aria have no transactions: look at `default_storage_engine`",
        Kind::Postgres | Kind::Sqlite => "the rollback did not reach the server, or was not done there",
    }
}
