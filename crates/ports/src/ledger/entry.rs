//! What the ledger says of one port: whose it is, where it is, and who lives for it. Pure.

use super::ProcessId;
use crate::{Host, PortSpec, Protocol};
use bootproof_core::Environment;
use serde::{Deserialize, Serialize};
use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use uuid::Uuid;

/// Who publishes ports: one start of one service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Its name: `chat`.
    pub name: String,
    /// The folder of its project, so that two checkouts do not fight for one remembered port.
    pub project: Option<PathBuf>,
    /// The environment in force.
    pub environment: Option<Environment>,
    /// The id of this start, a UUID of version 7: no two starts have the same.
    pub instance: Uuid,
}

impl Service {
    /// A start of the service `name`, with a fresh instance id.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), project: None, environment: None, instance: super::fresh_id() }
    }

    /// Sets the folder of its project; an absolute one tells two checkouts apart.
    pub fn project(mut self, folder: impl Into<PathBuf>) -> Self {
        self.project = Some(folder.into());
        self
    }

    /// Sets the environment in force.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = Some(environment);
        self
    }
}

/// A published port.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its own id, a UUID of version 7.
    pub id: Uuid,
    /// The id of the start that published it.
    pub instance: Uuid,
    /// The service: `chat`.
    pub service: String,
    /// The port's name: `api`.
    pub port: String,
    /// What it speaks.
    pub protocol: Protocol,
    /// Where it listens, IPv4 first; all have the same number.
    pub addresses: Vec<SocketAddr>,
    /// The scheme of its URL: `http`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheme: Option<String>,
    /// The environment of that start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// The folder of the project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// Where it was declared to listen: `localhost`, `any`, or the address.
    pub host: String,
    /// The number that was wanted; 0: any.
    pub wanted: u16,
    /// The process that published it.
    pub owner: ProcessId,
    /// How far it is on its way to the program that serves it.
    pub state: State,
    /// When it was published, in milliseconds since 1970.
    pub since: u64,
}

/// How far a port is on its way to the program that serves it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Its owner has it open.
    Held,
    /// Its owner has closed it for a program that is about to open it: nobody has it now, and nobody else may take it.
    Releasing,
    /// A program that its owner started has it.
    HandedOver(ProcessId),
}

impl Entry {
    pub(crate) fn new(
        spec: &PortSpec,
        wanted: u16,
        addresses: Vec<SocketAddr>,
        by: &Service,
        owner: ProcessId,
    ) -> Self {
        Self {
            id: super::fresh_id(),
            instance: by.instance,
            service: by.name.clone(),
            port: spec.name.clone(),
            protocol: spec.protocol,
            addresses,
            scheme: spec.scheme.clone(),
            environment: by.environment.map(|environment| environment.to_string()),
            project: by.project.as_ref().map(|folder| folder.display().to_string()),
            host: host_word(spec.host),
            wanted,
            owner,
            state: State::Held,
            since: super::milliseconds(),
        }
    }

    /// The number; 0 when there is no address.
    pub fn number(&self) -> u16 {
        self.addresses.first().map_or(0, SocketAddr::port)
    }

    /// The process that has to live for this to be true: the program that has it, else its owner.
    pub fn lives_by(&self) -> &ProcessId {
        match &self.state {
            State::HandedOver(program) => program,
            State::Held | State::Releasing => &self.owner,
        }
    }

    /// The address to connect to: the first one, and loopback instead of "all addresses".
    pub fn reach(&self) -> Option<SocketAddr> {
        let mut at = *self.addresses.first()?;
        if at.ip().is_unspecified() {
            at.set_ip(match at {
                SocketAddr::V4(_) => IpAddr::V4(std::net::Ipv4Addr::LOCALHOST),
                SocketAddr::V6(_) => IpAddr::V6(std::net::Ipv6Addr::LOCALHOST),
            });
        }
        Some(at)
    }

    /// `http://127.0.0.1:8000`, when it has a scheme.
    pub fn url(&self) -> Option<String> {
        let scheme = self.scheme.as_ref().filter(|scheme| is_scheme(scheme))?;
        Some(format!("{scheme}://{}", self.reach()?))
    }

    /// When it was published.
    pub fn published_at(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(self.since)
    }
}

impl State {
    /// The word in lists: `held`, `releasing`, `handed over`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Releasing => "releasing",
            Self::HandedOver(_) => "handed over",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// RFC 3986, 3.1. What another version or a disk wrote is not put into a URL unseen.
fn is_scheme(text: &str) -> bool {
    let rest = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.bytes().all(rest)
}

/// The word for where a port listens.
pub(crate) fn host_word(host: Host) -> String {
    match host {
        Host::Localhost => "localhost".to_owned(),
        Host::Any => "any".to_owned(),
        Host::Address(ip) => ip.to_string(),
    }
}
