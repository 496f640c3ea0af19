//! The address under which a listener is published to other machines. Never loopback: there every machine finds itself.

use crate::{Endpoint, Etcd, diagnose, etcd::unreachable_from_elsewhere};
use bootproof_core::Diagnosis;
use std::{
    collections::BTreeSet,
    net::{IpAddr, SocketAddr},
};
use tokio::net::UdpSocket;

/// Where others reach a listener, and why it is thought so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reachable {
    /// A name or numeric address.
    pub host: String,
    /// The port there; another than the listener's only when that was declared.
    pub port: u16,
    /// Where the address comes from, such as `declared`.
    pub reason: &'static str,
}

/// Where other machines reach `listener`: what is declared (`host` or `host:port`), else the address it is bound to, else, of a
/// wildcard, `route` (see [`Etcd::route`]) or the first fitting of `own` (see [`interfaces`]).
///
/// # Errors
/// `DISC-007` when nobody elsewhere can reach it.
pub fn advertise(
    declared: Option<&str>,
    listener: SocketAddr,
    route: Option<IpAddr>,
    own: &[IpAddr],
) -> Result<Reachable, Diagnosis> {
    if let Some(text) = declared {
        let (host, port) = read(text, listener.port()).map_err(|why| diagnose::unreachable(text, &why))?;
        return reachable(host, port, "declared");
    }
    let ip = listener.ip().to_canonical();
    if !ip.is_unspecified() {
        return reachable(ip.to_string(), listener.port(), "the address it listens on");
    }
    // `[::]` is both families unless it was bound to one only; then the check of whoever looks it up tells.
    let fits = |candidate: &IpAddr| {
        (listener.is_ipv6() || candidate.is_ipv4()) && !is_link_local(*candidate) && !candidate.is_loopback()
    };
    if let Some(ip) = route.filter(fits) {
        return reachable(ip.to_string(), listener.port(), "this machine's address on its way to etcd");
    }
    match own.iter().copied().find(fits) {
        Some(ip) => reachable(ip.to_string(), listener.port(), "the first address of this machine"),
        None => Err(diagnose::unreachable(&listener.to_string(), "this machine has no other address than loopback")),
    }
}

fn reachable(host: String, port: u16, reason: &'static str) -> Result<Reachable, Diagnosis> {
    match unreachable_from_elsewhere(&host) {
        Some(why) => Err(diagnose::unreachable(&Endpoint::new(host, port).authority(), why)),
        None => Ok(Reachable { host, port, reason }),
    }
}

/// Reads `host`, `host:port` or a numeric address.
fn read(text: &str, port: u16) -> Result<(String, u16), String> {
    if let Ok(ip) = text.parse::<IpAddr>() {
        return Ok((ip.to_string(), port));
    }
    let whole = if text.contains(':') { text.to_owned() } else { format!("{text}:{port}") };
    let endpoint = Endpoint::parse(&whole).map_err(|error| error.to_string())?;
    match endpoint.scheme {
        Some(_) => Err("only a host and perhaps a port is expected, no URL".into()),
        None => Ok((endpoint.host, endpoint.port)),
    }
}

fn is_link_local(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_link_local(),
        // An address of fe80::/10 needs an interface beside it.
        IpAddr::V6(ip) => ip.is_unicast_link_local(),
    }
}

/// The addresses of this machine's interfaces that are up, IPv4 first.
pub fn interfaces() -> Vec<IpAddr> {
    let found = nix::ifaddrs::getifaddrs().into_iter().flatten();
    let up = found.filter(|one| one.flags.contains(nix::net::if_::InterfaceFlags::IFF_UP));
    let ips = up.filter_map(|one| {
        let address = one.address?;
        let v4 = address.as_sockaddr_in().map(|address| IpAddr::from(address.ip()));
        v4.or_else(|| address.as_sockaddr_in6().map(|address| IpAddr::from(address.ip())))
    });
    ips.collect::<BTreeSet<_>>().into_iter().collect()
}

impl Etcd {
    /// The address that this machine has on its way to the first member that there is a way to. Sends nothing.
    pub async fn route(&self) -> Option<IpAddr> {
        for member in self.members() {
            for ip in self.addresses(member).await {
                let any: SocketAddr = if ip.is_ipv4() { ([0; 4], 0).into() } else { ([0_u16; 8], 0).into() };
                // Connecting a datagram socket only looks up the route.
                let Ok(socket) = UdpSocket::bind(any).await else { continue };
                if socket.connect((ip, member.port)).await.is_ok() {
                    return socket.local_addr().ok().map(|address| address.ip());
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    fn ips(texts: &[&str]) -> Vec<IpAddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn what_is_declared_wins_then_the_bound_address_then_the_way_to_etcd() {
        let own = ips(&["127.0.0.1", "169.254.1.1", "10.0.0.5", "fe80::1", "fd00::5"]);
        let route = Some("10.9.9.9".parse().unwrap());
        for (declared, listener, route, host) in [
            (Some("web1"), "127.0.0.1:80", None, "web1:80"),
            (Some("Web1.Internal:8443"), "0.0.0.0:80", route, "web1.internal:8443"),
            (Some("fd00::9"), "[::]:80", None, "[fd00::9]:80"),
            (None, "10.0.0.6:80", route, "10.0.0.6:80"),
            (None, "0.0.0.0:80", route, "10.9.9.9:80"),
            (None, "0.0.0.0:80", Some("fd00::1".parse().unwrap()), "10.0.0.5:80"),
            (None, "0.0.0.0:80", Some("127.0.0.1".parse().unwrap()), "10.0.0.5:80"),
            (None, "[::]:80", None, "10.0.0.5:80"),
        ] {
            let reached = advertise(declared, at(listener), route, &own).unwrap();
            assert_eq!(Endpoint::new(reached.host, reached.port).authority(), host);
        }
    }

    #[test]
    fn what_leads_every_machine_to_itself_is_refused_with_a_diagnosis() {
        for (declared, listener, own) in [
            (None, "127.0.0.1:80", &["10.0.0.5"][..]),
            (None, "[::1]:80", &["10.0.0.5"]),
            (None, "[::ffff:127.0.0.1]:80", &["10.0.0.5"]),
            (None, "0.0.0.0:80", &["127.0.0.1", "169.254.1.1"]),
            (None, "0.0.0.0:80", &["fd00::1"]),
            (Some("localhost"), "0.0.0.0:80", &["10.0.0.5"]),
            (Some("127.0.0.1:80"), "0.0.0.0:80", &["10.0.0.5"]),
            (Some("0.0.0.0"), "0.0.0.0:80", &["10.0.0.5"]),
            (Some("http://web1:80"), "0.0.0.0:80", &["10.0.0.5"]),
            (Some("a b"), "0.0.0.0:80", &["10.0.0.5"]),
        ] {
            let diagnosis = advertise(declared, at(listener), None, &ips(own)).unwrap_err();
            assert_eq!(diagnosis.code, "DISC-007", "{declared:?} {listener}");
        }
    }

    #[test]
    fn this_machine_has_loopback() {
        assert!(interfaces().contains(&IpAddr::from([127, 0, 0, 1])));
    }
}
