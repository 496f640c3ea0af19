//! The full form: a scratch table that others can look into.
//!
//! To look, the other connection first waits until no transaction that wrote to the table is open, so that what it sees is
//! final and not merely uncommitted.

use super::witness::{Fate, Plain, STILL_OPEN, Witness, count, random};
use crate::{
    address::Kind,
    speak::{BoxFuture, Driver, Speak},
};

/// How all scratch tables begin.
const PREFIX: &str = "bootproof_proof_";

/// Older ones were left by runs that were killed; no proof takes as long. In seconds, on the server's clock.
const STALE: i64 = 600;

/// A scratch table.
pub(super) struct Table {
    kind: Kind,
    name: String,
}

impl Table {
    /// Removes those that killed runs left, and creates one. Tells how many were removed.
    pub(super) async fn create(kind: Kind, watch: &mut dyn Speak) -> Driver<(Self, usize)> {
        let now = watch.number(clock(kind).to_owned()).await?;
        let name = format!("{PREFIX}{now}_{:016x}", random());
        if kind == Kind::MySql {
            watch.run(format!("SET SESSION innodb_lock_wait_timeout = {}", STILL_OPEN.as_secs() + 1)).await?;
        }
        // No storage engine is named: the proof is about the tables that the service itself would get.
        watch.run(format!("CREATE TABLE {name} (way VARCHAR(64) NOT NULL PRIMARY KEY)")).await?;
        let table = Self { kind, name };
        let reaped = reap(kind, watch, now).await;
        Ok((table, reaped))
    }

    /// Its name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    fn look(&self, mark: &str) -> String {
        let (name, millis) = (&self.name, STILL_OPEN.as_millis());
        match self.kind {
            Kind::Postgres => format!(
                "BEGIN; SET LOCAL lock_timeout = {millis}; LOCK TABLE {name} IN SHARE MODE; \
                 SELECT count(*) FROM {name} WHERE way = '{mark}'; COMMIT"
            ),
            Kind::MySql => format!("SELECT count(*) FROM {name} WHERE way = '{mark}' LOCK IN SHARE MODE"),
            Kind::Sqlite => {
                format!("BEGIN IMMEDIATE; SELECT count(*) FROM {name} WHERE way = '{mark}'; ROLLBACK")
            }
        }
    }

    fn insert(&self, label: &str) -> String {
        format!("INSERT INTO {} (way) VALUES ('{label}')", self.name)
    }
}

/// The server's clock, in seconds since 1970: the clocks of other machines may differ from ours.
fn clock(kind: Kind) -> &'static str {
    match kind {
        Kind::Postgres => "SELECT extract(epoch FROM now())::bigint",
        Kind::MySql => "SELECT CAST(UNIX_TIMESTAMP() AS SIGNED)",
        Kind::Sqlite => "SELECT CAST(strftime('%s', 'now') AS INTEGER)",
    }
}

/// Removes stale scratch tables of ours. One that cannot be removed is somebody else's, or in use: it stays.
async fn reap(kind: Kind, watch: &mut dyn Speak, now: i64) -> usize {
    let mut reaped = 0;
    for (name, _) in watch.pairs(scratch_tables(kind).to_owned()).await.unwrap_or_default() {
        let made =
            name.strip_prefix(PREFIX).and_then(|rest| rest.split('_').next()).and_then(|at| at.parse::<i64>().ok());
        if made.is_some_and(|made| made < now - STALE) && watch.run(drop_table(kind, &name)).await.is_ok() {
            reaped += 1;
        }
    }
    reaped
}

/// All scratch tables that this login may remove; twice, since pairs are asked for.
pub(super) fn scratch_tables(kind: Kind) -> &'static str {
    match kind {
        Kind::Postgres => {
            "SELECT relname::text, relname::text FROM pg_class WHERE relkind = 'r' AND starts_with(relname, 'bootproof_proof_') \
             AND pg_table_is_visible(oid) AND pg_has_role(relowner, 'USAGE')"
        }
        Kind::MySql => {
            "SELECT CAST(TABLE_NAME AS CHAR), CAST(TABLE_NAME AS CHAR) FROM information_schema.TABLES \
             WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE 'bootproof\\_proof\\_%'"
        }
        Kind::Sqlite => {
            "SELECT name, name FROM sqlite_master WHERE type = 'table' AND name LIKE 'bootproof\\_proof\\_%' ESCAPE '\\'"
        }
    }
}

/// Removes a table, waiting for those who still use it: twice as long is less than one try may take; MariaDB counts whole
/// seconds, and is cut short.
pub(super) fn drop_table(kind: Kind, name: &str) -> String {
    match kind {
        Kind::Postgres => format!("SET lock_timeout = '300ms'; DROP TABLE IF EXISTS {name}"),
        Kind::MySql => format!("SET SESSION lock_wait_timeout = 1; DROP TABLE IF EXISTS {name}"),
        Kind::Sqlite => format!("DROP TABLE IF EXISTS {name}"),
    }
}

impl Witness for Table {
    fn did(&self) -> String {
        format!("wrote a row to `{}`", self.name)
    }

    fn nothing_left(&self) -> &'static str {
        "no row is left"
    }

    fn shows_commits(&self) -> bool {
        true
    }

    fn scratch(&self) -> Option<&str> {
        Some(&self.name)
    }

    fn mark<'c>(&'c self, conn: &'c mut dyn Speak, label: &'c str) -> BoxFuture<'c, Driver<String>> {
        Box::pin(async move { conn.run(self.insert(label)).await.map(|_| label.to_owned()) })
    }

    fn plain<'c>(&'c self, conn: &'c mut dyn Speak, label: &'c str) -> BoxFuture<'c, Driver<Plain>> {
        Box::pin(async move { conn.run(self.insert(label)).await.map(|_| Plain::Wrote(label.to_owned())) })
    }

    fn fate<'c>(&'c self, watch: &'c mut dyn Speak, mark: &'c str) -> BoxFuture<'c, Driver<Fate>> {
        Box::pin(async move {
            let fate = count(watch, &self.look(mark)).await?;
            if fate == Fate::Open && self.kind == Kind::Postgres {
                watch.run("ROLLBACK".to_owned()).await?;
            }
            Ok(fate)
        })
    }
}
