//! Shows afresh that a Unix socket is ours: the file is the one we made, the table has our inode, a nonce comes out of it.

use super::{HeldUnix, UnixSpec, UnixTrouble, bind::address, table};
use crate::visit::nonce;
use bootproof_core::{Cx, Seen};
use socket2::{Domain, SockAddr, Socket, Type};
#[cfg(target_os = "linux")]
use std::os::linux::net::SocketAddrExt;
use std::{
    ffi::OsString,
    io::{self, ErrorKind},
    os::{
        fd::AsRawFd,
        unix::{
            ffi::OsStringExt,
            net::{SocketAddr, UnixStream},
        },
    },
    path::PathBuf,
    time::Duration,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// The longest one nonce may take. It takes well under a millisecond; this is for a machine that hardly runs.
const VISIT: Duration = Duration::from_secs(2);

/// Shows that `held` is ours.
///
/// # Errors
/// What does not hold.
pub(super) async fn prove(cx: &Cx, held: &HeldUnix) -> Result<Seen, UnixTrouble> {
    let path = held.path().display();
    if !held.is_in_place() {
        return Err(UnixTrouble::NotShown("the file at its path is not the one that was made".into()));
    }
    is_in_table(cx, held)?;
    let look = cx.look(format!("connected to `{path}` and sent a nonce once our listener had accepted"));
    let strangers = visit(held, cx.at_most(VISIT)).await.map_err(|error| UnixTrouble::NotShown(error.to_string()))?;
    let others = match strangers {
        0 => String::new(),
        n => format!("; {n} other clients stood before it, and their connections are kept open"),
    };
    let seen = look.saw(format!("it came out of our listener, and the answer came back{others}"));
    cannot_be_bound_again(cx, held.spec())?;
    Ok(seen)
}

fn is_in_table(cx: &Cx, held: &HeldUnix) -> Result<(), UnixTrouble> {
    let look = cx.look(format!("looked up who listens at `{}`", held.path().display()));
    let ours = crate::owner::socket_inode(&format!("/proc/self/fd/{}", held.socket().as_raw_fd()));
    let (Ok(rows), Some(ours)) = (table::read(), ours) else {
        look.saw("this system does not tell; the nonce does");
        return Ok(());
    };
    match rows.iter().find(|row| row.inode == ours) {
        Some(row) if row.listening && row.path == held.path() => {
            look.saw(format!("inode {ours}, which is open in this process"));
            Ok(())
        }
        _ => {
            Err(UnixTrouble::NotShown(format!("the system does not list our socket, inode {ours}, as listening there")))
        }
    }
}

/// A second one cannot be bound where the first one is, whoever tries: Unix sockets know no sharing.
fn cannot_be_bound_again(cx: &Cx, spec: &UnixSpec) -> Result<(), UnixTrouble> {
    let look = cx.look(format!("tried to bind `{}` a second time", spec.path.display()));
    let again = Socket::new(Domain::UNIX, Type::STREAM, None).and_then(|socket| socket.bind(&address(spec)?));
    match again {
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            look.saw("refused: the address is in use");
            Ok(())
        }
        Ok(()) => {
            if spec.abstract_name().is_none() {
                // We made it a moment ago, in a place that was ours.
                let _ = std::fs::remove_file(&spec.path);
            }
            Err(UnixTrouble::NotShown("a second socket could be bound there".into()))
        }
        Err(error) => Err(UnixTrouble::NotShown(format!("a second socket was refused for another reason: {error}"))),
    }
}

/// Connects as a client would; gives how many others stood before it.
async fn visit(held: &HeldUnix, limit: Duration) -> io::Result<usize> {
    // The client has a name of its own, so that a stranger who connects at the same time is not mistaken for it.
    let name = format!("\0bootproof-{:032x}", u128::from_ne_bytes(nonce())).into_bytes();
    let mut visitor = Visitor { held, name, arrived: false, strangers: 0 };
    match tokio::time::timeout(limit, visitor.exchange()).await {
        Ok(exchanged) => exchanged.map(|()| visitor.strangers),
        Err(_) => Err(io::Error::other(format!("our listener accepted no connection of ours in {limit:?}"))),
    }
}

/// A visit under way. Dropped at any await it takes its own connection out of the line again.
struct Visitor<'a> {
    held: &'a HeldUnix,
    name: Vec<u8>,
    arrived: bool,
    strangers: usize,
}

impl Visitor<'_> {
    async fn exchange(&mut self) -> io::Result<()> {
        let client = Socket::new(Domain::UNIX, Type::STREAM, None)?;
        if cfg!(target_os = "linux") {
            client.bind(&SockAddr::unix(PathBuf::from(OsString::from_vec(self.name.clone())))?)?;
        }
        client.set_nonblocking(true)?;
        self.held.socket().set_nonblocking(true)?;
        // At once, or refused: a Unix socket has no handshake. A full queue is emptied first.
        while let Err(error) = client.connect(&address(self.held.spec())?) {
            match error.kind() {
                ErrorKind::WouldBlock => drop(self.accept().await?),
                _ => return Err(error),
            }
        }
        let mut client = tokio::net::UnixStream::from_std(client.into())?;
        let mut ours = loop {
            if let Some(ours) = self.accept().await? {
                break tokio::net::UnixStream::from_std(ours)?;
            }
        };
        let (question, answer) = (nonce(), nonce());
        client.write_all(&question).await?;
        expect(&mut ours, question).await?;
        ours.write_all(&answer).await?;
        expect(&mut client, answer).await
    }

    /// Accepts one connection: our own is given out, a stranger's is kept. The peer's name is asked for: `accept` of tokio 1.54 calls
    /// every peer unnamed.
    async fn accept(&mut self) -> io::Result<Option<UnixStream>> {
        let door = tokio::net::UnixListener::from_std(self.held.listener()?)?;
        let (stream, _) = door.accept().await?;
        let stream = stream.into_std()?;
        let peer = stream.peer_addr()?;
        if self.is_ours(&peer) {
            self.arrived = true;
            return Ok(Some(stream));
        }
        self.keep(stream);
        Ok(None)
    }

    /// Only Linux has names without files. Elsewhere an unnamed stranger may be taken for it, and then the nonce is missed.
    #[cfg(not(target_os = "linux"))]
    fn is_ours(&self, peer: &SocketAddr) -> bool {
        peer.is_unnamed()
    }

    #[cfg(target_os = "linux")]
    fn is_ours(&self, peer: &SocketAddr) -> bool {
        peer.as_abstract_name() == Some(&self.name[1..])
    }

    fn keep(&mut self, stranger: UnixStream) {
        self.strangers += 1;
        self.held.keep_early(stranger);
    }
}

impl Drop for Visitor<'_> {
    fn drop(&mut self) {
        while !self.arrived {
            match self.held.socket().accept() {
                Ok((_, peer)) if self.is_ours(&peer) => return,
                Ok((stranger, _)) => {
                    // As those that tokio accepts.
                    let _ = stranger.set_nonblocking(true);
                    self.keep(stranger);
                }
                Err(_) => return,
            }
        }
    }
}

async fn expect(stream: &mut tokio::net::UnixStream, nonce: [u8; 16]) -> io::Result<()> {
    let mut got = [0; 16];
    stream.read_exact(&mut got).await?;
    if got == nonce { Ok(()) } else { Err(io::Error::other("something else than the nonce came out")) }
}
