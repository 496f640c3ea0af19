//! Whether two listeners get in each other's way. Pure; a test compares it with the kernel.

use std::net::{IpAddr, SocketAddr};

/// Whether two listeners get in each other's way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Overlap {
    /// They do.
    Certain,
    /// Only when the listener on `::` takes IPv4 too.
    Possible,
    /// They do not.
    None,
}

/// Whether listening at `wanted` (an IPv6 socket of ours takes no IPv4) collides with a socket of somebody at `other`.
pub(crate) fn overlap(wanted: SocketAddr, other: SocketAddr) -> Overlap {
    if wanted.port() != other.port() {
        return Overlap::None;
    }
    match (wanted.ip(), other.ip().to_canonical()) {
        (IpAddr::V4(a), IpAddr::V4(b)) if a == b || a.is_unspecified() || b.is_unspecified() => Overlap::Certain,
        (IpAddr::V6(a), IpAddr::V6(b)) if a == b || a.is_unspecified() || b.is_unspecified() => Overlap::Certain,
        (IpAddr::V4(_), IpAddr::V6(b)) if b.is_unspecified() => Overlap::Possible,
        _ => Overlap::None,
    }
}

/// The worst that `other` does to any of `wanted`.
pub(crate) fn worst(wanted: &[SocketAddr], other: SocketAddr) -> Overlap {
    wanted.iter().map(|wanted| overlap(*wanted, other)).min().unwrap_or(Overlap::None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Protocol, bound::Bound};
    use socket2::{Domain, Socket, Type};
    use std::{
        io::ErrorKind,
        net::{Ipv4Addr, Ipv6Addr},
    };

    fn theirs(address: SocketAddr, only_v6: bool) -> Socket {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, None).unwrap();
        socket.set_reuse_address(true).unwrap();
        if address.is_ipv6() {
            socket.set_only_v6(only_v6).unwrap();
        }
        socket.bind(&address.into()).unwrap();
        socket.listen(1).unwrap();
        socket
    }

    #[test]
    fn what_is_said_of_two_listeners_is_what_the_kernel_does() {
        let port = bootproof_testkit::free_port();
        let ips: [IpAddr; 6] = [
            Ipv4Addr::LOCALHOST.into(),
            Ipv4Addr::new(127, 0, 0, 2).into(),
            Ipv4Addr::UNSPECIFIED.into(),
            Ipv6Addr::LOCALHOST.into(),
            Ipv6Addr::UNSPECIFIED.into(),
            Ipv4Addr::LOCALHOST.to_ipv6_mapped().into(),
        ];
        for (other, only_v6) in ips.into_iter().flat_map(|ip| [(ip, false), (ip, true)]) {
            if only_v6 && other.to_canonical() != other {
                continue; // an IPv6-only socket cannot have an IPv4 address
            }
            let other = SocketAddr::new(other, port);
            let _theirs = theirs(other, only_v6);
            for ours in ips[..5].iter().map(|ip| SocketAddr::new(*ip, port)) {
                let busy = Bound::at(ours, Protocol::Tcp, &crate::bound::Blanks::default())
                    .is_err_and(|error| error.kind() == ErrorKind::AddrInUse);
                let right = match overlap(ours, other) {
                    Overlap::Certain => busy,
                    Overlap::Possible => busy != only_v6,
                    Overlap::None => !busy,
                };
                assert!(
                    right,
                    "{ours} beside {other} (only_v6 {only_v6}): busy {busy}, said {:?}",
                    overlap(ours, other)
                );
            }
        }
    }

    #[test]
    fn another_port_is_never_in_the_way() {
        let (ours, theirs) = ("127.0.0.1:8000".parse().unwrap(), "0.0.0.0:8001".parse().unwrap());
        assert_eq!(overlap(ours, theirs), Overlap::None);
    }
}
