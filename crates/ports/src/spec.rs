//! What a service declares of a port. Pure.

use crate::PortError;
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
    /// Where it may move when the number is busy; `None` is strict.
    pub range: Option<RangeInclusive<u16>>,
    /// The variable that says the number, and that says the actual one afterwards.
    pub variable: Option<String>,
    /// Where it listens.
    pub host: Host,
}

impl PortSpec {
    /// A strict port of this machine's loopback addresses, without a variable.
    pub fn new(name: impl Into<String>, port: u16) -> Self {
        Self { name: name.into(), port, range: None, variable: None, host: Host::Localhost }
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
        match &self.range {
            Some(range) if range.is_empty() || *range.start() == 0 => {
                Err(PortError::BadRange { name: self.name.clone(), range: range.clone() })
            }
            _ => Ok(()),
        }
    }
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
