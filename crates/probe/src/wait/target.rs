//! What can be waited for, read from the words of a command line. Pure.

use super::words::words;
use crate::{address::Address, hide};
use bootproof_core::{Secret, Vars, has_misplaced_at, mask_url};
use std::{fmt, net::IpAddr, path::PathBuf};
use url::Url;

/// Something to wait for. It shows itself without secrets.
#[derive(Clone, PartialEq, Eq)]
pub struct Target {
    shown: String,
    pub(super) kind: Kind,
}

/// What it is, and so how it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Tcp(Address),
    Http(Secret),
    Database(Secret),
    Redis(Secret),
    ClickHouse(Secret),
    Unix(PathBuf),
    File(PathBuf),
    /// Templates: the program and its arguments.
    Command(Vec<Secret>),
    /// A name from a registry.
    Name(String),
}

/// A target cannot be used. Holds no secrets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// It cannot be read.
    #[error("`{shown}` cannot be waited for: {why}")]
    Unreadable {
        /// The word as it may be shown.
        shown: String,
        /// What is wrong.
        why: String,
    },
    /// It needs variables that have no value.
    #[error("`{shown}` needs variables that have no value: {}", names.join(", "))]
    MissingVariables {
        /// The word as it may be shown.
        shown: String,
        /// Their names.
        names: Vec<String>,
    },
}

/// Every form, for whoever wrote none of them.
const FORMS: &str = "write `host:port`, `http://...`, `postgres://...`, `mysql://...`, `redis://...`, `clickhouse://...`, \
                     `unix:PATH`, `file:PATH`, `command:PROGRAM ARGUMENTS` or `name:SERVICE`";

impl Target {
    /// Reads `host:port`, `:port` (of this machine), `tcp:host:port`, the URL of an HTTP server, a database, Redis or ClickHouse,
    /// `unix:PATH`, `file:PATH`, `command:PROGRAM ARGUMENTS` or `name:NAME` (or the bare name). Each `${NAME}` is replaced by its variable, so that no secret
    /// need stand on a command line.
    ///
    /// # Errors
    /// When it is none of these or names a variable without a value.
    pub fn parse(template: &str, vars: &Vars) -> Result<Self, TargetError> {
        let shown = || hide::template(template);
        if let Some(line) = template.strip_prefix("command:") {
            // Arguments may hold secrets: they are not shown, and their variables are replaced when the command is run.
            return command(line).map_err(|why| TargetError::Unreadable { shown: "command:…".to_owned(), why });
        }
        let text = vars.expand(template).map_err(|names| TargetError::MissingVariables { shown: shown(), names })?;
        let target = read(text.reveal()).map_err(|why| TargetError::Unreadable { shown: shown(), why })?;
        // A name would be shown, and what a variable holds may be anything.
        if target.name().is_some() && text.reveal() != template {
            return Err(TargetError::Unreadable { shown: shown(), why: FORMS.to_owned() });
        }
        Ok(target)
    }

    /// The target as it may be shown.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// The name, when it is one of a registry.
    pub fn name(&self) -> Option<&str> {
        match &self.kind {
            Kind::Name(name) => Some(name),
            _ => None,
        }
    }

    /// Whether it is asked over HTTP, for a status and a text.
    pub fn is_http(&self) -> bool {
        matches!(self.kind, Kind::Http(_))
    }

    /// Whether it is a command.
    pub fn is_command(&self) -> bool {
        matches!(self.kind, Kind::Command(_))
    }

    /// Where to knock before anything is asked: host and port, when it has them.
    pub(super) fn address(&self) -> Option<Address> {
        match &self.kind {
            Kind::Tcp(address) => Some(address.clone()),
            Kind::Http(url) | Kind::Database(url) | Kind::Redis(url) | Kind::ClickHouse(url) => door(url.reveal()),
            _ => None,
        }
    }

    /// Whether asking it stays on this machine.
    pub(super) fn is_near(&self) -> bool {
        match (&self.kind, self.address()) {
            (Kind::Unix(_) | Kind::File(_), _) => true,
            (_, Some(Address { host, .. })) => {
                host.eq_ignore_ascii_case("localhost") || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
            }
            _ => false,
        }
    }

    fn of(shown: impl Into<String>, kind: Kind) -> Self {
        Self { shown: shown.into(), kind }
    }

    fn url(text: &str, kind: fn(Secret) -> Kind) -> Self {
        Self::of(mask_url(text), kind(Secret::new(text)))
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Target").field(&self.shown).finish()
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.shown)
    }
}

