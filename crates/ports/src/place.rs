//! A port number with what it speaks and all addresses it is to have there: the thing that is free, ours or somebody's.

use crate::{PortSpec, Protocol};
use std::net::SocketAddr;

/// Addresses of one port number that are wanted together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) protocol: Protocol,
    pub(crate) addresses: Vec<SocketAddr>,
}

impl Place {
    /// Where `spec` is with the number `port`.
    pub(crate) fn of(spec: &PortSpec, port: u16) -> Self {
        Self { protocol: spec.protocol, addresses: spec.host.addresses(port) }
    }

    /// The number.
    pub(crate) fn port(&self) -> u16 {
        self.addresses.first().map_or(0, SocketAddr::port)
    }
}
