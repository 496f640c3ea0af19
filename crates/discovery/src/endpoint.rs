//! Where a service is: scheme, host and port, read from what people write, and never with the credentials beside them.

use std::fmt;

/// Scheme, host and port of a service. Holds no credentials, so it may be shown.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Endpoint {
    /// The scheme in lower case, such as `http`; none when only `host:port` was given.
    pub scheme: Option<String>,
    /// A name or a numeric address, the latter without brackets.
    pub host: String,
    /// The port, never 0.
    pub port: u16,
}

/// Why a text is no endpoint. Does not repeat the text: it may hold credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadEndpoint {
    /// No port, and the scheme has none by default.
    #[error("it names no port; write `host:port`")]
    NoPort,
    /// A port that is none.
    #[error("its port is not a number from 1 to 65535")]
    Port,
    /// No host.
    #[error("it names no host")]
    NoHost,
    /// A host with a character that none has.
    #[error("its host holds a character that no host name has")]
    Host,
    /// A colon within a host that is not in brackets.
    #[error("an IPv6 address needs brackets: `[::1]:80`")]
    Brackets,
    /// A scheme that is none.
    #[error("what stands before `://` is no scheme")]
    Scheme,
}

/// Ports that schemes have by default: IANA's for `http`, `https`, `postgres`, `mysql` and `redis`; the others as their
/// servers are delivered.
const DEFAULT_PORTS: &[(&str, u16)] = &[
    ("http", 80),
    ("ws", 80),
    ("https", 443),
    ("wss", 443),
    ("postgres", 5432),
    ("postgresql", 5432),
    ("mysql", 3306),
    ("mariadb", 3306),
    ("redis", 6379),
    ("rediss", 6379),
    ("clickhouse", 9000),
    ("amqp", 5672),
    ("nats", 4222),
];

impl Endpoint {
    /// An endpoint without a scheme.
    pub fn new(host: impl Into<String>, port: u16) -> Self {
        Self { scheme: None, host: host.into(), port }
    }

    /// With this scheme.
    pub fn with_scheme(mut self, scheme: Option<&str>) -> Self {
        self.scheme = scheme.map(str::to_ascii_lowercase);
        self
    }

    /// Reads `host:port`, `[v6]:port` or a URL, of which userinfo, path and parameters are passed over.
    ///
    /// # Errors
    /// What is wrong, without repeating the text.
    pub fn parse(text: &str) -> Result<Self, BadEndpoint> {
        let (scheme, rest) = match text.split_once("://") {
            Some((scheme, rest)) => (Some(read_scheme(scheme)?), rest),
            None => (None, text),
        };
        let authority = match scheme {
            Some(_) => rest.split(['/', '?', '#']).next().unwrap_or_default(),
            None => rest,
        };
        let host_and_port = match scheme {
            Some(_) => authority.rsplit_once('@').map_or(authority, |(_, host)| host),
            None => authority,
        };
        let (host, port) = split(host_and_port)?;
        let port = match port {
            Some(port) => port.parse().ok().filter(|port| *port != 0).ok_or(BadEndpoint::Port)?,
            None => default_port(scheme.as_deref()).ok_or(BadEndpoint::NoPort)?,
        };
        Ok(Self { scheme, host: read_host(host)?, port })
    }

    /// Whether it is asked over TLS, by its scheme.
    pub fn is_secure(&self) -> bool {
        matches!(self.scheme.as_deref(), Some("https" | "wss"))
    }

