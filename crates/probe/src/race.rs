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
    let stream = TcpStream::connect(address).await?;
    // Where nobody listens on a local port of the range that connects are made from, TCP can connect a socket to itself.
    if stream.local_addr()? == address {
        return Err(io::ErrorKind::ConnectionRefused.into());
    }
    Ok(stream)
}
