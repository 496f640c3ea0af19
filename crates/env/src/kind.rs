//! What a variable's text must be.

use crate::Access;
use std::time::Duration;

/// What a variable's text must be.
#[derive(Debug, Clone, PartialEq)]
pub enum Type {
    /// Any text that is not blank.
    String,
    /// Any text that is not blank, never shown.
    Secret,
    /// `true`, `false`, `1`, `0`, `yes`, `no`, `on`, `off`; upper and lower case alike.
    Bool,
    /// A whole number of 64 bits.
    Int(Bounds<i64>),
    /// A finite decimal number.
    Float(Bounds<f64>),
    /// 0 to 65535, or narrower; 0 lets the system choose.
    Port(Bounds<u16>),
    /// A URL.
    Url {
        /// The schemes allowed, in lower case. `postgres` allows `postgres+asyncpg`, too. Empty: any, as long as `://` follows it.
        schemes: Vec<String>,
    },
    /// A host name or an IP address.
    Host,
    /// `host:port`, an IPv6 host in brackets.
    Address,
    /// `name@host`.
    Email,
    /// A number and a unit: `500ms`, `60s`, `5m`.
    Duration(Bounds<Duration>),
    /// A number of bytes, with a unit or without: `1048576`, `1MiB`, `10MB`.
    Bytes(Bounds<u64>),
    /// One of some words.
    Enum {
        /// The words.
        values: Vec<String>,
    },
    /// Items separated by commas.
    List {
        /// The words that items may be. Empty: any.
        values: Vec<String>,
    },
    /// A JSON document (RFC 8259).
    Json,
    /// A path.
    Path {
        /// What it must be or allow.
        must: Vec<Access>,
    },
    /// A UUID (RFC 9562), hyphenated.
    Uuid,
    /// A version such as `1.2.3-rc.1` (Semantic Versioning 2.0.0).
    Semver,
    /// An IPv4 or IPv6 address.
    Ip,
    /// A network: an address, `/` and the length of the prefix.
    Cidr,
    /// A regular expression (of the syntax of Rust's `regex-lite`).
    Regex,
}

/// The least and the most, both allowed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds<T> {
    /// The least, if there is one.
    pub min: Option<T>,
    /// The most, if there is one.
    pub max: Option<T>,
}

impl<T> Default for Bounds<T> {
    fn default() -> Self {
        Self { min: None, max: None }
    }
}

impl<T: PartialOrd> Bounds<T> {
    /// Whether `value` is neither less nor more than allowed.
    pub fn allow(&self, value: &T) -> bool {
        self.min.as_ref().is_none_or(|min| value >= min) && self.max.as_ref().is_none_or(|max| value <= max)
    }

    /// `1 to 64`, `at least 1`, `at most 64`, each bound as `tell` writes it; `None` without bounds.
    pub fn in_words(&self, tell: impl Fn(&T) -> String) -> Option<String> {
        Some(match (&self.min, &self.max) {
            (Some(min), Some(max)) => format!("{} to {}", tell(min), tell(max)),
            (Some(min), None) => format!("at least {}", tell(min)),
            (None, Some(max)) => format!("at most {}", tell(max)),
            (None, None) => return None,
        })
    }
}

impl Type {
    /// The words for types, as `bootproof.toml` and every report use them.
    pub const WORDS: [&'static str; 21] = [
        "string", "secret", "bool", "int", "float", "port", "url", "host", "address", "email", "duration", "bytes",
        "enum", "list", "json", "path", "uuid", "semver", "ip", "cidr", "regex",
    ];

    /// The word for this type.
    pub fn word(&self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Secret => "secret",
            Self::Bool => "bool",
            Self::Int(_) => "int",
            Self::Float(_) => "float",
            Self::Port(_) => "port",
            Self::Url { .. } => "url",
            Self::Host => "host",
            Self::Address => "address",
            Self::Email => "email",
            Self::Duration(_) => "duration",
            Self::Bytes(_) => "bytes",
            Self::Enum { .. } => "enum",
            Self::List { .. } => "list",
            Self::Json => "json",
            Self::Path { .. } => "path",
            Self::Uuid => "uuid",
            Self::Semver => "semver",
            Self::Ip => "ip",
            Self::Cidr => "cidr",
            Self::Regex => "regex",
        }
    }

    /// Any URL with `://`.
    pub fn url() -> Self {
        Self::Url { schemes: vec![] }
    }

    /// Nobody writes a secret into a variable of these types, and seeing the value helps whoever set it.
    pub(crate) fn may_be_told(&self) -> bool {
        matches!(
            self,
            Self::Bool | Self::Int(_) | Self::Port(_) | Self::Duration(_) | Self::Bytes(_) | Self::Enum { .. }
        )
    }
}
