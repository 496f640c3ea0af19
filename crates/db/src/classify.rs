//! What an error of the driver means: the one place that reads SQLSTATEs, error numbers and I/O kinds.
//!
//! The server's own words are quoted only where they cannot hold the user, and masked even there.

use crate::{
    address::{Address, Place},
    diagnose::waited,
    trouble::Trouble,
};
use bootproof_core::Diagnosis;
use sqlx::{mysql::MySqlDatabaseError, postgres::PgDatabaseError, sqlite::SqliteError};
use std::{
    io::{self, ErrorKind},
    time::Duration,
};

/// What was under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum During {
    /// Opening a connection.
    Connecting,
    /// Using one.
    Working,
}

/// The diagnosis of `error` at `address`.
pub(crate) fn diagnosis(address: &Address, during: During, error: &sqlx::Error) -> Diagnosis {
    let trouble = trouble(during, error);
    trouble.at(address, address.mask(&detail(address, trouble, error)))
}

/// The diagnosis when nothing came in time.
pub(crate) fn no_answer(address: &Address, limit: Duration) -> Diagnosis {
    Trouble::NoAnswer.at(address, waited(limit))
}

/// The diagnosis when a host name cannot be looked up.
pub(crate) fn no_such_host(address: &Address, error: &io::Error) -> Diagnosis {
    Trouble::NoSuchHost.at(address, error.to_string())
}

/// What `error` means.
pub(crate) fn trouble(during: During, error: &sqlx::Error) -> Trouble {
    match error {
        sqlx::Error::Io(error) if during == During::Connecting && is_nonsense(error) => Trouble::OtherProtocol,
        sqlx::Error::Io(error) => io_trouble(during, error.kind()),
        sqlx::Error::Tls(_) => Trouble::Tls,
        // The driver reads a closed stream as a zero in the place of the server's answer to its wish for encryption.
        sqlx::Error::Protocol(text) if text.contains("response from SSLRequest: 0x00") => Trouble::Closed,
        sqlx::Error::Protocol(_) | sqlx::Error::Decode(_) if during == During::Connecting => Trouble::OtherProtocol,
        sqlx::Error::PoolTimedOut => Trouble::PoolEmpty,
        sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed | sqlx::Error::Protocol(_) => Trouble::Lost,
        sqlx::Error::Database(_) => code(error).map_or(Trouble::Statement, |code| code.trouble(during)),
        _ => Trouble::Statement,
    }
}

/// Whether the first bytes of something else were taken for a packet's length: MariaDB's greeting is less than a kilobyte.
fn is_nonsense(error: &io::Error) -> bool {
    let text = error.to_string();
    let wanted = text.strip_prefix("expected to read ").and_then(|rest| rest.split(' ').next());
    wanted.and_then(|length| length.parse::<usize>().ok()).is_some_and(|length| length > 4096)
}

fn io_trouble(during: During, kind: ErrorKind) -> Trouble {
    match (during, kind) {
        (During::Working, _) => Trouble::Lost,
        (_, ErrorKind::ConnectionRefused | ErrorKind::NotFound) => Trouble::Refused,
        (_, ErrorKind::PermissionDenied) => Trouble::Denied,
        (_, ErrorKind::TimedOut | ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable) => Trouble::NoAnswer,
        _ => Trouble::Closed,
    }
}

/// What a server's error is called in its own catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Code {
    /// SQLSTATE.
    Postgres(String),
    /// Error number.
    MySql(u16),
    /// Extended result code.
    Sqlite(i32),
}

/// The code of a server's error.
pub(crate) fn code(error: &sqlx::Error) -> Option<Code> {
    let error = error.as_database_error()?;
    if let Some(error) = error.try_downcast_ref::<PgDatabaseError>() {
        return Some(Code::Postgres(error.code().to_owned()));
    }
    if let Some(error) = error.try_downcast_ref::<MySqlDatabaseError>() {
        return Some(Code::MySql(error.number()));
    }
    error.try_downcast_ref::<SqliteError>()?;
    Some(Code::Sqlite(error.code()?.parse().ok()?))
}

impl Code {
    /// The meaning of a server's code.
    pub(crate) fn trouble(&self, during: During) -> Trouble {
        match self {
            Self::Postgres(state) => postgres(state, during),
            Self::MySql(number) => mysql(*number),
            // The low byte is the primary code.
            Self::Sqlite(code) => sqlite(code & 0xff),
        }
    }
}

