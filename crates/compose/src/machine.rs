//! Asking this machine: who listens where, and which ports the kernel treats in its own way.

use crate::{
    Protocol,
    conflict::{Answer, Limits, Question},
};
use bootproof_ports::{Occupied, Owner, occupants};
use std::{
    fs,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    ops::RangeInclusive,
};

/// The names of processes that listen for containers, at most 15 characters as the kernel keeps them: Docker's proxy and daemon, rootless Docker
/// and Podman, Docker Desktop and its like.
const ENGINES: [&str; 10] = [
    "docker-proxy",
    "dockerd",
    "rootlesskit",
    "rootlessport",
    "conmon",
    "slirp4netns",
    "pasta",
    "netavark",
    "com.docker.back",
    "vpnkit",
];

/// Who has each of `questions`. Blocks for some milliseconds.
pub fn look(questions: &[Question]) -> Vec<Answer> {
    let asked: Vec<_> = questions.iter().filter_map(|one| Some((protocol(one.protocol)?, addresses(one)))).collect();
    let mut answers = occupants(&asked).into_iter();
    let of = |one: &Question| match protocol(one.protocol) {
        Some(_) => answers.next().map_or(Answer::Unknown, answer),
        None => Answer::Unknown,
    };
    questions.iter().map(of).collect()
}

fn protocol(protocol: Protocol) -> Option<bootproof_ports::Protocol> {
    match protocol {
        Protocol::Tcp => Some(bootproof_ports::Protocol::Tcp),
        Protocol::Udp => Some(bootproof_ports::Protocol::Udp),
        Protocol::Sctp => None,
    }
}

/// What an engine binds: without an address, all of both families.
fn addresses(question: &Question) -> Vec<SocketAddr> {
    let all: [IpAddr; 2] = [Ipv4Addr::UNSPECIFIED.into(), Ipv6Addr::UNSPECIFIED.into()];
    let ips = question.ip.map_or(all.to_vec(), |ip| vec![ip]);
    ips.into_iter().map(|ip| SocketAddr::new(ip, question.port)).collect()
}

fn answer(occupied: Occupied) -> Answer {
    match occupied {
        Occupied::Nobody => Answer::Free,
        Occupied::NotHere => Answer::NotHere,
        Occupied::Untold => Answer::Unknown,
        Occupied::By(owner) => Answer::Held { maybe_engine: maybe_engine(&owner), by: owner.to_string() },
    }
}

/// Whether `owner` may listen for a container. Docker's proxy belongs to root; without rights it cannot be looked into.
fn maybe_engine(owner: &Owner) -> bool {
    match owner {
        Owner::Process { command, .. } => is_engine(command),
        Owner::Hidden { user, .. } => is_root(user),
        Owner::Remembered => false,
        _ => true,
    }
}

fn is_engine(command: &str) -> bool {
    ENGINES.contains(&command)
}

fn is_root(user: &str) -> bool {
    matches!(user, "root" | "0")
}

/// The rules of this kernel; where it does not tell, those of Linux as it comes.
pub fn limits() -> Limits {
    let text = |name: &str| fs::read_to_string(format!("/proc/sys/net/ipv4/{name}")).unwrap_or_default();
    let range = text("ip_local_port_range");
    let mut ends = range.split_whitespace().map(str::parse::<u16>);
    let ephemeral = match (ends.next(), ends.next()) {
        (Some(Ok(first)), Some(Ok(last))) => first..=last,
        _ => 32768..=60999,
    };
    let reserved = text("ip_local_reserved_ports").trim().split(',').filter_map(one_range).collect();
    let first_free = text("ip_unprivileged_port_start").trim().parse().unwrap_or(1024);
    Limits { ephemeral, reserved, first_free }
}

fn one_range(text: &str) -> Option<RangeInclusive<u16>> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    Some(first.parse().ok()?..=last.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{TcpListener, UdpSocket};

    #[test]
    fn a_listener_is_seen_with_its_name_on_each_family_and_protocol() {
        let busy = TcpListener::bind("127.0.0.1:0").unwrap();
        let udp = UdpSocket::bind("[::1]:0").unwrap();
        let ask = |ip: Option<&str>, port, protocol| {
            look(&[Question { ip: ip.map(|ip| ip.parse().unwrap()), port, protocol }]).remove(0)
        };
        let port = busy.local_addr().unwrap().port();
        for ip in [None, Some("0.0.0.0"), Some("127.0.0.1")] {
            let Answer::Held { by, maybe_engine } = ask(ip, port, Protocol::Tcp) else { panic!("{ip:?}") };
            assert!(by.contains(&format!("pid {}", std::process::id())) && !maybe_engine, "{by}");
        }
        assert_eq!(ask(Some("127.0.0.2"), port, Protocol::Tcp), Answer::Free);
        assert_eq!(ask(Some("::1"), port, Protocol::Tcp), Answer::Free);
        let port = udp.local_addr().unwrap().port();
        assert!(matches!(ask(None, port, Protocol::Udp), Answer::Held { .. }));
        assert_eq!(ask(None, 9, Protocol::Sctp), Answer::Unknown);
        assert_eq!(ask(Some("203.0.113.9"), 9, Protocol::Tcp), Answer::NotHere);
    }

    #[test]
    fn what_may_listen_for_a_container_is_told_from_what_does_not() {
        assert!(is_engine("docker-proxy") && !is_engine("nginx"));
        assert!(is_root("root") && !is_root("postgres"));
        assert!(maybe_engine(&Owner::Unknown) && !maybe_engine(&Owner::Remembered));
    }

    #[test]
    fn reserved_ports_are_read_one_by_one_and_as_ranges() {
        assert_eq!(one_range("8080"), Some(8080..=8080));
        assert_eq!(one_range("40000-40009"), Some(40000..=40009));
        assert_eq!(one_range(""), None);
        let limits = Limits { ephemeral: 32768..=60999, reserved: vec![40000..=40009], first_free: 1024 };
        assert!(limits.is_ephemeral(32768) && !limits.is_ephemeral(40005) && !limits.is_ephemeral(8080));
    }
}
