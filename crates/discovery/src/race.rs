//! A connection to the first of several addresses that answers, families in turn: a small happy eyeballs (RFC 8305).

use std::{
    io,
    net::{IpAddr, SocketAddr},
    time::Duration,
};
use tokio::{net::TcpStream, task::JoinSet, time::timeout};

/// How long one address is waited for before the next is tried too (RFC 8305, 8: "Connection Attempt Delay").
const STAGGER: Duration = Duration::from_millis(250);

/// The most addresses of one name that are tried.
const MOST: usize = 8;

/// Connects to the first of `ips` that answers within `limit`.
///
/// # Errors
/// What each address said, in one line.
pub(crate) async fn connect(ips: &[IpAddr], port: u16, limit: Duration) -> Result<TcpStream, String> {
    let addresses: Vec<SocketAddr> = in_turn(ips).into_iter().map(|ip| (ip, port).into()).collect();
    let mut failed = vec![];
    match timeout(limit, race(&addresses, &mut failed)).await {
        Ok(Some(stream)) => return Ok(stream),
        Ok(None) => {}
        Err(_) => failed.push(format!("no answer in {limit:?}")),
    }
    Err(failed.join("; "))
}

async fn race(addresses: &[SocketAddr], failed: &mut Vec<String>) -> Option<TcpStream> {
    let mut waiting = addresses.iter().copied();
    // Dropping the set ends every try.
    let mut tries = JoinSet::new();
    loop {
        if let Some(next) = waiting.next() {
            tries.spawn(async move { (next, one(next).await) });
        }
        let stagger = if waiting.len() == 0 { Duration::MAX } else { STAGGER };
        match timeout(stagger, tries.join_next()).await {
            Ok(Some(Ok((_, Ok(stream))))) => return Some(stream),
            Ok(Some(Ok((address, Err(error))))) => failed.push(told(address, &error)),
            Ok(Some(Err(error))) => failed.push(error.to_string()),
            Ok(None) => return None,
            Err(_) => {}
        }
    }
}

fn told(address: SocketAddr, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => format!("{address} refuses the connection"),
        _ => format!("{address}: {error}"),
    }
}

async fn one(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    // Where nobody listens on a local port that connects are made from, TCP can connect a socket to itself.
    if stream.local_addr()? == address {
        return Err(io::ErrorKind::ConnectionRefused.into());
    }
    Ok(stream)
}

/// The families in turn, beginning with that of the first, so that one dead family costs one stagger.
fn in_turn(ips: &[IpAddr]) -> Vec<IpAddr> {
    let first = ips.first().is_some_and(IpAddr::is_ipv6);
    let (one, other): (Vec<_>, Vec<_>) = ips.iter().copied().partition(|ip| ip.is_ipv6() == first);
    let mut turns: Vec<IpAddr> = vec![];
    for at in 0..one.len().max(other.len()) {
        turns.extend(one.get(at));
        turns.extend(other.get(at));
    }
    turns.truncate(MOST);
    turns
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;
    use tokio::net::{TcpListener, TcpSocket};

    fn ips<const N: usize>(texts: [&str; N]) -> Vec<IpAddr> {
        texts.map(|text| text.parse().unwrap()).to_vec()
    }

    #[test]
    fn families_take_turns_and_only_so_many_are_tried() {
        assert_eq!(in_turn(&ips(["::1", "::2", "1.1.1.1", "1.1.1.2"])), ips(["::1", "1.1.1.1", "::2", "1.1.1.2"]));
        assert_eq!(in_turn(&ips(["::1"; 20])).len(), MOST);
        assert_eq!(in_turn(&[]).len(), 0);
    }

    #[tokio::test]
    async fn an_address_that_refuses_gives_way_at_once() {
        let alive = TcpListener::bind("127.0.0.2:0").await.unwrap();
        let address = alive.local_addr().unwrap();
        let began = Instant::now();
        let stream = connect(&ips(["127.0.0.1", "127.0.0.2"]), address.port(), Duration::from_secs(5)).await.unwrap();
        assert_eq!(stream.peer_addr().unwrap(), address);
        assert!(began.elapsed() < STAGGER, "{:?}", began.elapsed());
    }

    #[tokio::test]
    async fn a_dead_family_costs_one_stagger() {
        // A listener whose queue is full: the kernel drops further connects to it.
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
        let dead = socket.listen(1).unwrap();
        let port = dead.local_addr().unwrap().port();
        let mut queued = vec![];
        while let Ok(stream) = timeout(Duration::from_millis(100), TcpStream::connect(("127.0.0.1", port))).await {
            queued.push(stream.unwrap());
        }
        let Ok(_alive) = TcpListener::bind(("::1", port)).await else { panic!("this machine has no IPv6 loopback") };
        let stream = connect(&ips(["127.0.0.1", "::1"]), port, Duration::from_secs(5)).await.unwrap();
        assert!(stream.peer_addr().unwrap().is_ipv6());
        let error = connect(&ips(["127.0.0.1"]), port, Duration::from_millis(100)).await.unwrap_err();
        assert_eq!(error, "no answer in 100ms");
    }

    #[tokio::test]
    async fn every_failure_is_told() {
        let port = bootproof_testkit::free_port();
        let error = connect(&ips(["127.0.0.1", "127.0.0.2"]), port, Duration::from_secs(5)).await.unwrap_err();
        assert!(error.contains("127.0.0.1") && error.contains("; 127.0.0.2"), "{error}");
    }
}