/// <https://www.postgresql.org/docs/current/errcodes-appendix.html>
fn postgres(state: &str, during: During) -> Trouble {
    match state {
        "28P01" | "28000" => Trouble::Login,
        "3D000" => Trouble::UnknownDatabase,
        "57P03" => Trouble::Starting,
        "57P01" | "57P02" | "57P05" if during == During::Connecting => Trouble::Starting,
        "57P01" | "57P02" | "57P04" | "57P05" | "25P03" => Trouble::Lost,
        "53300" => Trouble::Full,
        "25006" => Trouble::ReadOnly,
        "42501" => Trouble::Denied,
        "53100" => Trouble::DiskFull,
        "57014" => Trouble::OverLimit,
        "55P03" => Trouble::Locked,
        _ if state.starts_with("08") => Trouble::Lost,
        _ => Trouble::Statement,
    }
}

/// <https://mariadb.com/kb/en/mariadb-error-code-reference/>
fn mysql(number: u16) -> Trouble {
    match number {
        1045 | 1130 | 1251 | 1275 | 1698 | 1862 | 4151 => Trouble::Login,
        3159 | 4155 => Trouble::NeedsTls,
        1049 => Trouble::UnknownDatabase,
        1053 => Trouble::Starting,
        1040 | 1203 | 1226 => Trouble::Full,
        1290 | 1792 | 1836 => Trouble::ReadOnly,
        1044 | 1142 | 1143 | 1227 | 1370 => Trouble::Denied,
        1021 => Trouble::DiskFull,
        1205 => Trouble::Locked,
        1317 | 1969 | 3024 => Trouble::OverLimit,
        1927 | 2006 | 2013 => Trouble::Lost,
        _ => Trouble::Statement,
    }
}

/// <https://www.sqlite.org/rescode.html>
fn sqlite(primary: i32) -> Trouble {
    match primary {
        5 | 6 => Trouble::Locked,
        8 => Trouble::ReadOnly,
        3 | 10 | 14 | 23 => Trouble::NoFile,
        11 | 26 => Trouble::NotADatabase,
        13 => Trouble::DiskFull,
        9 => Trouble::OverLimit,
        _ => Trouble::Statement,
    }
}

/// The cause behind a trouble. A login's refusal quotes the user, so it is told by its code alone.
fn detail(address: &Address, trouble: Trouble, error: &sqlx::Error) -> String {
    match (error, code(error)) {
        (_, Some(Code::Postgres(state))) if trouble == Trouble::Login => login_detail(error, &state),
        (_, Some(Code::MySql(number))) if trouble == Trouble::Login => format!("the server says error {number}"),
        (_, Some(Code::Postgres(_))) if trouble == Trouble::UnknownDatabase => unknown_database(address),
        (_, Some(Code::MySql(_))) if trouble == Trouble::UnknownDatabase => unknown_database(address),
        (sqlx::Error::Database(error), Some(Code::Postgres(state))) => {
            format!("{} (SQLSTATE {state})", error.message())
        }
        (sqlx::Error::Database(error), Some(Code::MySql(number))) => format!("{} (error {number})", error.message()),
        (sqlx::Error::Database(error), Some(Code::Sqlite(code))) => format!("{} (code {code})", error.message()),
        (sqlx::Error::Io(error), _) => error.to_string(),
        (sqlx::Error::Tls(error), _) => error.to_string(),
        (sqlx::Error::Protocol(text), _) => first_words(text),
        (error, _) => error.to_string(),
    }
}

/// 28000 is several things: no rule in `pg_hba.conf`, an unknown role, a role that may not log in.
fn login_detail(error: &sqlx::Error, state: &str) -> String {
    let text = error.as_database_error().map(|error| error.message().to_owned()).unwrap_or_default();
    let reason = match () {
        () if state == "28P01" => "user or password is wrong",
        () if text.contains("no encryption") => {
            "it has no rule for an unencrypted login from this host; try `sslmode=require`"
        }
        () if text.contains("pg_hba.conf") => "its pg_hba.conf does not let this user in from this host",
        () if text.contains("does not exist") => "the user is not known",
        () if text.contains("not permitted to log in") => "the user may not log in",
        () => "it does not accept this user",
    };
    format!("{reason} (SQLSTATE {state})")
}

fn unknown_database(address: &Address) -> String {
    match &address.place {
        Place::Server(server) => format!("there is no database `{}`", server.database),
        Place::File(_) | Place::Memory => String::new(),
    }
}

/// The driver appends its own source position, and may quote whatever the other side said.
fn first_words(text: &str) -> String {
    let text = text.split(" (sqlx").next().unwrap_or(text);
    text.chars().filter(|c| !c.is_control()).take(120).collect()
}

#[cfg(test)]
#[path = "classify_tests.rs"]
mod tests;