    /// `host:port`, an IPv6 address in brackets.
    pub fn authority(&self) -> String {
        match self.host.contains(':') {
            true => format!("[{}]:{}", self.host, self.port),
            false => format!("{}:{}", self.host, self.port),
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(scheme) = &self.scheme {
            write!(f, "{scheme}://")?;
        }
        f.write_str(&self.authority())
    }
}

fn read_scheme(text: &str) -> Result<String, BadEndpoint> {
    let good = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    if good { Ok(text.to_ascii_lowercase()) } else { Err(BadEndpoint::Scheme) }
}

/// Host and port, the latter when there is one.
fn split(text: &str) -> Result<(&str, Option<&str>), BadEndpoint> {
    if let Some(rest) = text.strip_prefix('[') {
        let (host, rest) = rest.split_once(']').ok_or(BadEndpoint::Brackets)?;
        // Only a numeric address stands in brackets.
        if host.parse::<std::net::Ipv6Addr>().is_err() {
            return Err(BadEndpoint::Host);
        }
        return match rest {
            "" => Ok((host, None)),
            _ => Ok((host, Some(rest.strip_prefix(':').ok_or(BadEndpoint::Host)?))),
        };
    }
    match text.split_once(':') {
        None => Ok((text, None)),
        Some((_, port)) if port.contains(':') => Err(BadEndpoint::Brackets),
        Some((host, port)) => Ok((host, Some(port))),
    }
}

fn read_host(host: &str) -> Result<String, BadEndpoint> {
    if host.is_empty() {
        return Err(BadEndpoint::NoHost);
    }
    let good = host.len() <= 253 && host.chars().all(|c| c.is_ascii_alphanumeric() || "-._:".contains(c));
    if good { Ok(host.to_ascii_lowercase()) } else { Err(BadEndpoint::Host) }
}

fn default_port(scheme: Option<&str>) -> Option<u16> {
    DEFAULT_PORTS.iter().find(|(known, _)| Some(*known) == scheme).map(|(_, port)| *port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_read_as_people_write_them() {
        for (text, shown) in [
            ("db:5432", "db:5432"),
            ("[::1]:80", "[::1]:80"),
            ("HTTP://Users.Internal", "http://users.internal:80"),
            ("postgres://me:p@ss:w@db/app?x=1", "postgres://db:5432"),
            ("redis://:hunter2@[fe80::1]:7000/0", "redis://[fe80::1]:7000"),
            ("https://api/a@b:c", "https://api:443"),
            ("tcp://10.0.0.7:6379", "tcp://10.0.0.7:6379"),
        ] {
            assert_eq!(Endpoint::parse(text).unwrap().to_string(), shown);
        }
    }

    #[test]
    fn an_unusable_endpoint_is_told_and_never_repeated() {
        for (text, error) in [
            ("db", BadEndpoint::NoPort),
            ("", BadEndpoint::NoPort),
            (":80", BadEndpoint::NoHost),
            ("db:0", BadEndpoint::Port),
            ("db:http", BadEndpoint::Port),
            ("db:65536", BadEndpoint::Port),
            ("::1:80", BadEndpoint::Brackets),
            ("[hunter2]:80", BadEndpoint::Host),
            ("hunter2@db:80", BadEndpoint::Host),
            ("a b://db:80", BadEndpoint::Scheme),
            ("tcp://db", BadEndpoint::NoPort),
        ] {
            assert_eq!(Endpoint::parse(text).unwrap_err(), error, "{text}");
            assert!(!error.to_string().contains("hunter2"));
        }
    }

    proptest::proptest! {
        #[test]
        fn reading_never_panics_and_what_was_read_reads_the_same_again(text in ".{0,60}") {
            if let Ok(endpoint) = Endpoint::parse(&text) {
                proptest::prop_assert_eq!(Endpoint::parse(&endpoint.to_string()), Ok(endpoint));
            }
        }

        #[test]
        fn credentials_never_show(user in "[a-z]{3,9}", password in "[A-Z]{12}[/?#@:]{0,1}", host in "[a-z]{1,9}") {
            let text = format!("postgres://{user}:{password}@{host}:5432/x");
            let told = Endpoint::parse(&text).map_or_else(|error| error.to_string(), |endpoint| endpoint.to_string());
            proptest::prop_assert!(!told.contains(&password[..12]), "{}", told);
        }
    }
}
