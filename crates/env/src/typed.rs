//! From text to a typed value, or to the rule that the text breaks.

use crate::{Rule, Type, Variable, duration, suspicious};
use bootproof_core::{Secret, nearest};
use std::{net::IpAddr, time::Duration};
use url::{Host, Url};

/// A value that was read as its type. What may hold a secret is kept as one.
#[derive(Debug, Clone, PartialEq)]
pub enum Typed {
    /// A string, a secret, or a word of an enum.
    Text(Secret),
    /// A bool.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A finite number.
    Float(f64),
    /// A port.
    Port(u16),
    /// A URL, as it was written.
    Url(Secret),
    /// A host name or IP address (IPv6 without brackets).
    Host(String),
    /// Host (IPv6 without brackets) and port.
    Address(String, u16),
    /// A duration.
    Duration(Duration),
    /// Items, without the white space around them.
    List(Vec<Secret>),
}

const BOOL: &str = "a bool (`true` or `false`, also `1`/`0`, `yes`/`no`, `on`/`off`)";
const ADDRESS: &str = "an address (`host:port`, an IPv6 host in brackets)";
const HOST: &str = "a host name or IP address";
const URL: &str = "a URL (`scheme://...`, special characters in a password percent-encoded)";

/// Schemes that may be told: widely known words, never part of a secret.
const KNOWN_SCHEMES: [&str; 20] = [
    "postgres",
    "postgresql",
    "mysql",
    "mariadb",
    "sqlite",
    "redis",
    "rediss",
    "unix",
    "http",
    "https",
    "ws",
    "wss",
    "clickhouse",
    "mongodb",
    "amqp",
    "amqps",
    "kafka",
    "nats",
    "tcp",
    "file",
];

impl Variable {
    /// Reads `text` as a value of this variable.
    ///
    /// # Errors
    /// The first rule that `text` breaks; none of them carries `text` or a part of it that may be secret.
    pub fn read(&self, text: &str) -> Result<Typed, Rule> {
        if text.trim().is_empty() {
            return Err(Rule::Blank);
        }
        if text.trim() != text {
            return Err(Rule::WhiteSpace);
        }
        if suspicious::is_service_link(&self.kind, text) {
            return Err(Rule::ServiceLink);
        }
        if let Some(to) = suspicious::reference(text) {
            return Err(Rule::UnresolvedReference { to: (!self.is_secret()).then(|| to.to_owned()) });
        }
        match self.kind.read(text) {
            // A word that is declared as allowed is no placeholder.
            Ok(typed) if matches!(self.kind, Type::Enum { .. }) => Ok(typed),
            _ if suspicious::is_placeholder(text) => Err(Rule::Placeholder),
            Err(Rule::NotAmong { allowed, .. }) if self.is_secret() => Err(Rule::NotAmong { allowed, nearest: None }),
            read => read,
        }
    }
}

impl Type {
    fn read(&self, text: &str) -> Result<Typed, Rule> {
        match self {
            Self::String | Self::Secret => Ok(Typed::Text(Secret::new(text))),
            Self::Bool => read_bool(text),
            Self::Int { min, max } => read_int(text, *min, *max, "a whole number").map(Typed::Int),
            Self::Float => match text.parse::<f64>() {
                Ok(number) if number.is_finite() => Ok(Typed::Float(number)),
                _ => wrong("a number"),
            },
            Self::Port => read_port(text, "a port number").map(Typed::Port),
            Self::Url { schemes } => read_url(text, schemes),
            Self::Host => read_host(text).map(Typed::Host).ok_or(Rule::WrongType { expected: HOST }),
            Self::Address => read_address(text),
            Self::Duration => match duration(text) {
                Some(length) => Ok(Typed::Duration(length)),
                None => wrong("a duration (a number and `ms`, `s`, `m`, `h` or `d`, such as `60s`)"),
            },
            Self::Enum { values } => read_enum(text, values),
            Self::List => read_list(text),
        }
    }
}

