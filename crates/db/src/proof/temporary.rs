//! MariaDB's light form: each transaction that is aborted writes a row into a temporary table, which only its own session
//! sees; nothing shared is created. Where the abort keeps the session, the same session is looked into afterwards, outside of
//! any transaction. Where it ends the session, the server is asked whether it has ended.

use super::witness::{AGAIN, Fate, Plain, STILL_OPEN, Witness, random};
use crate::{
    classify::{Code, code},
    speak::{BoxFuture, Driver, Speak},
};
use tokio::time::{Instant, sleep};

/// A temporary table by this name in each session that writes.
pub(super) struct Temporary {
    table: String,
    /// What tables get here when none is named: a session's temporary tables may have another default.
    engine: String,
}

impl Temporary {
    /// Tries one on `watch`; the error of a missing right is the driver's.
    pub(super) async fn ask(watch: &mut dyn Speak) -> Driver<Self> {
        let engine = first(watch.texts("SELECT @@default_storage_engine".to_owned()).await?)?;
        if !engine.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return Err(sqlx::Error::Protocol("the default engine has no name".into()));
        }
        let form = Self { table: format!("bootproof_private_{:016x}", random()), engine };
        watch.run(form.create()).await?;
        watch.run(form.drop()).await?;
        Ok(form)
    }

    fn create(&self) -> String {
        let (table, engine) = (&self.table, &self.engine);
        format!("CREATE TEMPORARY TABLE IF NOT EXISTS {table} (way VARCHAR(64) NOT NULL) ENGINE={engine}")
    }

    fn drop(&self) -> String {
        format!("DROP TEMPORARY TABLE IF EXISTS {}", self.table)
    }

    /// How many rows this session has; `None` when it never wrote.
    async fn rows(&self, conn: &mut dyn Speak) -> Driver<Option<i64>> {
        match conn.number(format!("SELECT count(*) FROM {}", self.table)).await {
            Ok(rows) => Ok(Some(rows)),
            // No such table.
            Err(error) if code(&error) == Some(Code::MySql(1146)) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn first(texts: Vec<String>) -> Driver<String> {
    texts.into_iter().next().ok_or(sqlx::Error::RowNotFound)
}

impl Witness for Temporary {
    fn did(&self) -> String {
        format!("wrote a row to a temporary table of {}, which only its session sees", self.engine)
    }

    fn nothing_left(&self) -> &'static str {
        "no row is left, seen in the same session"
    }

    fn shows_commits(&self) -> bool {
        false
    }

    fn scratch(&self) -> Option<&str> {
        None
    }

    fn forget(&self) -> Option<String> {
        Some(self.drop())
    }

    /// The mark is the session's number.
    fn mark<'c>(&'c self, conn: &'c mut dyn Speak, label: &'c str) -> BoxFuture<'c, Driver<String>> {
        Box::pin(async move {
            let table = &self.table;
            conn.run(format!("{}; INSERT INTO {table} VALUES ('{label}')", self.create())).await?;
            let question = format!(
                "SELECT CAST(CONNECTION_ID() AS CHAR), CAST(@@in_transaction AS CHAR), \
                 CAST(count(*) > 0 AS CHAR) FROM {table} WHERE way = '{label}'"
            );
            match &conn.texts(question).await?[..] {
                // What is looked for later can be found, and a transaction is open.
                [session, inside, there] if inside == "1" && there == "1" => Ok(session.clone()),
                _ => Err(sqlx::Error::BeginFailed),
            }
        })
    }

    fn plain<'c>(&'c self, conn: &'c mut dyn Speak, _: &'c str) -> BoxFuture<'c, Driver<Plain>> {
        Box::pin(async move {
            if conn.number("SELECT CAST(@@in_transaction AS SIGNED)".to_owned()).await? != 0 {
                return Ok(Plain::Inside);
            }
            let Some(rows) = self.rows(conn).await? else { return Ok(Plain::Free) };
            conn.run(self.drop()).await?;
            let session = first(conn.texts("SELECT CAST(CONNECTION_ID() AS CHAR)".to_owned()).await?)?;
            Ok(if rows == 0 { Plain::Empty(session) } else { Plain::Left })
        })
    }

    /// Gone once the server no longer has the session: it rolls back first, and drops what only the session sees.
    fn fate<'c>(&'c self, watch: &'c mut dyn Speak, mark: &'c str) -> BoxFuture<'c, Driver<Fate>> {
        Box::pin(async move {
            let patience = Instant::now() + STILL_OPEN;
            // Only digits come from the server's own number.
            let question = format!("SELECT count(*) FROM information_schema.PROCESSLIST WHERE ID = {mark}");
            loop {
                match watch.number(question.clone()).await? {
                    0 => return Ok(Fate::Gone),
                    _ if Instant::now() >= patience => return Ok(Fate::Open),
                    _ => sleep(AGAIN).await,
                }
            }
        })
    }
}
