//! What a service declares of a port. Pure.

use crate::PortError;
use serde::{Deserialize, Serialize};
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    ops::RangeInclusive,
};

/// A declared port: `[ports.api]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortSpec {
    /// Its name, unique among the ports: `api`.
    pub name: String,
    /// The number, unless `variable` says another. 0: any that is free, within `range` when there is one.
    pub port: u16,
    /// Where it may move when the number is busy. Outside of it is nowhere.
    pub range: Option<RangeInclusive<u16>>,
    /// Where it may move when no `range` is declared. Both `None`: nowhere.
    pub environment_range: Option<RangeInclusive<u16>>,
    /// Whether it is refused rather than moved, whatever the ranges say.
    pub strict: bool,
    /// What it speaks, and so what is bound.
    pub protocol: Protocol,
    /// How a program that `run` starts gets it.
    pub hand_over: HandOver,
    /// The scheme of its URL, such as `http`; without one its address is published alone.
    pub scheme: Option<String>,
    /// The variable that says the number, and that says the actual one afterwards.
    pub variable: Option<String>,
    /// Where it listens.
    pub host: Host,
}

impl PortSpec {
    /// A strict port of this machine's loopback addresses, without a variable.
    pub fn new(name: impl Into<String>, port: u16) -> Self {
        Self {
            name: name.into(),
            port,
            range: None,
            environment_range: None,
            strict: false,
            protocol: Protocol::Tcp,
            hand_over: HandOver::Socket,
            scheme: None,
            variable: None,
            host: Host::Localhost,
        }
    }

    /// Where it may move, in force: its own range, else that of the environment, unless it is strict.
    pub fn may_move_within(&self) -> Option<&RangeInclusive<u16>> {
        self.range.as_ref().or(self.environment_range.as_ref()).filter(|_| !self.strict)
    }

    /// Lets it move within `range` when no range of its own is declared.
    pub fn environment_range(mut self, range: RangeInclusive<u16>) -> Self {
        self.environment_range = Some(range);
        self
    }

    /// Refuses to move it.
    pub fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// Sets what is bound.
    pub fn protocol(mut self, protocol: Protocol) -> Self {
        self.protocol = protocol;
        self
    }

    /// Lets it move within `range` when its number is busy.
    pub fn range(mut self, range: RangeInclusive<u16>) -> Self {
        self.range = Some(range);
        self
    }

    /// Reads the number from `variable`, and publishes the actual one there.
    pub fn variable(mut self, variable: impl Into<String>) -> Self {
        self.variable = Some(variable.into());
        self
    }

    /// Sets where it listens.
    pub fn host(mut self, host: Host) -> Self {
        self.host = host;
        self
    }

    /// The shelf key of what is held for it.
    pub(crate) fn key(&self) -> String {
        format!("ports/{}", self.name)
    }

    /// Refuses a range that is empty or begins at 0.
    pub(crate) fn check(&self) -> Result<(), PortError> {
        match self.may_move_within() {
            Some(range) if range.is_empty() || *range.start() == 0 => {
                Err(PortError::BadRange { name: self.name.clone(), range: range.clone() })
            }
            _ => Ok(()),
        }
    }
}

/// What a port speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    /// Connections: a listening socket for each family.
    #[default]
    Tcp,
    /// Datagrams: a bound socket for each family.
    Udp,
}

/// How a program that bootproof starts gets a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HandOver {
    /// As open sockets, the way systemd does it (`LISTEN_FDS`): nobody can take the port in between.
    #[default]
    Socket,
    /// As a number only: the sockets are closed at the last moment, and whether the program got the port is watched.
    Release,
}

/// Where a port listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host {
    /// `127.0.0.1` and `::1`.
    Localhost,
    /// `0.0.0.0` and `::`, each a socket of its own.
    Any,
    /// One address of this machine.
    Address(IpAddr),
}

impl Host {
    /// The addresses, IPv4 first. Everybody binds them in this order, so that of two who want the same one wins both.
    pub fn ips(self) -> Vec<IpAddr> {
        match self {
            Self::Localhost => vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()],
            Self::Any => vec![Ipv4Addr::UNSPECIFIED.into(), Ipv6Addr::UNSPECIFIED.into()],
            Self::Address(ip) => vec![ip],
        }
    }

    /// The addresses with `port`.
    pub fn addresses(self, port: u16) -> Vec<SocketAddr> {
        self.ips().into_iter().map(|ip| SocketAddr::new(ip, port)).collect()
    }

    /// Whether an IP family that the machine lacks may be left out: not when the address was declared itself.
    pub(crate) fn may_lack_a_family(self) -> bool {
        !matches!(self, Self::Address(_))
    }
}
