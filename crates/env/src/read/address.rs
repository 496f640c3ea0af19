//! Hosts and addresses.

use super::{Quote, Read, number};
use crate::Bounds;
use std::net::IpAddr;
use url::Host;

const ADDRESS: &str = "an address (`host:port`, an IPv6 host in brackets)";
pub(super) const HOST: &str = "a host name or IP address";

/// A host name as it was written, or an IP address (IPv6 without brackets).
pub(super) fn host(text: &str) -> Option<String> {
    if let Ok(ip) = text.parse::<IpAddr>() {
        return Some(ip.to_string());
    }
    match Host::parse(text).ok()? {
        Host::Ipv6(ip) => Some(ip.to_string()),
        Host::Ipv4(ip) => Some(ip.to_string()),
        // Percent signs would be decoded, and are in no host name.
        Host::Domain(_) => (!text.contains('%')).then(|| text.to_owned()),
    }
}

pub(super) fn host_and_port(quote: Quote<'_>) -> Read<(String, u16)> {
    let Some((before, port)) = quote.text.rsplit_once(':') else { return Err(quote.not(ADDRESS)) };
    let bare_ipv6 = before.contains(':') && !before.starts_with('[');
    match host(before) {
        Some(host) if !bare_ipv6 => {
            Ok((host, number::port(Quote { text: port, ..quote }, &Bounds::default(), ADDRESS)?))
        }
        _ => Err(quote.not(ADDRESS)),
    }
}
