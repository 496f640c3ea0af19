//! What a service publishes under one key, and what is taken for one when it is read back.

use super::key::Scope;
use crate::{Endpoint, wanted::bad_name};
use serde::{Deserialize, Serialize};
use std::{
    fmt,
    hash::{BuildHasher, Hasher, RandomState},
    net::IpAddr,
};

/// The most bytes of a value that are looked at. Ours take about 200.
const MOST: usize = 4096;

/// The version of the values that are written and read.
const VERSION: u32 = 1;

/// A published endpoint of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The service's name.
    pub service: String,
    /// The name of the port within the service, such as `http`.
    pub port: String,
    /// Which instance of the service; see [`fresh_instance`].
    pub instance: String,
    /// A name or address that others reach it by.
    pub host: String,
    /// The port's number.
    pub number: u16,
    /// The scheme, when it has one.
    pub scheme: Option<String>,
    /// Who published it.
    pub owner: Machine,
}

/// Who published an entry. Told to people; nobody can check a process of another machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// The name of the machine.
    pub host: String,
    /// The process on it.
    pub pid: u32,
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pid {} on {}", self.pid, self.host)
    }
}

/// A key or value that is not an entry; it is passed over and told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strange {
    /// The key, made fit to be shown.
    pub key: String,
    /// What is wrong with it.
    pub why: String,
}

impl fmt::Display for Strange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is passed over: {}", self.key, self.why)
    }
}

/// The value as it is written. Unknown fields are allowed: a later version may add some.
#[derive(Serialize, Deserialize)]
struct Value {
    v: u32,
    service: String,
    port: String,
    instance: String,
    host: String,
    number: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scheme: Option<String>,
    owner: Machine,
}

impl Entry {
    /// Where it is.
    pub fn endpoint(&self) -> Endpoint {
        Endpoint::new(self.host.clone(), self.number).with_scheme(self.scheme.as_deref())
    }

    /// What keeps it from being published.
    pub(crate) fn problem(&self) -> Option<String> {
        for (what, name) in [("service", &self.service), ("port", &self.port), ("instance", &self.instance)] {
            if let Some(why) = bad_name(name) {
                return Some(format!("the name of its {what} {why}"));
            }
        }
        if self.owner.host.len() > 253 {
            return Some("the name of its owner's machine is longer than 253 characters".into());
        }
        unreachable_from_elsewhere(&self.host).map(str::to_owned).or_else(|| self.bad_endpoint())
    }

    fn bad_endpoint(&self) -> Option<String> {
        let endpoint = self.endpoint();
        match Endpoint::parse(&endpoint.to_string()) {
            Ok(read) if read == endpoint => None,
            Ok(_) => Some("its address is not written in the usual way".into()),
            Err(error) => Some(format!("its address cannot be used: {error}")),
        }
    }

    pub(crate) fn key(&self, scope: &Scope) -> String {
        scope.key(&self.service, &self.port, &self.instance)
    }

    pub(crate) fn value(&self) -> Vec<u8> {
        let Self { service, port, instance, host, number, scheme, owner } = self.clone();
        let value = Value { v: VERSION, service, port, instance, host, number, scheme, owner };
        // Strings and numbers only: nothing of it can fail.
        serde_json::to_vec(&value).unwrap_or_default()
    }

    /// Reads what stands under `key`.
    pub(crate) fn read(scope: &Scope, key: &[u8], value: &[u8]) -> Result<Self, Strange> {
        let strange = |why: String| Strange { key: shown(key), why };
        let parts = std::str::from_utf8(key).ok().and_then(|key| scope.parts(key));
        let parts = parts.ok_or_else(|| strange("its key has not the parts service, port and instance".into()))?;
        if value.len() > MOST {
            return Err(strange(format!("its value has {} bytes, the most is {MOST}", value.len())));
        }
        // An error of the parser could repeat the value; only its place is told.
        let value: Value = serde_json::from_slice(value)
            .map_err(|error| strange(format!("its value is not an entry (column {})", error.column())))?;
        if value.v != VERSION {
            return Err(strange(format!("it has version {}, only {VERSION} is known", value.v)));
        }
        if parts != [&value.service, &value.port, &value.instance].map(String::as_str) {
            return Err(strange("its value speaks of another service, port or instance than its key".into()));
        }
        let Value { v: _, service, port, instance, host, number, scheme, owner } = value;
        let entry = Self { service, port, instance, host, number, scheme, owner };
        entry.problem().map_or(Ok(entry), |why| Err(strange(why)))
    }
}

/// Why nobody on another machine can reach `host`.
pub(crate) fn unreachable_from_elsewhere(host: &str) -> Option<&'static str> {
    if host.eq_ignore_ascii_case("localhost") || host.to_ascii_lowercase().ends_with(".localhost") {
        return Some("`localhost` is every machine's own");
    }
    let ip = host.parse::<IpAddr>().ok()?.to_canonical();
    if ip.is_loopback() {
        return Some("a loopback address leads every machine to itself");
    }
    ip.is_unspecified().then_some("a wildcard is no address that can be reached")
}

/// A key as it may be shown: printable and short.
fn shown(key: &[u8]) -> String {
    let text: String = String::from_utf8_lossy(key).chars().map(|c| if c.is_control() { '?' } else { c }).collect();
    match text.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// A name for an instance that no other has: 16 hexadecimal digits from the system's randomness.
pub fn fresh_instance() -> String {
    // The standard library's hasher is keyed from the system; this needs no crate for random numbers.
    format!("{:016x}", RandomState::new().build_hasher().finish())
}

#[cfg(test)]
#[path = "entry_tests.rs"]
mod tests;
