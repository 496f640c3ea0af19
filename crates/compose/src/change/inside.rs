//! What loopback means inside of a container: which ports are its own there. Services that share a network share loopback.

use crate::{Project, Service};

/// The service whose network `service` is in: itself, or the one at the end of `network_mode: service:x`.
fn network_of<'a>(project: &'a Project, service: &'a Service) -> &'a Service {
    let mut at = service;
    // A ring is refused when the project is read; the bound is for services that no profile enables.
    for _ in 0..project.services.len() {
        let next = at.network_mode.as_deref().and_then(|mode| mode.strip_prefix("service:"));
        match next.and_then(|name| project.services.get(name)) {
            Some(next) => at = next,
            None => break,
        }
    }
    at
}

/// Whether `service` is on the network of the machine.
pub(super) fn on_host(project: &Project, service: &Service) -> bool {
    network_of(project, service).network_mode.as_deref() == Some("host")
}

/// Whether a program listens on `port` inside of the network of `service`, as far as the project says: `ports` and `expose` of all that
/// share it.
pub(super) fn listens(project: &Project, service: &Service, port: u16) -> bool {
    let network = &network_of(project, service).name;
    let mut there = project.services.values().filter(|other| network_of(project, other).name == *network);
    there.any(|other| {
        other.ports.iter().any(|mapping| mapping.port.target == port)
            || other.expose.iter().any(|range| range.contains(&port))
    })
}
