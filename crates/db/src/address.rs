//! Where a database URL leads: parsed once, by us, so that nothing is read from the process environment and no part of it
//! ends in a log. Read [`Address`] first.
//!
//! URLs of other languages' drivers are understood (`postgresql+asyncpg://`, `sqlite+aiosqlite:///file`); parameters that
//! mean nothing here are ignored and named.

use crate::diagnose;
use bootproof_core::{Diagnosis, Secret, has_misplaced_at, mask_text, nearest};
use std::{fmt, path::PathBuf};
use url::Url;

/// The three kinds of database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// PostgreSQL.
    Postgres,
    /// MariaDB or MySQL.
    MySql,
    /// SQLite.
    Sqlite,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Postgres => "PostgreSQL",
            Self::MySql => "MariaDB/MySQL",
            Self::Sqlite => "SQLite",
        })
    }
}

/// Where a database is, and as whom to log in.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    pub(crate) kind: Kind,
    pub(crate) place: Place,
    /// Names of parameters that mean nothing here.
    pub(crate) ignored: Vec<String>,
}

#[derive(Debug, Clone)]
pub(crate) enum Place {
    Server(Server),
    File(File),
    /// A SQLite database in this process's memory.
    Memory,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Server {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) user: Secret,
    pub(crate) password: Secret,
    /// Empty: the server's choice.
    pub(crate) database: String,
    /// Known parameters, under their first name.
    pub(crate) params: Vec<(&'static str, String)>,
}

#[derive(Debug, Clone)]
pub(crate) struct File {
    pub(crate) path: PathBuf,
    pub(crate) mode: FileMode,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileMode {
    ReadOnly,
    ReadWrite,
    /// Also made when it is missing.
    Create,
}

/// Schemes that are understood, each with an optional `+driver`.
const SCHEMES: [(&str, Kind); 5] = [
    ("postgres", Kind::Postgres),
    ("postgresql", Kind::Postgres),
    ("mysql", Kind::MySql),
    ("mariadb", Kind::MySql),
    ("sqlite", Kind::Sqlite),
];

/// Stands where a URL names no host.
const NO_HOST: &str = "no-host.invalid";

/// Parameters of servers that are understood, under all their names; the first is ours.
const PARAMS: [&[&str]; 10] = [
    &["sslmode", "ssl-mode", "ssl_mode"],
    &["sslrootcert", "ssl-root-cert", "ssl-ca", "sslca", "ssl_ca"],
    &["sslcert", "ssl-cert", "ssl_cert"],
    &["sslkey", "ssl-key", "ssl_key"],
    &["application_name"],
    &["options"],
    &["host", "socket", "unix_socket"],
    &["charset"],
    &["collation"],
    &["timezone", "time-zone"],
];

impl Address {
    /// Reads a URL. The diagnosis never quotes it.
    pub(crate) fn parse(url: &Secret) -> Result<Self, Diagnosis> {
        let text = url.reveal().trim();
        let (scheme, rest) = text.split_once(':').ok_or_else(|| diagnose::bad_url("it has no scheme"))?;
        let (scheme, driver) = match scheme.split_once('+') {
            Some((scheme, _)) => (scheme, true),
            None => (scheme, false),
        };
        let kind = kind_of(scheme, rest)?;
        if kind == Kind::Sqlite {
            return file(rest, driver);
        }
        if has_misplaced_at(text) {
            return Err(diagnose::bad_url(UNENCODED));
        }
        // The scheme is replaced, so that drivers' own ones cannot change how the rest is read; a host that is left out, as
        // before a Unix socket, gets a name that no host can have.
        let rest = rest.replacen("@/", &format!("@{NO_HOST}/"), 1);
        let url = Url::parse(&format!("db:{rest}")).map_err(|error| diagnose::bad_url(parse_hint(error)))?;
        server(kind, &url)
    }

    /// How messages name it: `` PostgreSQL at `db:5432` ``.
    pub(crate) fn name(&self) -> String {
        match &self.place {
            Place::Server(server) => format!("{} at `{}`", self.kind, server.shown()),
            Place::File(file) => format!("the SQLite file `{}`", file.path.display()),
            Place::Memory => "SQLite in memory".to_owned(),
        }
    }

