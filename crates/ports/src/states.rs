//! What a port is: free, ours, somebody's, or not to be had at all. Looks in the system's tables, and touches nothing.
//!
//! [`state_of`] answers for what a service would bind; [`who_has`] lists everybody at a number, on whatever address. What the
//! system does not tell is "unknown", and never "free".

mod json;
mod kernel;
mod listing;

pub use json::who_json;
pub use kernel::KernelView;
pub use listing::{Doing, Taken, Who, who_has};

use crate::{
    Host, Owner, PortSpec, Protocol,
    listen::{Refusal, is_here, listen_all},
    overlap::Overlap,
    owner::{most_in_the_way, owners},
    place::Place,
    rights,
    table::{self, Row, Stage},
};
use std::{
    fmt,
    net::{IpAddr, SocketAddr},
};

/// What one port is, as a service would bind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortState {
    /// The number.
    pub port: u16,
    /// What would be bound.
    pub protocol: Protocol,
    /// What is in the way, if anything.
    pub status: PortStatus,
    /// What the kernel does with the number by itself.
    pub kernel: KernelView,
}

/// What is in the way of a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PortStatus {
    /// Nobody has it on any of the addresses.
    Free,
    /// Nobody listens. Whether somebody has it bound without listening, kernels before Linux 6.8 do not tell.
    NobodyListens,
    /// This process has it.
    Ours {
        /// Where.
        at: SocketAddr,
    },
    /// Another one listens there, or takes datagrams.
    Held {
        /// Where.
        at: SocketAddr,
        /// Who.
        owner: Owner,
    },
    /// Somebody has bound it and does not listen, yet.
    Bound {
        /// Where.
        at: SocketAddr,
        /// Who.
        owner: Owner,
    },
    /// Nobody listens, and it is the near end of somebody's connection.
    Connected {
        /// Where.
        at: SocketAddr,
        /// Who.
        owner: Owner,
    },
    /// Nobody has it; connections of a former process are remembered for a minute.
    TimeWait {
        /// Where.
        at: SocketAddr,
    },
    /// Nobody has it, and this process lacks the right to a number this low.
    Privileged,
    /// No interface of this machine has the address.
    NotHere {
        /// The address.
        ip: IpAddr,
    },
    /// The system does not tell.
    Unknown {
        /// Why not.
        because: String,
    },
}

impl PortStatus {
    /// Whether nothing that can be seen keeps a service from binding. Only binding is certain.
    pub fn is_free(&self) -> bool {
        matches!(self, Self::Free | Self::NobodyListens)
    }
}

impl fmt::Display for PortStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Free => f.write_str("free"),
            Self::NobodyListens => {
                f.write_str("nobody listens; this kernel does not tell whether somebody has it bound")
            }
            Self::Ours { at } => write!(f, "ours, at {at}"),
            Self::Held { at, owner } => write!(f, "held at {at} by {owner}"),
            Self::Bound { at, owner } => write!(f, "bound at {at}, without listening, by {owner}"),
            Self::Connected { at, owner } => write!(f, "the near end of a connection at {at}, of {owner}"),
            Self::TimeWait { at } => write!(
                f,
                "nobody has it; the system remembers connections of a former process at {at} for a minute (TIME_WAIT): \
                 bootproof can bind it at once if that process set SO_REUSEADDR, and when they are forgotten otherwise"
            ),
            Self::Privileged => f.write_str("nobody has it, and it needs a right that this process does not have"),
            Self::NotHere { ip } => write!(f, "`{ip}` is not an address of this machine"),
            Self::Unknown { because } => write!(f, "unknown: {because}"),
        }
    }
}

impl fmt::Display for PortState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{} {}", self.port, speaks(self.protocol), self.status)?;
        self.kernel.notes(self.port).iter().try_for_each(|note| write!(f, "; {note}"))
    }
}

/// `tcp` or `udp`.
fn speaks(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Tcp => "tcp",
        Protocol::Udp => "udp",
    }
}

