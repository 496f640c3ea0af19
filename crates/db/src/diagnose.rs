//! Every diagnosis about a database: code, what, effect and action. What an error of the driver means is decided in
//! `classify.rs` and told in `trouble.rs`; the others are told here.

use crate::trouble::UNREACHED;
use bootproof_core::Diagnosis;
use std::time::Duration;

/// Every code made here, with its title. Each has a page in `docs/codes/`.
pub const CODES: &[(&str, &str)] = &[
    ("DB-001", "a database URL cannot be used"),
    ("DB-002", "a database URL names variables without a value"),
    ("DB-003", "the database's host name is not found"),
    ("DB-004", "the database refuses connections"),
    ("DB-005", "the database does not answer"),
    ("DB-006", "the database ends the connection before the login"),
    ("DB-007", "no encrypted connection to the database can be made"),
    ("DB-008", "something else than the database answers"),
    ("DB-009", "the database refuses the login"),
    ("DB-010", "the database takes encrypted connections only"),
    ("DB-011", "the database is not known to its server"),
    ("DB-012", "the database is starting or stopping"),
    ("DB-013", "the database server is full of connections"),
    ("DB-014", "the database is read-only"),
    ("DB-015", "a right on the database is missing"),
    ("DB-016", "a SQLite file cannot be opened"),
    ("DB-017", "the folder of a SQLite file cannot be made"),
    ("DB-018", "a file is not a SQLite database"),
    ("DB-019", "the database's disk is full"),
    ("DB-020", "the database is locked"),
    ("DB-021", "the pool has no free connection"),
    ("DB-022", "the connection to the database was lost"),
    ("DB-023", "a statement took longer than its limit"),
    ("DB-024", "the database refused a statement"),
    ("DB-025", "an aborted transaction left something behind"),
    ("DB-026", "a pooled connection is still inside a transaction"),
    ("DB-027", "a commit did not persist"),
    ("DB-028", "the database fix was not applied"),
    ("DB-029", "nothing can be shown without creating a table"),
    ("DB-030", "what a proof made could not be removed"),
    ("DB-031", "a SQLite file could not be taken back"),
    ("DB-032", "what a rollback leaves could not be looked at"),
];

/// The URL cannot be used; `why` must not quote it.
pub(crate) fn bad_url(why: impl Into<String>) -> Diagnosis {
    Diagnosis::new("DB-001", "the database URL cannot be used")
        .why(why)
        .now("no database was looked for")
        .action("write it as `postgres://user:password@host:5432/name`, `mysql://...` or `sqlite://path`")
        .configuration()
}

/// The template of database `name` names variables that have no value.
pub(crate) fn missing_variables(name: &str, missing: &[String]) -> Diagnosis {
    let names: Vec<_> = missing.iter().map(|variable| format!("`{variable}`")).collect();
    Diagnosis::new("DB-002", format!("the URL of database `{name}` names variables without a value"))
        .why(format!("not set: {}", names.join(", ")))
        .now("no database was looked for")
        .action("set them, or give them a default in `[env]`")
        .configuration()
}

/// `what` is known of database `name` only by the URL; says which database a URL problem is about.
pub(crate) fn about(name: &str, mut diagnosis: Diagnosis) -> Diagnosis {
    diagnosis.what = diagnosis.what.replacen("the database URL", &format!("the URL of database `{name}`"), 1);
    diagnosis
}

/// The folder of a SQLite file cannot be made.
pub(crate) fn no_folder(folder: &str, error: &std::io::Error) -> Diagnosis {
    Diagnosis::new("DB-017", format!("the folder `{folder}` of a SQLite file cannot be made"))
        .why(error.to_string())
        .now(UNREACHED)
        .action("correct the path, or let this account write there")
        .configuration()
}

/// Rows of a transaction that was aborted `way` are there.
pub(crate) fn leftover(name: &str, way: &str, seen: &str, hint: &str) -> Diagnosis {
    Diagnosis::new("DB-025", format!("a transaction on database `{name}` left something behind after {way}"))
        .why(seen)
        .why(hint)
        .now("half-made records can stay when something goes wrong in a transaction")
        .action("look for triggers or settings that commit by themselves; do not start the service on this database")
}

/// A pooled connection is still inside a transaction after `way`.
pub(crate) fn poisoned(name: &str, way: &str, seen: &str) -> Diagnosis {
    Diagnosis::new("DB-026", format!("a connection to database `{name}` is still inside a transaction after {way}"))
        .why(seen)
        .now("what is written through it next is lost")
        .action("report this with its evidence: the pool's guard did not hold")
}

/// What a committed transaction wrote is not there.
pub(crate) fn not_persisted(name: &str, seen: &str) -> Diagnosis {
    Diagnosis::new("DB-027", format!("what a transaction on database `{name}` committed is not there"))
        .why(seen)
        .now("nothing this service writes can be relied on")
        .action("look at what stands between: a proxy, a replica, a server that stores nothing")
}

/// There is no pool on the shelf.
pub(crate) fn not_applied(name: &str) -> Diagnosis {
    Diagnosis::new("DB-028", format!("there is no pool for database `{name}` to prove"))
        .why("the database fix was not applied in this run")
        .now("nothing is known about its transactions")
        .action("run `bootproof verify`, which applies before it proves")
}

/// The light form shows nothing on this server.
pub(crate) fn no_light_form(name: &str, why: &str) -> Diagnosis {
    Diagnosis::new("DB-029", format!("nothing can be shown about database `{name}` without creating a table"))
        .why(why)
        .now("the guarded pool is in place, but was not demonstrated")
        .action("let the proof create a scratch table: `proofs = \"full\"`, and the right to create tables")
}

/// The scratch table is still there.
pub(crate) fn not_removed(name: &str, table: &str, why: &str) -> Diagnosis {
    Diagnosis::new("DB-030", format!("the scratch table `{table}` in database `{name}` could not be removed"))
        .why(why)
        .now("it stays; a later proof removes it once it is ten minutes old")
        .action(format!("remove it by hand: `DROP TABLE {table}`"))
}

/// The SQLite file could not be taken back by undo.
pub(crate) fn not_taken_back(path: &str, error: &std::io::Error) -> Diagnosis {
    Diagnosis::new("DB-031", format!("`{path}`, which bootproof made, could not be removed"))
        .why(error.to_string())
        .now("it stays where it is")
        .action("remove it by hand if it is not wanted")
}

/// Nothing could be written and looked for, or not in the session that wrote.
pub(crate) fn not_looked_at(name: &str, why: impl Into<String>) -> Diagnosis {
    Diagnosis::new("DB-032", format!("what a rollback leaves in database `{name}` could not be looked at"))
        .why(why)
        .why("shown: transactions were open before their aborts, and no pooled connection was inside one afterwards")
        .why("not shown: that nothing written before an abort is left")
        .now("the guarded pool is in place, but its rollbacks were not demonstrated")
        .action("grant the URL's user `CREATE TEMPORARY TABLES` on the database, or `CREATE` with `proofs = \"full\"`")
}

/// How long was waited, for a detail.
pub(crate) fn waited(limit: Duration) -> String {
    format!("nothing came within {limit:?}")
}