    /// `text`, which a server wrote, without the user and password it may quote.
    pub(crate) fn mask(&self, text: &str) -> String {
        match &self.place {
            Place::Server(server) => mask_text(text, [server.password.reveal(), server.user.reveal()]),
            Place::File(_) | Place::Memory => text.to_owned(),
        }
    }
}

impl Server {
    /// Host and port, or the socket's folder or file.
    pub(crate) fn shown(&self) -> String {
        match self.socket() {
            Some(path) => path.to_owned(),
            None if self.host.contains(':') => format!("[{}]:{}", self.host, self.port),
            None => format!("{}:{}", self.host, self.port),
        }
    }

    /// A Unix socket, when the URL names one.
    pub(crate) fn socket(&self) -> Option<&str> {
        self.param("host").filter(|host| host.starts_with('/'))
    }

    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().rev().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }
}

fn kind_of(scheme: &str, rest: &str) -> Result<Kind, Diagnosis> {
    let known = SCHEMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(scheme));
    if let Some((_, kind)) = known {
        return Ok(*kind);
    }
    // Only what surely is a scheme is shown: a password may hold a colon too.
    let shown = rest.starts_with("//") && scheme.len() <= 20 && scheme.chars().all(|c| c.is_ascii_alphanumeric());
    if !shown {
        return Err(diagnose::bad_url("it has no scheme that is known"));
    }
    let near = nearest(scheme, SCHEMES.map(|(known, _)| known));
    let hint = near.map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
    Err(diagnose::bad_url(format!("its scheme `{scheme}` is not known{hint}")))
}

fn parse_hint(error: url::ParseError) -> String {
    format!("{error}; {UNENCODED}")
}

const UNENCODED: &str = "a `@`, `/`, `?`, `#` or `%` in a password must be percent-encoded";

fn decoded(text: &str) -> Result<String, Diagnosis> {
    let text = sqlx_core::percent_encoding::percent_decode_str(text).decode_utf8();
    Ok(text.map_err(|_| diagnose::bad_url("a percent-encoded part of it is not UTF-8"))?.into_owned())
}

fn server(kind: Kind, url: &Url) -> Result<Address, Diagnosis> {
    let default_port = if kind == Kind::Postgres { 5432 } else { 3306 };
    let mut server = Server {
        host: decoded(url.host_str().unwrap_or_default())?.trim_matches(['[', ']']).to_owned(),
        port: url.port().unwrap_or(default_port),
        user: Secret::new(decoded(url.username())?),
        password: Secret::new(decoded(url.password().unwrap_or_default())?),
        database: decoded(url.path().trim_start_matches('/'))?,
        params: vec![],
    };
    let mut ignored = vec![];
    for (name, value) in url.query_pairs() {
        match PARAMS.iter().find(|names| names.contains(&&*name)) {
            Some(names) => server.params.push((names[0], value.into_owned())),
            None => ignored.push(name.into_owned()),
        }
    }
    if server.host == NO_HOST {
        server.host.clear();
    }
    if server.host.starts_with('/') {
        server.params.push(("host", std::mem::take(&mut server.host)));
    }
    match server.param("host") {
        Some(host) if !host.starts_with('/') => server.host = host.to_owned(),
        None if server.host.is_empty() => return Err(diagnose::bad_url("it names no host")),
        _ => {}
    }
    if server.user.reveal().is_empty() {
        return Err(diagnose::bad_url("it names no user"));
    }
    Ok(Address { kind, place: Place::Server(server), ignored })
}

/// `sqlite:path`, `sqlite://path` and `sqlite::memory:`; with a `+driver`, as SQLAlchemy reads it: `///` before a relative path.
fn file(rest: &str, driver: bool) -> Result<Address, Diagnosis> {
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let path = path.strip_prefix(if driver { "///" } else { "//" }).unwrap_or(path);
    let (mut mode, mut memory, mut ignored) = (FileMode::Create, path == ":memory:", vec![]);
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match (&*name, &*value) {
            ("mode", "ro") => mode = FileMode::ReadOnly,
            ("mode", "rw") => mode = FileMode::ReadWrite,
            ("mode", "rwc") => mode = FileMode::Create,
            ("mode", "memory") => memory = true,
            ("mode", _) => return Err(diagnose::bad_url("its `mode` is none of `ro`, `rw`, `rwc` and `memory`")),
            _ => ignored.push(name.into_owned()),
        }
    }
    let place = match (memory, path) {
        (true, _) => Place::Memory,
        (false, "") => return Err(diagnose::bad_url("it names no file")),
        (false, path) => Place::File(File { path: decoded(path)?.into(), mode }),
    };
    Ok(Address { kind: Kind::Sqlite, place, ignored })
}

#[cfg(test)]
#[path = "address_tests.rs"]
mod tests;
