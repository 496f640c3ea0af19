//! A port that is ours for as long as this value lives.

use crate::{
    Owner, PortSpec,
    bound::Bound,
    given::Fitting,
    ledger::{LedgerError, Published},
    listen::Listeners,
    publish::Before,
    search::Hit,
    wanted::Wanted,
};
use std::{
    fmt, io,
    net::{IpAddr, SocketAddr, TcpListener, TcpStream, UdpSocket},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// A port that is held: bound and listening on every family, so that no other process can take it. Dropping it, and
/// everything that [`Held::listener`] or [`Held::datagram_sockets`] gave, frees the port.
///
/// Clients can connect, or send, from the moment it is held; the kernel keeps that until somebody accepts or receives.
#[derive(Debug)]
pub struct Held {
    spec: PortSpec,
    wanted: u16,
    listeners: Listeners,
    moved: Option<Moved>,
    early: Mutex<Early>,
    /// What the variable was before the number was published.
    pub(crate) before: Option<Before>,
    /// Its entry in the ledger, or why it has none; `None` when there is no ledger.
    pub(crate) entry: Option<Result<Published, Arc<LedgerError>>>,
    /// Where its sockets are, when this process was given them: they need not be all that are declared.
    given: Option<Vec<SocketAddr>>,
}

/// What strangers brought while a proof was looking.
#[derive(Debug, Default)]
struct Early {
    streams: Vec<TcpStream>,
    datagrams: Vec<Datagram>,
}

/// A datagram that came to a held UDP port before or during a proof.
#[derive(Clone, PartialEq, Eq)]
pub struct Datagram {
    /// Who sent it.
    pub from: SocketAddr,
    /// The held address it came to.
    pub to: SocketAddr,
    /// What it says.
    pub bytes: Vec<u8>,
}

/// Shows how long it is, and nothing of what it says.
impl fmt::Debug for Datagram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from, to, bytes) = (self.from, self.to, self.bytes.len());
        f.debug_struct("Datagram").field("from", &from).field("to", &to).field("bytes", &bytes).finish()
    }
}

/// Why a port is another one than was wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The wanted number.
    pub from: u16,
    /// Who has it.
    pub owner: Owner,
}

impl Held {
    pub(crate) fn new(hit: Hit<Listeners>) -> Self {
        let Hit { wanted, thing, moved } = hit;
        let Wanted { spec, port } = wanted;
        Self {
            spec,
            wanted: port,
            listeners: thing,
            moved,
            early: Mutex::default(),
            before: None,
            entry: None,
            given: None,
        }
    }

    /// A port whose sockets this process was given.
    pub(crate) fn given(fitting: Fitting) -> Self {
        let Fitting { wanted, sockets } = fitting;
        let port = sockets.first().map_or(wanted.port, |(at, _)| at.port());
        let (at, sockets) = sockets.into_iter().unzip();
        let thing = Listeners { port, sockets, absent: vec![] };
        Self { given: Some(at), ..Self::new(Hit { wanted, thing, moved: None }) }
    }

    /// Whether this process was given its sockets, by systemd for example.
    pub fn was_given(&self) -> bool {
        self.given.is_some()
    }

    /// What was declared.
    pub fn spec(&self) -> &PortSpec {
        &self.spec
    }

    /// The number, the same on every family.
    pub fn port(&self) -> u16 {
        self.listeners.port
    }

    /// Where the first listener listens.
    pub fn address(&self) -> SocketAddr {
        // There is always one; port 0 of the first declared address would be the truth about none.
        self.addresses().into_iter().next().unwrap_or_else(|| SocketAddr::new(self.spec.host.ips()[0], 0))
    }

    /// Where the listeners listen, IPv4 first.
    pub fn addresses(&self) -> Vec<SocketAddr> {
        if let Some(given) = &self.given {
            return given.clone();
        }
        let here = |ip: &IpAddr| !self.absent().contains(ip);
        self.spec.host.ips().into_iter().filter(here).map(|ip| SocketAddr::new(ip, self.port())).collect()
    }

