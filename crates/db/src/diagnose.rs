//! Every diagnosis about a database: code, what, effect and action. What an error of the driver means is decided in
//! `classify.rs`; how it is told, here.

use crate::address::Address;
use bootproof_core::{Cause, Diagnosis, Retry};
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
];

/// What an error means, told apart as far as it can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    NoSuchHost,
    Refused,
    NoAnswer,
    Closed,
    Tls,
    OtherProtocol,
    Login,
    NeedsTls,
    UnknownDatabase,
    Starting,
    Full,
    ReadOnly,
    Denied,
    NoFile,
    NotADatabase,
    DiskFull,
    Locked,
    PoolEmpty,
    Lost,
    OverLimit,
    Statement,
}

/// How one trouble is told.
struct Telling {
    code: &'static str,
    /// What is wrong, after the database's name.
    what: &'static str,
    now: &'static str,
    action: &'static str,
    cause: Cause,
    retry: Retry,
}

const UNREACHED: &str = "nothing was read or written";
const ROLLED_BACK: &str = "what was under way was not kept";

impl Trouble {
    fn telling(self) -> Telling {
        match self {
            Self::Login | Self::NeedsTls | Self::UnknownDatabase | Self::Denied => self.of_login(),
            Self::NoFile | Self::NotADatabase | Self::DiskFull | Self::Locked => self.of_storage(),
            Self::PoolEmpty | Self::Lost | Self::OverLimit | Self::Statement | Self::ReadOnly => self.of_use(),
            _ => self.of_reach(),
        }
    }

    fn of_reach(self) -> Telling {
        let (code, what, action) = match self {
            Self::NoSuchHost => (
                "DB-003",
                "cannot be found: its host name has no address",
                "correct the host in the URL, or start what gives it its name",
            ),
            Self::Refused => {
                ("DB-004", "refuses connections: nothing listens there", "start the database, or correct host and port")
            }
            Self::NoAnswer => {
                ("DB-005", "does not answer", "look whether the server hangs, or a firewall drops its packets")
            }
            Self::Closed => (
                "DB-006",
                "ends the connection before the login",
                "look at the server's log, and at what stands between: proxy, tunnel, load balancer",
            ),
            Self::Tls => (
                "DB-007",
                "and bootproof do not agree on encryption",
                "set `sslmode` to what the server offers, or give it a certificate that is trusted",
            ),
            Self::OtherProtocol => (
                "DB-008",
                "does not speak the database's protocol",
                "correct the port or the URL's scheme: something else listens there",
            ),
            Self::Starting => (
                "DB-012",
                "is starting or stopping and takes no logins yet",
                "wait; if it stays so, look at the server's log",
            ),
            _ => (
                "DB-013",
                "has no free connection left",
                "raise the server's limit, make pools smaller, or end sessions that hang",
            ),
        };
        let configuration = matches!(self, Self::Tls | Self::OtherProtocol);
        let (cause, retry) =
            if configuration { (Cause::Configuration, Retry::Never) } else { (Cause::Away, Retry::MayHelp) };
        Telling { code, what, now: UNREACHED, action, cause, retry }
    }

    fn of_login(self) -> Telling {
        let (code, what, action) = match self {
            Self::Login => ("DB-009", "refuses the login", "correct user and password in the URL, or let this host in"),
            Self::NeedsTls => ("DB-010", "takes encrypted connections only", "set `sslmode=require` in the URL"),
            Self::UnknownDatabase => {
                ("DB-011", "does not know the database that the URL names", "create it, or correct its name in the URL")
            }
            _ => ("DB-015", "denies a right that is needed", "grant it to the URL's user"),
        };
        Telling { code, what, now: UNREACHED, action, cause: Cause::Configuration, retry: Retry::Never }
    }

    fn of_storage(self) -> Telling {
        let (code, what, action) = match self {
            Self::NoFile => {
                ("DB-016", "cannot be opened", "look whether it is there, and may be read and written by this account")
            }
            Self::NotADatabase => (
                "DB-018",
                "is not a SQLite database, or is damaged",
                "correct the path; restore the file from a backup if it was one",
            ),
            Self::DiskFull => ("DB-019", "has no room left on its disk", "free some room, then start again"),
            _ => ("DB-020", "is locked by another process", "end what holds it, or wait until it is done"),
        };
        let (cause, retry) = match self {
            Self::NoFile | Self::NotADatabase => (Cause::Configuration, Retry::Never),
            Self::DiskFull => (Cause::Fault, Retry::Never),
            _ => (Cause::Away, Retry::MayHelp),
        };
        Telling { code, what, now: ROLLED_BACK, action, cause, retry }
    }

    fn of_use(self) -> Telling {
        let (code, what, action) = match self {
            Self::ReadOnly => ("DB-014", "is read-only", "point the URL at the primary, or end its read-only mode"),
            Self::PoolEmpty => (
                "DB-021",
                "gave no connection of its pool in time",
                "look for transactions that do not end, or make the pool larger",
            ),
            Self::Lost => (
                "DB-022",
                "closed a connection that was in use",
                "look at the server's log: restart, administrator, or a limit of its own",
            ),
            Self::OverLimit => (
                "DB-023",
                "stopped a statement at its time limit",
                "find out why it is slow or waits for a lock; raise the limit if it must be so",
            ),
            _ => ("DB-024", "refused a statement", "look at the server's answer above"),
        };
        let (cause, retry) = match self {
            Self::PoolEmpty | Self::Lost => (Cause::Away, Retry::MayHelp),
            Self::OverLimit => (Cause::Time, Retry::MayHelp),
            _ => (Cause::Fault, Retry::Never),
        };
        Telling { code, what, now: ROLLED_BACK, action, cause, retry }
    }

    /// The diagnosis for `address`; `detail` is the cause behind it, without secrets.
    pub(crate) fn at(self, address: &Address, detail: impl Into<String>) -> Diagnosis {
        let telling = self.telling();
        let (detail, mut diagnosis) =
            (detail.into(), Diagnosis::new(telling.code, format!("{} {}", address.name(), telling.what)));
        if !detail.is_empty() {
            diagnosis = diagnosis.why(detail);
        }
        diagnosis.cause = telling.cause;
        diagnosis.retry(telling.retry).now(telling.now).action(telling.action)
    }
}

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

/// How long was waited, for a detail.
pub(crate) fn waited(limit: Duration) -> String {
    format!("nothing came within {limit:?}")
}
