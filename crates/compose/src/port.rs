//! A published port: what it is, and the short syntax `[HOST_IP:][PUBLISHED:]TARGET[/PROTOCOL]`.
//!
//! Read [`parse_short`] first: it is pure and can be used by itself.

mod short;

pub use short::{PortSyntaxError, parse_short};
pub(crate) use short::{address, range};

use crate::Place;
use std::{fmt, net::IpAddr, ops::RangeInclusive, sync::Arc};

/// A transport protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// TCP, unless something else is said.
    Tcp,
    /// UDP.
    Udp,
    /// SCTP.
    Sctp,
}

impl Protocol {
    /// The protocol called `name`, in any case.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Tcp, Self::Udp, Self::Sctp].into_iter().find(|known| known.as_str().eq_ignore_ascii_case(name))
    }

    /// Its name, in lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
            Self::Sctp => "sctp",
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One port of a container, and where it is published. Shows in the short syntax.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Port {
    /// The address of this machine; `None`: all of them.
    pub host_ip: Option<IpAddr>,
    /// The port of this machine; the engine takes a free one of a range. `None`: any port that is free.
    pub published: Option<RangeInclusive<u16>>,
    /// The port in the container.
    pub target: u16,
    /// The protocol.
    pub protocol: Protocol,
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host_ip {
            Some(IpAddr::V6(ip)) => write!(f, "[{ip}]:")?,
            Some(IpAddr::V4(ip)) => write!(f, "{ip}:")?,
            None => {}
        }
        match &self.published {
            Some(range) if range.start() == range.end() => write!(f, "{}:", range.start())?,
            Some(range) => write!(f, "{}-{}:", range.start(), range.end())?,
            None if self.host_ip.is_some() => f.write_str(":")?,
            None => {}
        }
        write!(f, "{}/{}", self.target, self.protocol)
    }
}

/// A port of a service, with what else the file says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortMapping {
    /// The port itself.
    pub port: Port,
    /// `mode`: `ingress`, unless `host` is said.
    pub mode: String,
    /// `name`.
    pub name: Option<String>,
    /// `app_protocol`, such as `http`.
    pub app_protocol: Option<String>,
    /// The entry of the list that it is from.
    pub place: Place,
    /// The variables that the entry refers to, `${WEB_PORT:-8080}`, in order of their appearance.
    pub references: Arc<[String]>,
}
