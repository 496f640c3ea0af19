//! MariaDB without the right to create a temporary table: nothing is created, so nothing can be written and looked for. What is
//! shown is that a transaction is really open before each abort, and that afterwards no connection of the pool is inside one
//! (`@@in_transaction`; MySQL has no such variable). That is no proof: the verdict is `unproven`.

use super::witness::{Fate, Plain, Witness};
use crate::{
    classify::{Code, code},
    diagnose,
    speak::{BoxFuture, Driver, Speak},
};
use bootproof_core::Diagnosis;

const INSIDE: &str = "SELECT CAST(@@in_transaction AS SIGNED)";

/// Asks connections whether they are inside a transaction.
pub(super) struct Idle;

impl Idle {
    /// `None` where the server cannot tell.
    pub(super) async fn ask(watch: &mut dyn Speak) -> Driver<Option<Self>> {
        match watch.number(INSIDE.to_owned()).await {
            Ok(_) => Ok(Some(Self)),
            // Unknown system variable.
            Err(error) if code(&error) == Some(Code::MySql(1193)) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl Witness for Idle {
    fn did(&self) -> String {
        "opened a transaction (light form: nothing is created, so nothing is written)".to_owned()
    }

    fn nothing_left(&self) -> &'static str {
        "what it would have written cannot be looked for in this form"
    }

    fn shows_commits(&self) -> bool {
        false
    }

    fn scratch(&self) -> Option<&str> {
        None
    }

    fn not_shown(&self, name: &str) -> Option<Box<Diagnosis>> {
        let why = "the URL's user may create neither a table nor a temporary table of the server's default engine";
        Some(Box::new(diagnose::not_looked_at(name, why)))
    }

    fn mark<'c>(&'c self, conn: &'c mut dyn Speak, label: &'c str) -> BoxFuture<'c, Driver<String>> {
        Box::pin(async move {
            match conn.number(INSIDE.to_owned()).await? {
                1 => Ok(label.to_owned()),
                _ => Err(sqlx::Error::BeginFailed),
            }
        })
    }

    fn plain<'c>(&'c self, conn: &'c mut dyn Speak, _: &'c str) -> BoxFuture<'c, Driver<Plain>> {
        Box::pin(async move {
            let inside = conn.number(INSIDE.to_owned()).await? != 0;
            Ok(if inside { Plain::Inside } else { Plain::Free })
        })
    }

    fn fate<'c>(&'c self, _: &'c mut dyn Speak, _: &'c str) -> BoxFuture<'c, Driver<Fate>> {
        Box::pin(async { Ok(Fate::Unseen) })
    }
}