/// Reads what is no command; the error does not repeat the text.
fn read(text: &str) -> Result<Target, String> {
    let Some((scheme, rest)) = text.split_once(':') else { return bare(text) };
    let is_url = rest.starts_with("//");
    let path = rest.strip_prefix("//").unwrap_or(rest);
    match (scheme.split('+').next().unwrap_or_default(), is_url) {
        ("http" | "https", true) => Ok(Target::url(text, Kind::Http)),
        ("postgres" | "postgresql" | "mysql" | "mariadb", true) if cfg!(feature = "db") => {
            Ok(Target::url(text, Kind::Database))
        }
        ("redis" | "rediss" | "valkey" | "valkeys", true) if cfg!(feature = "redis") => {
            Ok(Target::url(text, Kind::Redis))
        }
        ("clickhouse", _) => clickhouse(rest),
        ("tcp", _) => tcp(path),
        ("unix", _) => Ok(Target::of(format!("unix:{path}"), Kind::Unix(some(path, "it names no socket")?.into()))),
        ("file", _) => Ok(Target::of(format!("file:{path}"), Kind::File(some(path, "it names no file")?.into()))),
        ("name", false) => Ok(Target::of(rest, Kind::Name(some(rest, "it names nothing")?.to_owned()))),
        ("command", _) => Err("a command is written out, and not taken from a variable".into()),
        ("sqlite", _) => Err("a SQLite file is waited for as `file:PATH`".into()),
        (_, true) => Err(format!("what its scheme means is not known here; {FORMS}")),
        ("", false) => tcp(&format!("localhost:{rest}")),
        _ => tcp(text),
    }
}

/// A word without a colon: a name, unless it looks like something else.
fn bare(text: &str) -> Result<Target, String> {
    if text.contains('/') {
        return Err("a file is waited for as `file:PATH`, a socket as `unix:PATH`".into());
    }
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("a port of this machine is written `:PORT`".into());
    }
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)) {
        return Err(FORMS.into());
    }
    Ok(Target::of(text, Kind::Name(text.to_owned())))
}

fn tcp(text: &str) -> Result<Target, String> {
    let address = Address::parse(text)?;
    Ok(Target::of(address.to_string(), Kind::Tcp(address)))
}

/// `clickhouse:http[s]://...`, or `clickhouse://...` for plain HTTP on ClickHouse's own port.
fn clickhouse(rest: &str) -> Result<Target, String> {
    if rest.starts_with("http:") || rest.starts_with("https:") {
        return Ok(Target::url(rest, Kind::ClickHouse));
    }
    let text = format!("http:{rest}");
    if !rest.starts_with("//") || has_misplaced_at(&text) {
        return Err("write `clickhouse://user:password@host:8123/database`, a password percent-encoded".into());
    }
    let mut url = Url::parse(&text).map_err(|error| format!("it is not a URL: {error}"))?;
    // Port 80 written out is dropped by the parser, and would become 8123: it must stay.
    if url.port().is_none() && !text.contains(":80/") && !text.ends_with(":80") {
        // An http URL has a host, so its port can be changed.
        let _ = url.set_port(Some(8123));
    }
    Ok(Target::url(url.as_str(), Kind::ClickHouse))
}

fn command(line: &str) -> Result<Target, String> {
    let words = words(line.strip_prefix("//").unwrap_or(line))?;
    let program = words.first().ok_or("it names no program")?;
    let more = if words.len() > 1 { " …" } else { "" };
    Ok(Target::of(format!("command:{program}{more}"), Kind::Command(words.iter().map(Secret::new).collect())))
}

fn some<'a>(text: &'a str, why: &str) -> Result<&'a str, String> {
    if text.is_empty() { Err(why.into()) } else { Ok(text) }
}

/// Host and port of a server's URL. What is not plain (several hosts, a socket, a password that is not encoded) has none: then
/// the one who speaks its protocol reads it.
fn door(text: &str) -> Option<Address> {
    let url = Url::parse(text).ok().filter(|_| !has_misplaced_at(text))?;
    let elsewhere = ["host", "socket", "unix_socket"];
    if url.query_pairs().any(|(name, _)| elsewhere.contains(&name.as_ref())) {
        return None;
    }
    let port = match url.scheme().split('+').next().unwrap_or_default() {
        "http" | "https" => url.port_or_known_default()?,
        "postgres" | "postgresql" => url.port().unwrap_or(5432),
        "mysql" | "mariadb" => url.port().unwrap_or(3306),
        _ if url.scheme().ends_with("+unix") => return None,
        _ => url.port().unwrap_or(6379),
    };
    Address::parse(&format!("{}:{port}", url.host_str()?)).ok()
}

#[cfg(test)]
#[path = "target_tests.rs"]
mod tests;
