//! The short syntax, as `docker run -p` and Compose read it.

use super::{Port, Protocol};
use std::{net::IpAddr, ops::RangeInclusive};

/// Why a text is no port in the short syntax.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PortSyntaxError {
    /// What stands before the ports is no address.
    #[error("`{0}` is no IP address (an IPv6 one stands in brackets)")]
    Address(String),
    /// There is no port of the container.
    #[error("the port of the container is missing")]
    NoTarget,
    /// A port is no number from 0 to 65535.
    #[error("`{0}` is no port: a number from 1 to 65535, or a range such as `8000-8010`")]
    NotAPort(String),
    /// A range ends before it begins.
    #[error("the range `{0}` ends before it begins")]
    Backwards(String),
    /// The ranges of the machine and of the container are not equally long.
    #[error("the ranges `{published}` and `{target}` are not equally long")]
    Lengths {
        /// On the machine.
        published: String,
        /// In the container.
        target: String,
    },
    /// It is none of the protocols.
    #[error("`{0}` is no protocol: `tcp`, `udp` and `sctp` are known")]
    Protocol(String),
}

/// Reads `[HOST_IP:][PUBLISHED:]TARGET[/PROTOCOL]`, an IPv6 address in brackets; ranges of equal length give a port
/// for each pair. A range published for
/// one target stays a range: the engine takes a free port of it.
///
/// ```
/// let ports = bootproof_compose::parse_short("127.0.0.1:8080-8081:80-81")?;
/// assert_eq!(ports.iter().map(ToString::to_string).collect::<Vec<_>>(), ["127.0.0.1:8080:80/tcp",
/// "127.0.0.1:8081:81/tcp"]);
/// # Ok::<(), bootproof_compose::PortSyntaxError>(())
/// ```
///
/// # Errors
/// The first thing in it that is not as it should be.
pub fn parse_short(text: &str) -> Result<Vec<Port>, PortSyntaxError> {
    let (front, target) = text.rsplit_once(':').unwrap_or(("", text));
    let (host_ip, published) = front.rsplit_once(':').unwrap_or(("", front));
    let (target, protocol) = target.split_once('/').unwrap_or((target, ""));
    let host_ip = match host_ip {
        // Without brackets, nobody can tell where the address ends.
        ip if ip.contains(':') && !ip.starts_with('[') => return Err(PortSyntaxError::Address(ip.to_owned())),
        ip => address(ip)?,
    };
    if target.is_empty() {
        return Err(PortSyntaxError::NoTarget);
    }
    let targets = range(target)?;
    let hosts = if published.is_empty() { None } else { Some(range(published)?) };
    let protocol = match protocol {
        "" => Protocol::Tcp,
        name => Protocol::named(name).ok_or_else(|| PortSyntaxError::Protocol(name.to_owned()))?,
    };
    if let Some(hosts) = &hosts
        && targets.len() > 1
        && targets.len() != hosts.len()
    {
        return Err(PortSyntaxError::Lengths { published: published.to_owned(), target: target.to_owned() });
    }
    let single = targets.len() == 1;
    let of = |(at, target): (usize, u16)| {
        let published = hosts.as_ref().map(|hosts| match single {
            true => hosts.clone(),
            false => hosts.clone().nth(at).map_or_else(|| hosts.clone(), |one| one..=one),
        });
        Port { host_ip, published: published.filter(|range| *range != (0..=0)), target, protocol }
    };
    Ok(targets.enumerate().map(of).collect())
}

/// An address, an IPv6 one with or without brackets; `None` when there is none.
pub(crate) fn address(text: &str) -> Result<Option<IpAddr>, PortSyntaxError> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    match bare {
        "" => Ok(None),
        _ => bare.parse().map(Some).map_err(|_| PortSyntaxError::Address(bare.to_owned())),
    }
}

/// `80` or `80-90`.
pub(crate) fn range(text: &str) -> Result<RangeInclusive<u16>, PortSyntaxError> {
    let (start, end) = text.split_once('-').unwrap_or((text, text));
    let number = |part: &str| match part.bytes().all(|byte| byte.is_ascii_digit()) {
        true => part.parse::<u16>().ok(),
        false => None,
    };
    match (number(start), number(end)) {
        (Some(start), Some(end)) if start <= end => Ok(start..=end),
        (Some(_), Some(_)) => Err(PortSyntaxError::Backwards(text.to_owned())),
        _ => Err(PortSyntaxError::NotAPort(text.to_owned())),
    }
}

#[cfg(test)]
#[path = "short_tests.rs"]
mod tests;
