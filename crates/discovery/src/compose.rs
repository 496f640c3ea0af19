//! What a Compose file says: the host's port that a service publishes.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A published port of a Compose service, as the reader of the Compose file gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The host's address it is published on; none: all of them.
    pub host_ip: Option<IpAddr>,
    /// The host's port.
    pub port: u16,
    /// Where that is written, such as `compose.yaml:12`.
    pub place: String,
}

impl Published {
    /// The address to connect to: loopback, when it is published on all.
    pub(crate) fn host(&self) -> IpAddr {
        match self.host_ip {
            None => Ipv4Addr::LOCALHOST.into(),
            Some(IpAddr::V4(ip)) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            Some(IpAddr::V6(ip)) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            Some(ip) => ip,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_published_everywhere_is_reached_on_loopback() {
        for (ip, host) in [
            (None, "127.0.0.1"),
            (Some("0.0.0.0"), "127.0.0.1"),
            (Some("::"), "::1"),
            (Some("192.168.1.9"), "192.168.1.9"),
        ] {
            let host_ip = ip.map(|ip: &str| ip.parse().unwrap());
            let published = Published { host_ip, port: 1, place: String::new() };
            assert_eq!(published.host().to_string(), host);
        }
    }
}
