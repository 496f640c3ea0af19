//! Gives held ports and Unix sockets to a program that is started: as open sockets, or as a number whose sockets are closed at
//! the last moment.
//!
//! Read [`Parcel`] first. The sockets go the way systemd gives them (`sd_listen_fds(3)`): blocking, from number 3 on, named in
//! `LISTEN_FDNAMES`. What becomes of them in the program is seen by [`Watch`], which shows whose they are afterwards.

mod diagnose;
mod early;
mod family;
mod variables;
mod watch;

pub use early::Early;
pub use variables::Handed;
pub use watch::{News, Watch};

use crate::{HandOver, Held, HeldUnix, PortSpec, ledger::Published, owner::socket_inode, unix::Standing};
use std::{
    io,
    net::SocketAddr,
    os::fd::{AsFd, AsRawFd, OwnedFd},
};
use watch::{Given, Released};

/// Held ports and Unix sockets, ready to be given to a program. Dropping it frees them.
#[derive(Debug, Default)]
pub struct Parcel {
    packed: Vec<Packed>,
    early: Vec<Early>,
    lost: Vec<(String, usize)>,
}

/// One of a [`Parcel`].
#[derive(Debug)]
enum Packed {
    Port {
        spec: PortSpec,
        port: u16,
        at: Vec<SocketAddr>,
        sockets: Vec<Socket>,
        /// Its entry in the ledger, when it has one: it stays as long as whoever watches over the program.
        entry: Option<Published>,
    },
    Unix {
        name: String,
        socket: Socket,
        /// Its file stays as long as whoever watches over the program.
        standing: Standing,
    },
}

/// A socket of ours, and how it is recognised in another process.
#[derive(Debug)]
struct Socket {
    at: String,
    inode: Option<u64>,
    fd: OwnedFd,
}

impl Parcel {
    /// Adds a port. Its sockets are blocking from here on, as systemd gives them.
    ///
    /// # Errors
    /// When the process may open no more files.
    pub fn add_port(&mut self, held: &Held) -> io::Result<()> {
        let sockets = held.sockets().map(|(at, bound)| {
            // A property of the open socket, which all handles share: from here on nothing here may accept any more.
            bound.as_socket().set_nonblocking(false)?;
            Ok(Socket::new(at.to_string(), bound.try_clone_to_owned()?))
        });
        let sockets = sockets.collect::<io::Result<_>>()?;
        self.early.extend(held.take_early().into_iter().filter_map(|client| Early::tcp(client, held.address())));
        let lost = held.take_early_datagrams().len();
        self.lost.extend((lost > 0).then(|| (held.spec().name.clone(), lost)));
        let entry = held.published().cloned();
        let (spec, port, at) = (held.spec().clone(), held.port(), held.addresses());
        self.packed.push(Packed::Port { spec, port, at, sockets, entry });
        Ok(())
    }

    /// Adds a Unix socket, which is blocking from here on.
    ///
    /// # Errors
    /// When the process may open no more files.
    pub fn add_unix(&mut self, held: &HeldUnix) -> io::Result<()> {
        held.socket().set_nonblocking(false)?;
        let fd = held.socket().as_fd().try_clone_to_owned()?;
        let socket = Socket::new(held.path().display().to_string(), fd);
        self.early.extend(held.take_early().into_iter().filter_map(Early::unix));
        let (name, standing) = (held.spec().name.clone(), held.standing().clone());
        self.packed.push(Packed::Unix { name, socket, standing });
        Ok(())
    }

    /// The name of each socket that [`Parcel::send`] gives, in the same order: those of `LISTEN_FDNAMES`.
    pub fn names(&self) -> Vec<&str> {
        self.packed.iter().flat_map(|packed| std::iter::repeat_n(packed.name(), packed.handed())).collect()
    }

    /// What the program is told of the ports.
    pub fn variables(&self, vars: &bootproof_core::Vars) -> Handed {
        let ports = self.packed.iter().filter_map(|packed| match packed {
            Packed::Port { spec, port, .. } => Some((spec, *port)),
            Packed::Unix { .. } => None,
        });
        variables::variables(&ports.collect::<Vec<_>>(), vars)
    }

    /// Connections of clients that came while the sockets were proven. They stand in no line any more, so whoever starts the
    /// program has to see to them.
    pub fn take_early(&mut self) -> Vec<Early> {
        std::mem::take(&mut self.early)
    }

    /// How many datagrams the proof of which port had to take out of its queue. The program does not get them: a datagram that
    /// is sent anew comes from somebody else.
    pub fn lost_datagrams(&self) -> &[(String, usize)] {
        &self.lost
    }

    /// Closes the sockets of the ports that are released, at the last moment before the program is started. Gives the sockets
    /// to hand over, which have to be closed here once the program has them, and what watches over all of them.
    pub fn send(self) -> (Vec<OwnedFd>, Watch) {
        let mut watch = Watch::default();
        let mut fds = vec![];
        for packed in self.packed {
            match packed {
                Packed::Port { spec, at, entry, .. } if spec.hand_over == HandOver::Release => {
                    // While it is still held: no other bootproof of this user takes what is claimed. Without, it is a race as ever.
                    entry.as_ref().map(Published::releasing);
                    watch.released(Released::new(spec.name, spec.protocol, at, entry));
                }
                Packed::Port { spec, sockets, entry, .. } => {
                    let given = Given::new(spec.name, true, sockets.iter().map(Socket::mark).collect());
                    watch.handed(given, entry);
                    fds.extend(sockets.into_iter().map(|socket| socket.fd));
                }
                Packed::Unix { name, socket, standing } => {
                    watch.handed(Given::new(name, false, vec![socket.mark()]), None);
                    watch.keep(standing);
                    fds.push(socket.fd);
                }
            }
        }
        (fds, watch)
    }
}

impl Packed {
    fn name(&self) -> &str {
        match self {
            Self::Port { spec, .. } => &spec.name,
            Self::Unix { name, .. } => name,
        }
    }

    /// How many sockets are handed over.
    fn handed(&self) -> usize {
        match self {
            Self::Port { spec, .. } if spec.hand_over == HandOver::Release => 0,
            Self::Port { sockets, .. } => sockets.len(),
            Self::Unix { .. } => 1,
        }
    }
}

impl Socket {
    fn new(at: String, fd: OwnedFd) -> Self {
        let inode = socket_inode(&format!("/proc/self/fd/{}", fd.as_raw_fd()));
        Self { at, inode, fd }
    }

    /// Where it is, and its inode.
    fn mark(&self) -> (String, Option<u64>) {
        (self.at.clone(), self.inode)
    }
}
