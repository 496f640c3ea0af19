//! A host and a port, as people write them.

use std::fmt;
use url::Url;

/// A host and a port. The host is a name or a numeric address, the latter without brackets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) host: String,
    pub(crate) port: u16,
}

impl Address {
    /// Reads `host:port`, `[v6]:port`, or any URL that names host and port, of which only these two are used.
    ///
    /// # Errors
    /// What is wrong, without repeating the text: it may hold credentials.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if text.contains("://") {
            let url = Url::parse(text).map_err(|error| format!("it is not a URL: {error}"))?;
            return Self::of_url(&url);
        }
        let (host, port) = text.rsplit_once(':').ok_or("it names no port; write `host:port`")?;
        let port = port.parse().ok().filter(|port| *port != 0).ok_or("its port is not a number from 1 to 65535")?;
        Self::of(host, port)
    }

    /// Host and port of a URL; the port may be that of `http` or `https` by default.
    pub(crate) fn of_url(url: &Url) -> Result<Self, String> {
        let port = url.port_or_known_default().filter(|port| *port != 0).ok_or("it names no port")?;
        Self::of(url.host_str().unwrap_or_default(), port)
    }

    fn of(host: &str, port: u16) -> Result<Self, String> {
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        if bare.is_none() && host.contains(':') {
            return Err("an IPv6 address needs brackets: `[::1]:80`".into());
        }
        let host = bare.unwrap_or(host);
        if host.is_empty() {
            return Err("it names no host".into());
        }
        if host.contains(|c: char| c.is_whitespace() || "@/?#".contains(c)) {
            return Err("its host holds a character that no host name has".into());
        }
        Ok(Self { host: host.to_owned(), port })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_people_write_them() {
        for (text, shown) in [
            ("db:5432", "db:5432"),
            ("[::1]:80", "[::1]:80"),
            ("tcp://10.0.0.7:6379", "10.0.0.7:6379"),
            ("postgres://me:pw@db:5432/app", "db:5432"),
            ("https://api", "api:443"),
            ("http://[::1]/x", "[::1]:80"),
        ] {
            assert_eq!(Address::parse(text).unwrap().to_string(), shown);
        }
    }

    #[test]
    fn an_unusable_address_is_told_and_never_repeated() {
        for (text, said) in [
            ("db", "no port"),
            (":80", "no host"),
            ("db:0", "1 to 65535"),
            ("db:http", "1 to 65535"),
            ("db:65536", "1 to 65535"),
            ("::1:80", "brackets"),
            ("me:hunter2@db:80", "brackets"),
            ("hunter2@db:80", "character"),
            ("redis://:hunter2@db", "no port"),
            ("http://", "not a URL"),
        ] {
            let error = Address::parse(text).unwrap_err();
            assert!(error.contains(said) && !error.contains("hunter2"), "{text}: {error}");
        }
    }
}
