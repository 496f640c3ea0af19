//! Over UDP the nonce is a datagram, recognised by its sender's address and what it says. Datagrams of others that the held
//! socket gives out before it are kept.

use super::{nonce, same, target};
use crate::{Datagram, Held};
use socket2::SockRef;
use std::{
    io::{self, ErrorKind},
    net::{SocketAddr, UdpSocket},
    time::Duration,
};

/// How long an answer is waited for before the nonce is sent again: a datagram is dropped when the socket's queue is full.
const AGAIN: Duration = Duration::from_millis(50);
/// The longest datagram there is.
const LONGEST: usize = 1 << 16;
/// The most datagrams of others that one visit keeps. A socket's queue holds some hundred; this is for a flood.
const KEPT: usize = 1 << 14;

/// Visits `socket`, which is at `address`; gives the client's address.
///
/// # Errors
/// What was seen instead.
pub(super) async fn visit(
    held: &Held,
    socket: &UdpSocket,
    address: SocketAddr,
    limit: Duration,
) -> io::Result<SocketAddr> {
    let mut visitor = Visitor::prepare(held, socket, address)?;
    match tokio::time::timeout(limit, visitor.exchange()).await {
        Ok(exchanged) => exchanged.map(|()| visitor.from),
        Err(_) => Err(io::Error::other(format!("our socket received no datagram of ours in {limit:?}"))),
    }
}

/// A visit under way. Dropped at any await it takes its own datagrams out of the queue again, and leaves the socket as
/// blocking or nonblocking as it was.
struct Visitor<'a> {
    held: &'a Held,
    socket: &'a UdpSocket,
    address: SocketAddr,
    client: UdpSocket,
    /// The client's own address.
    from: SocketAddr,
    was_nonblocking: bool,
    /// How many datagrams of ours may still be in the queue.
    under_way: usize,
    kept: usize,
}

impl<'a> Visitor<'a> {
    fn prepare(held: &'a Held, socket: &'a UdpSocket, address: SocketAddr) -> io::Result<Self> {
        let client = UdpSocket::bind(SocketAddr::new(target(address).ip(), 0))?;
        client.set_nonblocking(true)?;
        client.connect(target(address))?;
        let from = client.local_addr()?;
        let was_nonblocking = SockRef::from(socket).nonblocking()?;
        socket.set_nonblocking(true)?;
        Ok(Self { held, socket, address, client, from, was_nonblocking, under_way: 0, kept: 0 })
    }

    async fn exchange(&mut self) -> io::Result<()> {
        let (question, answer) = (nonce(), nonce());
        let door = tokio::net::UdpSocket::from_std(self.socket.try_clone()?)?;
        loop {
            self.client.send(&question)?;
            self.under_way += 1;
            match tokio::time::timeout(AGAIN, self.arrival(&door, question)).await {
                Ok(arrived) => break arrived?,
                Err(_) => continue,
            }
        }
        door.send_to(&answer, self.from).await?;
        let client = tokio::net::UdpSocket::from_std(self.client.try_clone()?)?;
        let mut got = [0; 17];
        // The client is connected, so that only what the held socket sends from its own address comes in here.
        let length = client.recv(&mut got).await?;
        if got[..length] == answer { Ok(()) } else { Err(io::Error::other("something else than the nonce came out")) }
    }

    /// Receives on the held socket until the nonce comes.
    async fn arrival(&mut self, door: &tokio::net::UdpSocket, question: [u8; 16]) -> io::Result<()> {
        let mut buffer = vec![0; LONGEST];
        loop {
            let (length, from) = match door.recv_from(&mut buffer).await {
                Err(error) if passes(&error) => continue,
                other => other?,
            };
            if same(from, self.from) {
                self.under_way -= 1;
                return match buffer[..length] == question {
                    true => Ok(()),
                    false => Err(io::Error::other("something else than the nonce came out")),
                };
            }
            self.keep(from, &buffer[..length])?;
        }
    }

    fn keep(&mut self, from: SocketAddr, bytes: &[u8]) -> io::Result<()> {
        self.kept += 1;
        self.held.keep_early_datagram(Datagram { from, to: self.address, bytes: bytes.to_vec() });
        match self.kept < KEPT {
            true => Ok(()),
            false => Err(io::Error::other(format!("{KEPT} datagrams of others came before ours"))),
        }
    }
}

/// Whether receiving may simply go on: an answer of ours was refused by a client that is gone.
fn passes(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset | ErrorKind::Interrupted)
}

impl Drop for Visitor<'_> {
    fn drop(&mut self) {
        // What is left of ours (sent twice, or never waited for) is taken out; what others sent is kept.
        let mut buffer = vec![0; LONGEST];
        while self.under_way > 0 && self.kept < KEPT {
            match self.socket.recv_from(&mut buffer) {
                Ok((_, from)) if same(from, self.from) => self.under_way -= 1,
                Ok((length, from)) => drop(self.keep(from, &buffer[..length])),
                Err(error) if passes(&error) => {}
                Err(_) => break,
            }
        }
        if !self.was_nonblocking {
            // If it cannot be set, the socket stays nonblocking, as all that are held are.
            let _ = self.socket.set_nonblocking(false);
        }
    }
}
