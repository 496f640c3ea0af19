//! Where a Redis is: a URL, read once into an address and a login.
//!
//! Read [`Place`] first. Errors never quote the URL: whoever shows it uses [`Target::shown`].

use crate::diagnose;
use bootproof_core::{Diagnosis, Secret, has_misplaced_at, mask_url};
use std::{fmt, net::SocketAddr, path::PathBuf};
use url::{Host, Url};

/// Redis's own port.
const PORT: u16 = 6379;

/// What a URL points to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// `memory:`: the in-process store.
    Memory,
    /// A server.
    Server(Target),
}

/// A server's address and what to say to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub(crate) address: Address,
    pub(crate) user: Option<String>,
    pub(crate) password: Option<Secret>,
    pub(crate) database: u32,
    /// Connect here instead, and greet as if it were the address: a link in front of it.
    pub(crate) via: Option<SocketAddr>,
    pub(crate) shown: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Address {
    Tcp { host: String, port: u16, tls: Option<Trust> },
    Unix(PathBuf),
}

/// Whose certificates are trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trust {
    /// Mozilla's roots, as the crate `webpki-roots` carries them.
    Mozilla,
    /// The certificates of a PEM file.
    File(PathBuf),
}

impl Place {
    /// Reads `redis://`, `rediss://` (TLS; a private CA as `?ssl_ca_certs=/path`, as redis-py has it), `unix://` or `memory:`.
    ///
    /// # Errors
    /// `REDIS-001`, with the URL masked.
    pub fn parse(url: &Secret) -> Result<Self, Diagnosis> {
        let text = url.reveal().trim();
        if matches!(text, "memory:" | "memory://") {
            return Ok(Self::Memory);
        }
        read(text).map(Self::Server).map_err(|why| diagnose::bad_url(&shown(text), &why))
    }
}

fn read(text: &str) -> Result<Target, String> {
    if text.is_empty() {
        return Err("it is empty".into());
    }
    if has_misplaced_at(text) {
        return Err("a `@`, `/`, `?`, `#` or `%` in a password must be percent-encoded".into());
    }
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    let address = match url.scheme() {
        "redis" | "valkey" => tcp(&url, None)?,
        "rediss" | "valkeys" => tcp(&url, Some(trust(&url)?))?,
        "unix" | "redis+unix" if url.path().len() > 1 => Address::Unix(url.path().into()),
        "unix" | "redis+unix" => return Err("it names no socket".into()),
        other => return Err(format!("`{other}` is no scheme of Redis")),
    };
    Ok(Target {
        database: database(&url, &address)?,
        user: Some(decoded(url.username())?).filter(|user| !user.is_empty()),
        password: url.password().map(decoded).transpose()?.filter(|p| !p.is_empty()).map(Secret::new),
        address,
        via: None,
        shown: shown(text),
    })
}

fn tcp(url: &Url, tls: Option<Trust>) -> Result<Address, String> {
    let host = match url.host() {
        // Schemes that the URL standard does not know keep addresses as they were written.
        Some(Host::Domain(name)) if !name.is_empty() => name.to_owned(),
        Some(Host::Ipv4(ip)) => ip.to_string(),
        Some(Host::Ipv6(ip)) => ip.to_string(),
        _ => return Err("it names no host".into()),
    };
    if matches!(host.as_str(), "0.0.0.0" | "::") {
        return Err(format!("`{host}` is an address to listen on, not to connect to"));
    }
    Ok(Address::Tcp { host, port: url.port().unwrap_or(PORT), tls })
}

fn trust(url: &Url) -> Result<Trust, String> {
    if url.fragment().is_some() {
        return Err("`#insecure` is not supported: a certificate is always checked".into());
    }
    let file = url.query_pairs().find(|(name, _)| name == "ssl_ca_certs");
    Ok(file.map_or(Trust::Mozilla, |(_, path)| Trust::File(path.as_ref().into())))
}

