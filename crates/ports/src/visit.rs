//! Sends a nonce to a held port as a client would, and looks whether it comes out of our own socket.
//!
//! Strangers who come at the same time are not mistaken for it, and are kept: [`Held::take_early`] and
//! [`Held::take_early_datagrams`].

mod tcp;
mod udp;

use crate::{Held, bound::Bound, listen::is_here};
use std::{
    hash::{BuildHasher, RandomState},
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

/// What came of a visit.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Visit {
    /// The nonce came out of our socket, and the answer came back to the client at this address.
    Met(SocketAddr),
    /// There is no address from which this machine could reach itself.
    NoWayThere(IpAddr),
}

/// Visits `socket`, which is at `address` for `held`.
///
/// # Errors
/// What was seen instead.
pub(crate) async fn visit(held: &Held, socket: &Bound, address: SocketAddr, limit: Duration) -> io::Result<Visit> {
    let target = target(address);
    if !is_here(target.ip()) {
        return Ok(Visit::NoWayThere(target.ip()));
    }
    match socket {
        Bound::Tcp(listener) => tcp::visit(held, listener, target, limit).await,
        Bound::Udp(socket) => udp::visit(held, socket, address, limit).await,
    }
    .map(Visit::Met)
}

/// Where a client of this machine reaches what is at `address`.
fn target(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

/// 16 bytes that nobody else sends: `RandomState` is seeded by the system.
pub(crate) fn nonce() -> [u8; 16] {
    let random = || u128::from(RandomState::new().hash_one("nonce"));
    ((random() << 64) | random()).to_ne_bytes()
}

/// Whether two addresses are the same; flow and scope of IPv6 are left out, since the two ends may say them differently.
fn same(a: SocketAddr, b: SocketAddr) -> bool {
    (a.ip().to_canonical(), a.port()) == (b.ip().to_canonical(), b.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_nonces_are_the_same() {
        assert_ne!(nonce(), nonce());
        assert_ne!(nonce()[..8], nonce()[8..]);
    }
}
