//! Gives held ports to a program that is started: as open sockets, or as a number whose sockets are closed at the last moment.
//!
//! Read [`Parcel`] first. The sockets go the way systemd gives them (`sd_listen_fds(3)`): blocking, from number 3 on, named in
//! `LISTEN_FDNAMES`. What becomes of them in the program is seen by [`Watch`], which shows whose they are afterwards.

mod diagnose;
mod family;
mod variables;
mod watch;

pub use variables::Handed;
pub use watch::{News, Watch};

use crate::{HandOver, Held, PortSpec, ledger::Published, owner::socket_inode};
use std::{
    io,
    net::{SocketAddr, TcpStream},
    os::fd::{AsRawFd, OwnedFd},
    sync::Arc,
};

/// Held ports, ready to be given to a program. Dropping it frees them.
#[derive(Debug, Default)]
pub struct Parcel {
    ports: Vec<Packed>,
}

/// One port of a [`Parcel`].
#[derive(Debug)]
struct Packed {
    spec: PortSpec,
    port: u16,
    sockets: Vec<Socket>,
    early: Vec<TcpStream>,
    /// Its entry in the ledger, when it has one: it stays as long as whoever watches over the program.
    entry: Option<Published>,
}

/// A socket of ours, and how it is recognised in another process.
#[derive(Debug)]
struct Socket {
    at: SocketAddr,
    inode: Option<u64>,
    fd: OwnedFd,
}

impl Parcel {
    /// Packs what is held, in this order. The sockets are blocking from here on, as systemd gives them.
    ///
    /// # Errors
    /// When the process may open no more files.
    pub fn pack(held: &[Arc<Held>]) -> io::Result<Self> {
        Ok(Self { ports: held.iter().map(|held| pack_one(held)).collect::<io::Result<_>>()? })
    }

    /// The name of each socket that [`Parcel::send`] gives, in the same order: those of `LISTEN_FDNAMES`.
    pub fn names(&self) -> Vec<&str> {
        let each = |port: &'_ Packed| port.sockets.len();
        self.handed().flat_map(|port| std::iter::repeat_n(port.spec.name.as_str(), each(port))).collect()
    }

    /// What the program is told of the ports.
    pub fn variables(&self, vars: &bootproof_core::Vars) -> Handed {
        let ports: Vec<_> = self.ports.iter().map(|port| (&port.spec, port.port)).collect();
        variables::variables(&ports, vars)
    }

    /// Connections of clients that came while the ports were proven, each with the address where it wanted to go. They stand in
    /// no line any more, so whoever starts the program has to see to them.
    pub fn take_early(&mut self) -> Vec<(SocketAddr, TcpStream)> {
        let early = self.ports.iter_mut().flat_map(|port| {
            let at = port.sockets.first().map(|socket| socket.at);
            port.early.drain(..).map(move |stream| (stream.local_addr().ok().or(at), stream))
        });
        early.filter_map(|(at, stream)| Some((at?, stream))).collect()
    }

    /// Closes the sockets of the ports that are released, at the last moment before the program is started. Gives the sockets
    /// to hand over, which have to be closed here once the program has them, and what watches over all of them.
    pub fn send(self) -> (Vec<OwnedFd>, Watch) {
        let mut watch = Watch::default();
        let mut fds = vec![];
        for port in self.ports {
            match port.spec.hand_over {
                HandOver::Socket => {
                    let sockets = port.sockets.iter().map(|socket| (socket.at, socket.inode)).collect();
                    watch.handed(port.spec.name, sockets, port.entry);
                    fds.extend(port.sockets.into_iter().map(|socket| socket.fd));
                }
                HandOver::Release => {
                    // While it is still held: no other bootproof of this user takes what is claimed. Without, it is a race as ever.
                    port.entry.as_ref().map(Published::releasing);
                    let at = port.sockets.iter().map(|socket| socket.at).collect();
                    watch.released(port.spec.name, port.spec.protocol, at, port.entry);
                }
            }
        }
        (fds, watch)
    }

    fn handed(&self) -> impl Iterator<Item = &Packed> {
        self.ports.iter().filter(|port| port.spec.hand_over == HandOver::Socket)
    }
}

fn pack_one(held: &Held) -> io::Result<Packed> {
    let sockets = held.sockets().map(|(at, bound)| {
        // A property of the open socket, which all handles share: from here on nothing here may accept any more.
        bound.as_socket().set_nonblocking(false)?;
        let fd: OwnedFd = bound.try_clone_to_owned()?;
        let inode = socket_inode(&format!("/proc/self/fd/{}", fd.as_raw_fd()));
        Ok(Socket { at, inode, fd })
    });
    let entry = held.entry.as_ref().and_then(|entry| entry.as_ref().ok()).cloned();
    let sockets = sockets.collect::<io::Result<_>>()?;
    Ok(Packed { spec: held.spec().clone(), port: held.port(), sockets, early: held.take_early(), entry })
}
