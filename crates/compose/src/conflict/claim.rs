//! What a project wants to publish: one claim for each port of each service.

use crate::{Place, Port, PortMapping, Project, Service};
use std::{net::IpAddr, ops::RangeInclusive};

/// Which port of which service: its number in the list of [`Service::ports`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seat {
    /// The service.
    pub service: String,
    /// The number of the port in its list, from 0.
    pub index: usize,
}

/// A published port of a service.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Claim<'a> {
    pub service: &'a Service,
    pub index: usize,
    pub mapping: &'a PortMapping,
    /// The ports of this machine that it may be.
    pub ports: &'a RangeInclusive<u16>,
}

impl<'a> Claim<'a> {
    pub fn seat(&self) -> Seat {
        Seat { service: self.service.name.clone(), index: self.index }
    }

    pub fn port(&self) -> &'a Port {
        &self.mapping.port
    }

    pub fn place(&self) -> &'a Place {
        &self.mapping.place
    }

    /// How many ports there are to choose from.
    pub fn room(&self) -> u64 {
        u64::from(*self.ports.end()) - u64::from(*self.ports.start()) + 1
    }

    /// Whether it is one port and no range.
    pub fn is_one(&self) -> bool {
        self.room() == 1
    }

    /// `8080`, or `8000-8009`.
    pub fn shown(&self) -> String {
        shown(self.ports)
    }

    /// Whether the two cannot have the same port at the same time, and want one.
    pub fn meets(&self, other: &Claim<'_>) -> bool {
        self.port().protocol == other.port().protocol
            && self.ports.start() <= other.ports.end()
            && other.ports.start() <= self.ports.end()
            && share_an_address(self.port().host_ip, other.port().host_ip)
    }
}

/// `8080`, or `8000-8009`.
pub(crate) fn shown(ports: &RangeInclusive<u16>) -> String {
    match (ports.start(), ports.end()) {
        (first, last) if first == last => first.to_string(),
        (first, last) => format!("{first}-{last}"),
    }
}

/// Whether two published addresses have one in common. `None` is all of both families; `::` of an engine takes no IPv4.
pub(crate) fn share_an_address(a: Option<IpAddr>, b: Option<IpAddr>) -> bool {
    match (a, b) {
        (None, _) | (_, None) => true,
        (Some(a), Some(b)) => a == b || (a.is_ipv4() == b.is_ipv4() && (a.is_unspecified() || b.is_unspecified())),
    }
}

/// All published ports of a project in the order of its files, also those of services that no profile enables.
///
/// A service without a network of its own (`network_mode: host`, `service:x`) publishes nothing, whatever its `ports` say.
pub(crate) fn claims(project: &Project) -> Vec<Claim<'_>> {
    let mut all: Vec<_> = project.services.values().filter(|service| publishes(service)).flat_map(of).collect();
    let rank = |claim: &Claim<'_>| {
        let place = claim.place();
        let file = project.files.iter().position(|file| **file == *place.file).unwrap_or(usize::MAX);
        (file, place.clone())
    };
    all.sort_by_cached_key(rank);
    all
}

fn of(service: &Service) -> impl Iterator<Item = Claim<'_>> {
    service.ports.iter().enumerate().filter_map(move |(index, mapping)| {
        let ports = mapping.port.published.as_ref()?;
        Some(Claim { service, index, mapping, ports })
    })
}

fn publishes(service: &Service) -> bool {
    let mode = service.network_mode.as_deref().unwrap_or_default();
    let has_none = mode == "host" || mode == "none" || mode.starts_with("service:") || mode.starts_with("container:");
    !has_none && service.replicas > 0
}