/// What `port` is on the addresses of `host`. Blocks for some milliseconds, and for a second at most when a container may be
/// behind it.
pub fn state_of(host: Host, port: u16, protocol: Protocol) -> PortState {
    let spec = PortSpec::new("", port).host(host).protocol(protocol);
    PortState { port, protocol, status: status(&spec), kernel: KernelView::of(port) }
}

fn status(spec: &PortSpec) -> PortStatus {
    let (here, absent): (Vec<_>, Vec<_>) = spec.host.ips().into_iter().partition(|ip| is_here(*ip));
    match absent.first() {
        Some(ip) if here.is_empty() || !spec.host.may_lack_a_family() => return PortStatus::NotHere { ip: *ip },
        _ => {}
    }
    let Ok(rows) = table::everything(spec.port) else { return by_binding(spec) };
    let addresses = here.into_iter().map(|ip| SocketAddr::new(ip, spec.port)).collect();
    let place = Place { protocol: spec.protocol, addresses };
    match most_in_the_way(rows, &place) {
        Some(row) => taken(place, row),
        None if rights::are_missing_for(spec.port) => PortStatus::Privileged,
        None if kernel::lists_what_is_bound_only() || spec.protocol == Protocol::Udp => PortStatus::Free,
        None => PortStatus::NobodyListens,
    }
}

fn taken(place: Place, row: Row) -> PortStatus {
    if row.worst(&place) == Overlap::Possible {
        let because = format!("somebody listens at {}, and whether that takes IPv4 too is not told", row.local);
        return PortStatus::Unknown { because };
    }
    let (at, stage) = (row.local, row.stage);
    let owner = owners(&[place], &[Some(row)]).pop().unwrap_or(Owner::Unknown);
    match (stage, owner) {
        (Stage::TimeWait, _) | (_, Owner::Remembered) => PortStatus::TimeWait { at },
        (Stage::Listening, Owner::Process { pid, .. }) if pid == std::process::id() => PortStatus::Ours { at },
        (Stage::Listening, owner) => PortStatus::Held { at, owner },
        (Stage::Bound, owner) => PortStatus::Bound { at, owner },
        (Stage::Connected, owner) => PortStatus::Connected { at, owner },
    }
}

/// Asks a system without such tables by binding for a moment.
fn by_binding(spec: &PortSpec) -> PortStatus {
    match listen_all(spec, spec.port).map_err(|refused| (refused.at, refused.why)) {
        Ok(_) => PortStatus::Free,
        Err((at, Refusal::Busy)) => PortStatus::Held { at, owner: Owner::Unknown },
        Err((_, Refusal::Privileged)) => PortStatus::Privileged,
        Err((at, Refusal::NotHere)) => PortStatus::NotHere { ip: at.ip() },
        Err((_, Refusal::System(error))) => PortStatus::Unknown { because: error.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_without_tables_is_asked_by_binding_and_a_busy_port_has_an_unknown_owner() {
        for protocol in [Protocol::Tcp, Protocol::Udp] {
            let spec = PortSpec::new("", bootproof_testkit::free_port()).protocol(protocol);
            assert_eq!(by_binding(&spec), PortStatus::Free);
            let _busy = listen_all(&spec, spec.port).unwrap();
            let status = by_binding(&spec);
            assert!(status.to_string().ends_with("by unknown owner") && !status.is_free(), "{status}");
        }
    }

    #[test]
    fn only_what_nobody_has_is_called_free() {
        let at: SocketAddr = "[::1]:80".parse().unwrap();
        for status in [
            PortStatus::Held { at, owner: Owner::Unknown },
            PortStatus::Bound { at, owner: Owner::Unknown },
            PortStatus::Connected { at, owner: Owner::Unknown },
            PortStatus::TimeWait { at },
            PortStatus::Unknown { because: "no /proc".into() },
            PortStatus::Privileged,
            PortStatus::Ours { at },
            PortStatus::NotHere { ip: at.ip() },
        ] {
            assert!(!status.is_free() && !status.to_string().contains("free"), "{status}");
        }
    }
}