fn database(url: &Url, address: &Address) -> Result<u32, String> {
    let asked = url.query_pairs().find(|(name, _)| name == "db").map(|(_, value)| value.into_owned());
    let path = match address {
        Address::Tcp { .. } => url.path().trim_matches('/'),
        Address::Unix(_) => "",
    };
    match asked.as_deref().unwrap_or(path) {
        "" => Ok(0),
        number => number.parse().map_err(|_| "the database after the host must be a number".into()),
    }
}

/// Undoes `%XX`. The URL parser has encoded whatever needed it.
fn decoded(text: &str) -> Result<String, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = (*first == b'%').then(|| tail.get(..2)).flatten();
        match hex.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok()) {
            Some(byte) => (bytes.push(byte), rest = &tail[2..]),
            None => (bytes.push(*first), rest = tail),
        };
    }
    String::from_utf8(bytes).map_err(|_| "user or password is not valid UTF-8".into())
}

/// What may be shown of a URL.
fn shown(text: &str) -> String {
    if text.is_empty() { "(empty)".into() } else { mask_url(text) }
}

impl Target {
    /// The masked URL.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// Host and port, or the socket's path: what diagnoses show.
    pub(crate) fn place(&self) -> String {
        match &self.address {
            Address::Tcp { host, port, .. } if host.contains(':') => format!("[{host}]:{port}"),
            Address::Tcp { host, port, .. } => format!("{host}:{port}"),
            Address::Unix(path) => path.display().to_string(),
        }
    }

    /// Whether it is on this machine by its address.
    pub(crate) fn is_loopback(&self) -> bool {
        match &self.address {
            Address::Unix(_) => true,
            Address::Tcp { host, .. } => {
                host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
            }
        }
    }

    /// The same server through a link at `link`.
    pub(crate) fn through(&self, link: SocketAddr) -> Self {
        Self { via: Some(link), ..self.clone() }
    }

    /// What must never be shown, to mask what a server quotes.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &str> {
        self.password.iter().map(Secret::reveal)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(url: &str) -> Target {
        match Place::parse(&Secret::new(url)).unwrap() {
            Place::Server(target) => target,
            Place::Memory => panic!("{url} is no server"),
        }
    }

    #[test]
    fn every_part_of_a_url_is_read() {
        let t = target("redis://me:p%40ss%2F@cache:6380/3");
        assert_eq!(t.place(), "cache:6380");
        assert_eq!((t.user.as_deref(), t.password.as_ref().map(Secret::reveal)), (Some("me"), Some("p@ss/")));
        assert_eq!((t.database, t.shown()), (3, "redis://***@cache:6380/3"));
        assert_eq!(target("redis://[::1]").place(), "[::1]:6379");
        assert_eq!(target("redis://h?db=2").database, 2);
        assert_eq!(target("unix:///run/redis.sock?db=4").database, 4);
        assert_eq!(target("redis://:@h").password, None);
        assert!(matches!(
            target("rediss://h?ssl_ca_certs=/etc/ca.pem").address,
            Address::Tcp { tls: Some(Trust::File(path)), .. } if path.ends_with("ca.pem")
        ));
        assert_eq!(Place::parse(&Secret::new("memory:")), Ok(Place::Memory));
    }

    #[test]
    fn a_bad_url_is_configuration_and_shows_no_password() {
        for url in [
            "",
            "localhost:6379",
            "http://:hunter2@h",
            "redis://:hunter2@h/zero",
            "redis://:hunter2@0.0.0.0",
            "rediss://:hunter2@h/#insecure",
            "redis:///0",
            "unix://",
            "redis://:hunter2@h:99999",
        ] {
            let diagnosis = Place::parse(&Secret::new(url)).unwrap_err();
            assert_eq!((diagnosis.code, diagnosis.cause), ("REDIS-001", bootproof_core::Cause::Configuration), "{url}");
            assert!(!diagnosis.to_string().contains("hunter2"), "{diagnosis}");
        }
        assert!(!format!("{:?}", target("redis://:hunter2@h")).contains("hunter2"));
    }

    #[test]
    fn what_is_on_this_machine_is_known_by_its_address() {
        assert!(target("redis://127.0.0.2").is_loopback() && target("redis://[::1]").is_loopback());
        assert!(target("redis://localhost").is_loopback() && !target("redis://cache").is_loopback());
    }
}
