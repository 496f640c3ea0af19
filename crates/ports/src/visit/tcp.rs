//! Over TCP the client says nothing until the held socket has accepted it, and is recognised by its address, so a stranger
//! who connects at the same time is not mistaken for it. Strangers before it in the line are kept.

use super::{nonce, same};
use crate::Held;
use socket2::SockRef;
use std::{
    io::{self, ErrorKind},
    net::{SocketAddr, TcpListener, TcpStream},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpSocket,
};

/// Visits `listener`, which a client reaches at `target`; gives the client's address.
///
/// # Errors
/// What was seen instead.
pub(super) async fn visit(
    held: &Held,
    listener: &TcpListener,
    target: SocketAddr,
    limit: Duration,
) -> io::Result<SocketAddr> {
    let (mut visitor, client) = Visitor::prepare(held, listener, target)?;
    match tokio::time::timeout(limit, visitor.exchange(client, target)).await {
        Ok(exchanged) => exchanged.map(|()| visitor.from),
        Err(_) if visitor.arrived => Err(io::Error::other(format!("the nonce was not through after {limit:?}"))),
        Err(_) => Err(io::Error::other(format!("our listener accepted no connection of ours in {limit:?}"))),
    }
}

/// A visit under way. Dropped at any await it takes its own connection out of the line again, and leaves the listener as
/// blocking or nonblocking as it was.
struct Visitor<'a> {
    held: &'a Held,
    listener: &'a TcpListener,
    /// The client's own address: how it is recognised.
    from: SocketAddr,
    was_nonblocking: bool,
    arrived: bool,
}

impl<'a> Visitor<'a> {
    fn prepare(held: &'a Held, listener: &'a TcpListener, target: SocketAddr) -> io::Result<(Self, TcpSocket)> {
        let client = if target.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        // Closed by reset, on whichever side and whenever: no TIME_WAIT is left behind.
        SockRef::from(&client).set_linger(Some(Duration::ZERO))?;
        client.bind(SocketAddr::new(target.ip(), 0))?;
        let from = client.local_addr()?;
        let was_nonblocking = SockRef::from(listener).nonblocking()?;
        listener.set_nonblocking(true)?;
        Ok((Self { held, listener, from, was_nonblocking, arrived: false }, client))
    }

    async fn exchange(&mut self, client: TcpSocket, target: SocketAddr) -> io::Result<()> {
        let mut client = client.connect(target).await?;
        let mut ours = self.accept().await?;
        if !same(ours.local_addr()?, client.peer_addr()?) {
            return Err(io::Error::other("the two ends of the connection do not name the same address"));
        }
        let (question, answer) = (nonce(), nonce());
        client.write_all(&question).await?;
        expect(&mut ours, question).await?;
        ours.write_all(&answer).await?;
        expect(&mut client, answer).await
    }

    /// Accepts on the held socket until our own client comes.
    async fn accept(&mut self) -> io::Result<tokio::net::TcpStream> {
        let door = tokio::net::TcpListener::from_std(self.listener.try_clone()?)?;
        loop {
            match door.accept().await {
                Ok((stream, peer)) if same(peer, self.from) => {
                    self.arrived = true;
                    SockRef::from(&stream).set_linger(Some(Duration::ZERO))?;
                    return Ok(stream);
                }
                Ok((stranger, _)) => self.held.keep_early(stranger.into_std()?),
                Err(error) if error.kind() == ErrorKind::ConnectionAborted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Takes our own connection, which nobody waits for any more, out of the line.
    fn leave(&self) {
        loop {
            match self.listener.accept() {
                Ok((stream, peer)) if same(peer, self.from) => return reset(&stream),
                Ok((stranger, _)) => {
                    // Accepted sockets are nonblocking when tokio accepts them; those kept here should be alike.
                    let _ = stranger.set_nonblocking(true);
                    self.held.keep_early(stranger);
                }
                Err(error) if error.kind() == ErrorKind::ConnectionAborted => {}
                Err(_) => return,
            }
        }
    }
}

impl Drop for Visitor<'_> {
    fn drop(&mut self) {
        if !self.arrived {
            self.leave();
        }
        if !self.was_nonblocking {
            let _ = self.listener.set_nonblocking(false);
        }
    }
}

fn reset(stream: &TcpStream) {
    // If it cannot be set, the connection is closed the ordinary way when it is dropped.
    let _ = SockRef::from(stream).set_linger(Some(Duration::ZERO));
}

async fn expect(stream: &mut tokio::net::TcpStream, nonce: [u8; 16]) -> io::Result<()> {
    let mut got = [0; 16];
    stream.read_exact(&mut got).await?;
    if got == nonce { Ok(()) } else { Err(io::Error::other("something else than the nonce came out")) }
}
