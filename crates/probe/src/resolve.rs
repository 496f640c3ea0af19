//! The socket addresses behind a host name.
//!
//! Numbers and `localhost` need no resolver and no thread. Everything else goes to the system's resolver on a thread of its
//! own: a resolver can hang for half a minute, and the runtime would wait for its own blocking threads at the end.

use crate::{address::Address, diagnose};
use bootproof_core::Diagnosis;
use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs},
    time::Duration,
};
use tokio::sync::oneshot;

/// The most addresses of one name that are tried.
const MOST: usize = 8;

/// The addresses behind `to`, families in turn, the resolver's first choice first.
pub(crate) async fn resolve(to: &Address, limit: Duration) -> Result<Vec<SocketAddr>, Diagnosis> {
    if let Some(known) = without_resolver(to) {
        return Ok(known);
    }
    heard(to, limit, ask_system(to)).await
}

async fn heard(
    to: &Address,
    limit: Duration,
    answer: impl Future<Output = io::Result<Vec<SocketAddr>>>,
) -> Result<Vec<SocketAddr>, Diagnosis> {
    match tokio::time::timeout(limit, answer).await {
        Ok(Ok(found)) if found.is_empty() => Err(diagnose::unknown_host(to, "the resolver knows no address for it")),
        Ok(Ok(found)) => Ok(in_turn(found)),
        Ok(Err(error)) => Err(unresolved(to, &error.to_string())),
        Err(_) => Err(diagnose::resolver_silent(to, &format!("the resolver did not answer in {limit:?}"))),
    }
}

fn without_resolver(to: &Address) -> Option<Vec<SocketAddr>> {
    if let Ok(ip) = to.host.parse::<IpAddr>() {
        return Some(vec![(ip, to.port).into()]);
    }
    // RFC 6761: `localhost` is always loopback. IPv6 first, as resolvers sort it.
    to.host
        .eq_ignore_ascii_case("localhost")
        .then(|| vec![(Ipv6Addr::LOCALHOST, to.port).into(), (Ipv4Addr::LOCALHOST, to.port).into()])
}

async fn ask_system(to: &Address) -> io::Result<Vec<SocketAddr>> {
    let (tell, told) = oneshot::channel();
    let (host, port) = (to.host.clone(), to.port);
    std::thread::Builder::new().name("resolve".into()).spawn(move || {
        // Nobody listens any more when the probe was dropped; then there is nobody to tell.
        let _ = tell.send((host.as_str(), port).to_socket_addrs().map(Iterator::collect));
    })?;
    told.await.unwrap_or_else(|_| Err(io::Error::other("the resolver's thread ended early")))
}

/// The families in turn, beginning with that of the first, so that one dead family costs one stagger (RFC 8305, 4).
fn in_turn(found: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let first = found.first().is_some_and(SocketAddr::is_ipv6);
    let (mut one, mut other): (Vec<_>, Vec<_>) = found.into_iter().partition(|a| a.is_ipv6() == first);
    one.dedup();
    other.dedup();
    let mut other = other.into_iter();
    let mut turns: Vec<_> = one.into_iter().flat_map(|a| [Some(a), other.next()]).flatten().collect();
    turns.extend(other);
    turns.truncate(MOST);
    turns
}

/// Tells a name that does not exist from a resolver that does not answer. The standard library gives the resolver's text and
/// no code; the texts are those of glibc and musl for `EAI_AGAIN`, never translated, since no locale is set here.
fn unresolved(to: &Address, text: &str) -> Diagnosis {
    let again = ["Temporary failure in name resolution", "Try again"];
    if again.iter().any(|known| text.contains(known)) {
        diagnose::resolver_silent(to, text)
    } else {
        diagnose::unknown_host(to, text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(host: &str) -> Address {
        Address { host: host.into(), port: 80 }
    }

    #[tokio::test]
    async fn numbers_and_localhost_are_known_without_a_resolver() {
        for (host, found) in [("10.0.0.7", "10.0.0.7:80"), ("::1", "[::1]:80"), ("LocalHost", "[::1]:80 127.0.0.1:80")]
        {
            // A limit of zero: whatever asks somebody is late.
            let addresses = resolve(&address(host), Duration::ZERO).await.unwrap();
            assert_eq!(addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "), found);
        }
    }

    #[tokio::test]
    async fn a_name_that_cannot_exist_is_unknown() {
        // A label of more than 63 letters: the resolver refuses it without asking anybody.
        let host = format!("{}.example", "x".repeat(64));
        let diagnosis = resolve(&address(&host), Duration::from_secs(5)).await.unwrap_err();
        assert_eq!(diagnosis.code, "NET-001", "{diagnosis}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_resolver_that_is_late_is_not_a_name_that_is_unknown() {
        let diagnosis = heard(&address("db"), Duration::from_secs(2), std::future::pending()).await.unwrap_err();
        assert_eq!(diagnosis.code, "NET-002", "{diagnosis}");
        let diagnosis = heard(&address("db"), Duration::from_secs(2), async { Ok(vec![]) }).await.unwrap_err();
        assert_eq!(diagnosis.code, "NET-001", "{diagnosis}");
    }

    #[test]
    fn the_texts_of_glibc_and_musl_are_told_apart() {
        for (text, code) in [
            ("failed to lookup address information: Name or service not known", "NET-001"),
            ("failed to lookup address information: Name does not resolve", "NET-001"),
            ("failed to lookup address information: Temporary failure in name resolution", "NET-002"),
            ("failed to lookup address information: Try again", "NET-002"),
        ] {
            assert_eq!(unresolved(&address("db"), text).code, code);
        }
    }

    #[test]
    fn families_take_turns_and_only_so_many_are_tried() {
        let found = ["[::1]:1", "[::2]:1", "[::3]:1", "1.1.1.1:1", "1.1.1.2:1"].map(|a| a.parse().unwrap()).to_vec();
        let turns: Vec<_> = in_turn(found).iter().map(ToString::to_string).collect();
        assert_eq!(turns, ["[::1]:1", "1.1.1.1:1", "[::2]:1", "1.1.1.2:1", "[::3]:1"]);
        let many = (1..=20).map(|n| ([10, 0, 0, n], 1).into()).collect();
        assert_eq!(in_turn(many).len(), MOST);
    }
}
