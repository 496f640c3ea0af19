//! SQLite's light form: a table is created inside each transaction that is aborted, and never outside of one, so the file
//! never holds anything that was committed by a proof. Creating a table is part of the transaction there.

use super::witness::{Fate, Plain, Witness, count, random};
use crate::speak::{BoxFuture, Driver, Speak};

/// Names of tables that no committed transaction creates.
pub(super) struct Ddl {
    prefix: String,
}

impl Ddl {
    pub(super) fn new() -> Self {
        Self { prefix: format!("bootproof_proof_0_{:016x}", random()) }
    }
}

impl Witness for Ddl {
    fn did(&self) -> String {
        "created a table inside the transaction (light form: none is ever committed)".to_owned()
    }

    fn nothing_left(&self) -> &'static str {
        "the table is not there"
    }

    fn shows_commits(&self) -> bool {
        false
    }

    fn scratch(&self) -> Option<&str> {
        Some(&self.prefix)
    }

    fn mark<'c>(&'c self, conn: &'c mut dyn Speak, label: &'c str) -> BoxFuture<'c, Driver<String>> {
        Box::pin(async move {
            let table = format!("{}_{}", self.prefix, label.replace(|c: char| !c.is_ascii_alphanumeric(), "_"));
            conn.run(format!("CREATE TABLE {table} (way TEXT); INSERT INTO {table} VALUES ('{label}')")).await?;
            match conn.number(format!("SELECT count(*) FROM {table}")).await? {
                1 => Ok(table),
                _ => Err(sqlx::Error::RowNotFound),
            }
        })
    }

    fn plain<'c>(&'c self, conn: &'c mut dyn Speak, _: &'c str) -> BoxFuture<'c, Driver<Plain>> {
        Box::pin(async move {
            match conn.run("BEGIN IMMEDIATE; ROLLBACK".to_owned()).await {
                Ok(_) => Ok(Plain::Free),
                Err(sqlx::Error::Database(error)) if error.message().contains("within a transaction") => {
                    Ok(Plain::Inside)
                }
                Err(error) => Err(error),
            }
        })
    }

    fn fate<'c>(&'c self, watch: &'c mut dyn Speak, mark: &'c str) -> BoxFuture<'c, Driver<Fate>> {
        Box::pin(async move {
            let question =
                format!("BEGIN IMMEDIATE; SELECT count(*) FROM sqlite_master WHERE name = '{mark}'; ROLLBACK");
            count(watch, &question).await
        })
    }
}
