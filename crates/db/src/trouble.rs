//! What an error of the driver can mean, and how each meaning is told: code, what, effect and action.

use crate::address::Address;
use bootproof_core::{Cause, Diagnosis, Retry};

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

pub(crate) const UNREACHED: &str = "nothing was read or written";
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
            Self::PoolEmpty | Self::Lost | Self::OverLimit => (Cause::Away, Retry::MayHelp),
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