fn wrong<T>(expected: &'static str) -> Result<T, Rule> {
    Err(Rule::WrongType { expected })
}

fn read_bool(text: &str) -> Result<Typed, Rule> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Ok(Typed::Bool(true)),
        "false" | "0" | "no" | "off" => Ok(Typed::Bool(false)),
        _ => wrong(BOOL),
    }
}

fn read_int(text: &str, min: Option<i64>, max: Option<i64>, expected: &'static str) -> Result<i64, Rule> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return wrong(expected);
    }
    match text.parse::<i64>() {
        Ok(number) if min.is_none_or(|min| number >= min) && max.is_none_or(|max| number <= max) => Ok(number),
        _ => Err(Rule::OutOfRange { allowed: range(min, max) }),
    }
}

fn range(min: Option<i64>, max: Option<i64>) -> String {
    match (min, max) {
        (Some(min), Some(max)) => format!("{min} to {max}"),
        (Some(min), None) => format!("at least {min}"),
        (None, Some(max)) => format!("at most {max}"),
        (None, None) => "a number of 64 bits".to_owned(),
    }
}

fn read_port(text: &str, expected: &'static str) -> Result<u16, Rule> {
    let allowed = || Rule::OutOfRange { allowed: range(Some(0), Some(65535)) };
    read_int(text, Some(0), Some(65535), expected).and_then(|port| u16::try_from(port).map_err(|_| allowed()))
}

fn read_url(text: &str, schemes: &[String]) -> Result<Typed, Rule> {
    let Ok(url) = Url::parse(text) else { return wrong(URL) };
    if schemes.is_empty() {
        // Without `://`, `localhost:8000` would pass for a URL of the scheme `localhost`.
        return if text.contains("://") { Ok(Typed::Url(Secret::new(text))) } else { wrong(URL) };
    }
    if schemes.iter().any(|scheme| scheme.eq_ignore_ascii_case(url.scheme())) {
        return Ok(Typed::Url(Secret::new(text)));
    }
    let found = KNOWN_SCHEMES.into_iter().find(|known| *known == url.scheme());
    Err(Rule::SchemeNotAllowed { found, allowed: schemes.to_vec() })
}

fn read_host(text: &str) -> Option<String> {
    if let Ok(ip) = text.parse::<IpAddr>() {
        return Some(ip.to_string());
    }
    match Host::parse(text).ok()? {
        Host::Ipv6(ip) => Some(ip.to_string()),
        Host::Ipv4(ip) => Some(ip.to_string()),
        // Percent signs would be decoded, and are in no host name.
        Host::Domain(_) => (!text.contains('%')).then(|| text.to_owned()),
    }
}

fn read_address(text: &str) -> Result<Typed, Rule> {
    let Some((host, port)) = text.rsplit_once(':') else { return wrong(ADDRESS) };
    let bare_ipv6 = host.contains(':') && !host.starts_with('[');
    match read_host(host) {
        Some(host) if !bare_ipv6 => Ok(Typed::Address(host, read_port(port, ADDRESS)?)),
        _ => wrong(ADDRESS),
    }
}

fn read_enum(text: &str, values: &[String]) -> Result<Typed, Rule> {
    if values.iter().any(|value| value == text) {
        return Ok(Typed::Text(Secret::new(text)));
    }
    let near = nearest(text, values.iter().map(String::as_str)).map(str::to_owned);
    Err(Rule::NotAmong { allowed: values.to_vec(), nearest: near })
}

fn read_list(text: &str) -> Result<Typed, Rule> {
    let items: Vec<&str> = text.split(',').map(str::trim).collect();
    if items.iter().any(|item| item.is_empty()) {
        return wrong("a list (items separated by commas, none of them empty)");
    }
    Ok(Typed::List(items.into_iter().map(Secret::new).collect()))
}

#[cfg(test)]
#[path = "typed_tests.rs"]
mod tests;
