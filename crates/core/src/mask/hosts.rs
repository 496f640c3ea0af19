//! Hosts and ports: what is certainly no piece of a password.

use std::net::Ipv6Addr;

/// Whether `authority` is hosts, separated by commas, each with a port at most. A `user:password` without an `@` is none.
pub(super) fn are_plain(authority: &str) -> bool {
    authority.split(',').all(is_host_and_port)
}

/// `host`, `host:5432`, `[::1]:5432`, `${HOST}:${PORT}`, an empty one, or a socket's folder (`%2Frun%2Fpostgresql`).
pub(super) fn is_host_and_port(text: &str) -> bool {
    if is_ipv6(text) {
        return true;
    }
    let (host, port) = match text.rsplit_once(':') {
        // A colon within brackets ends no host.
        Some((host, port)) if !port.contains(']') => (host, port),
        _ => (text, ""),
    };
    let digits = port.len() <= 5 && port.bytes().all(|b| b.is_ascii_digit());
    (digits || is_reference(port)) && is_host(host)
}

fn is_host(host: &str) -> bool {
    if let Some(inner) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return is_ipv6(inner);
    }
    let name = |text: &str| text.chars().all(|c| c.is_alphanumeric() || "._-*~".contains(c));
    match host.get(..3) {
        Some(slash) if slash.eq_ignore_ascii_case("%2f") => host.split('%').all(name),
        _ => without_references(host).all(name),
    }
}

/// An IPv6 address, with a zone if need be (`fe80::1%eth0`, `%25eth0` in URLs).
fn is_ipv6(text: &str) -> bool {
    let (address, zone) = text.split_once('%').unwrap_or((text, ""));
    address.parse::<Ipv6Addr>().is_ok() && zone.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
}

/// `${NAME}`, and nothing that could hold a default.
fn is_reference(text: &str) -> bool {
    let name = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
    name.is_some_and(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
}

/// The text's pieces without its references: `${NAME}-replica` is a name when `-replica` is one.
fn without_references(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive('}').map(|piece| match piece.find("${") {
        Some(at) if is_reference(&piece[at..]) => &piece[..at],
        _ => piece,
    })
}
