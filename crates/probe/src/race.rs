//! A connection to the first of several addresses that answers: a small happy eyeballs (RFC 8305).
//!
//! The next address is tried when the one before failed, or after [`STAGGER`] without news. No tasks: dropping the race drops
//! every try.

use std::{
    future::{Future, poll_fn},
    io,
    net::SocketAddr,
    pin::Pin,
    task::Poll,
    time::Duration,
};
use tokio::{net::TcpStream, time::timeout};

/// How long one address is waited for before the next is tried too (RFC 8305, 8: "Connection Attempt Delay").
const STAGGER: Duration = Duration::from_millis(250);

type Try = (SocketAddr, Pin<Box<dyn Future<Output = io::Result<TcpStream>> + Send>>);

/// What came of the addresses when none answered. Those without an error were still being waited for.
pub(crate) type Failures = Vec<(SocketAddr, io::Error)>;

/// Connects to the first that answers within `limit`.
pub(crate) async fn connect(addresses: &[SocketAddr], limit: Duration) -> Result<TcpStream, Failures> {
    let mut failed = vec![];
    match timeout(limit, race(addresses, &mut failed)).await {
        Ok(Some(stream)) => return Ok(stream),
        Ok(None) => {}
        Err(_) => {
            for address in addresses.iter().filter(|a| !failed.iter().any(|(f, _)| f == *a)).collect::<Vec<_>>() {
                failed.push((*address, io::ErrorKind::TimedOut.into()));
            }
        }
    }
    Err(failed)
}

async fn race(addresses: &[SocketAddr], failed: &mut Failures) -> Option<TcpStream> {
    let mut waiting = addresses.iter();
    let mut tries: Vec<Try> = vec![];
    loop {
        if let Some(next) = waiting.next() {
            tries.push((*next, Box::pin(one(*next))));
        } else if tries.is_empty() {
            return None;
        }
        let stagger = if waiting.len() == 0 { Duration::MAX } else { STAGGER };
        match timeout(stagger, first_done(&mut tries)).await {
            Ok((_, Ok(stream))) => return Some(stream),
            Ok((address, Err(error))) => failed.push((address, error)),
            Err(_) => {}
        }
    }
}

async fn first_done(tries: &mut Vec<Try>) -> (SocketAddr, io::Result<TcpStream>) {
    poll_fn(|task| {
        for at in 0..tries.len() {
            if let Poll::Ready(done) = tries[at].1.as_mut().poll(task) {
                return Poll::Ready((tries.swap_remove(at).0, done));
            }
        }
        Poll::Pending
    })
    .await
}

async fn one(address: SocketAddr) -> io::Result<TcpStream> {
    reached(TcpStream::connect(address).await?, address)
}

/// Where nobody listens on a local port of the range that connects are made from, TCP can connect a socket to itself.
pub(crate) fn reached(stream: TcpStream, address: SocketAddr) -> io::Result<TcpStream> {
    if stream.local_addr()? == address {
        return Err(io::ErrorKind::ConnectionRefused.into());
    }
    Ok(stream)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;
    use tokio::net::{TcpListener, TcpSocket};

    /// A listener whose queue is full: the kernel drops further connects to it.
    async fn full(ip: [u8; 4]) -> (TcpListener, Vec<TcpStream>, SocketAddr) {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((ip, 0).into()).unwrap();
        let listener = socket.listen(1).unwrap();
        let address = listener.local_addr().unwrap();
        let mut queued = vec![];
        while let Ok(stream) = timeout(Duration::from_millis(100), TcpStream::connect(address)).await {
            queued.push(stream.unwrap());
        }
        (listener, queued, address)
    }

    #[tokio::test]
    async fn a_host_that_drops_connects_times_out_and_delays_the_next_address_by_one_stagger() {
        let (_listener, _queued, dead) = full([127, 0, 0, 1]).await;
        let failures = connect(&[dead], Duration::from_millis(200)).await.unwrap_err();
        assert_eq!((failures[0].0, failures[0].1.kind()), (dead, io::ErrorKind::TimedOut));

        let alive = TcpListener::bind("127.0.0.2:0").await.unwrap();
        let began = Instant::now();
        let stream = connect(&[dead, alive.local_addr().unwrap()], Duration::from_secs(2)).await.unwrap();
        assert_eq!(stream.peer_addr().unwrap(), alive.local_addr().unwrap());
        let took = began.elapsed();
        assert!(took >= STAGGER && took < Duration::from_millis(900), "{took:?}");
    }

    #[tokio::test]
    async fn an_address_that_refuses_gives_way_at_once_and_every_failure_is_told() {
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let alive = TcpListener::bind("127.0.0.2:0").await.unwrap();
        let began = Instant::now();
        assert!(connect(&[closed, alive.local_addr().unwrap()], Duration::from_secs(2)).await.is_ok());
        assert!(began.elapsed() < STAGGER, "{:?}", began.elapsed());
        let failures = connect(&[closed, closed], Duration::from_secs(2)).await.unwrap_err();
        assert_eq!(failures.len(), 2);
        assert!(failures.iter().all(|(_, error)| error.kind() == io::ErrorKind::ConnectionRefused));
    }

    #[tokio::test]
    async fn a_socket_that_met_itself_has_reached_nobody() {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = socket.local_addr().unwrap();
        let itself = socket.connect(address).await.unwrap();
        assert_eq!(reached(itself, address).unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
    }
}