    /// Declared addresses that are not held, because this machine lacks their IP family.
    pub fn absent(&self) -> &[IpAddr] {
        &self.listeners.absent
    }

    /// The wanted number, when it was busy and this is another.
    pub fn moved_from(&self) -> Option<u16> {
        self.moved.as_ref().map(|moved| moved.from)
    }

    /// Why it is another number than was wanted.
    pub fn moved(&self) -> Option<&Moved> {
        self.moved.as_ref()
    }

    /// A second handle on the first listener: bound, listening, nonblocking.
    ///
    /// # Errors
    /// When it is a UDP port, or the process may open no more files.
    pub fn listener(&self) -> io::Result<TcpListener> {
        as_listener(&self.listeners.sockets[0])
    }

    /// A second handle on each listener, IPv4 first. A service has to accept on all of them.
    ///
    /// # Errors
    /// When it is a UDP port, or the process may open no more files.
    pub fn listeners(&self) -> io::Result<Vec<TcpListener>> {
        self.listeners.sockets.iter().map(as_listener).collect()
    }

    /// A second handle on each socket of a UDP port, IPv4 first: bound, nonblocking. A service has to receive on all of them.
    ///
    /// # Errors
    /// When it is a TCP port, or the process may open no more files.
    pub fn datagram_sockets(&self) -> io::Result<Vec<UdpSocket>> {
        let sockets = self.listeners.sockets.iter().map(|socket| match socket {
            Bound::Udp(socket) => socket.try_clone(),
            Bound::Tcp(_) => Err(io::Error::new(io::ErrorKind::InvalidInput, "it is a TCP port: it has listeners")),
        });
        sockets.collect()
    }

    /// Connections of clients that came before or during a proof, in order, nonblocking. A proof has to accept those that
    /// stand in line before its own; it keeps them open here, unread. Serve them first; dropping them closes them.
    pub fn take_early(&self) -> Vec<TcpStream> {
        std::mem::take(&mut self.lock().streams)
    }

    /// Datagrams of clients that came before or during a proof, in order. A proof has to receive those that stand in line
    /// before its own, and keeps them here. Answer them first, through the socket of [`Datagram::to`].
    pub fn take_early_datagrams(&self) -> Vec<Datagram> {
        std::mem::take(&mut self.lock().datagrams)
    }

    pub(crate) fn keep_early(&self, stream: TcpStream) {
        self.lock().streams.push(stream);
    }

    pub(crate) fn keep_early_datagram(&self, datagram: Datagram) {
        self.lock().datagrams.push(datagram);
    }

    pub(crate) fn count_early(&self) -> usize {
        let early = self.lock();
        early.streams.len() + early.datagrams.len()
    }

    fn lock(&self) -> MutexGuard<'_, Early> {
        // A panic cannot leave the lists half changed: every use is one call.
        self.early.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The sockets themselves, each with the address where it must be.
    pub(crate) fn sockets(&self) -> impl Iterator<Item = (SocketAddr, &Bound)> {
        self.addresses().into_iter().zip(&self.listeners.sockets)
    }

    /// The number that was wanted; 0: any.
    pub(crate) fn wanted(&self) -> u16 {
        self.wanted
    }

    /// Whether it is what `wanted` asks for.
    pub(crate) fn is_for(&self, wanted: &Wanted) -> bool {
        let number = wanted.port == self.port() || wanted.port == self.wanted;
        number && self.spec == wanted.spec
    }
}

fn as_listener(socket: &Bound) -> io::Result<TcpListener> {
    match socket {
        Bound::Tcp(listener) => listener.try_clone(),
        Bound::Udp(_) => Err(io::Error::new(io::ErrorKind::InvalidInput, "it is a UDP port: it has datagram sockets")),
    }
}
