//! A port that is ours for as long as this value lives.

use crate::{
    Owner, PortSpec,
    ledger::{LedgerError, Published},
    listen::Listeners,
    publish::Before,
    search::Hit,
    wanted::Wanted,
};
use std::{
    io,
    net::{IpAddr, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// A port that is held: bound and listening on every family, so that no other process can take it. Dropping it, and
/// everything that [`Held::listener`] gave, frees the port.
///
/// Clients can connect from the moment it is held; the kernel keeps them until somebody accepts.
#[derive(Debug)]
pub struct Held {
    spec: PortSpec,
    wanted: u16,
    listeners: Listeners,
    moved: Option<Moved>,
    early: Mutex<Vec<TcpStream>>,
    /// What the variable was before the number was published.
    pub(crate) before: Option<Before>,
    /// Its entry in the ledger, or why it has none; `None` when there is no ledger.
    pub(crate) entry: Option<Result<Published, Arc<LedgerError>>>,
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
        Self { spec, wanted: port, listeners: thing, moved, early: Mutex::default(), before: None, entry: None }
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
    /// When the process may open no more files.
    pub fn listener(&self) -> io::Result<TcpListener> {
        self.listeners.sockets[0].try_clone()
    }

    /// A second handle on each listener, IPv4 first. A service has to accept on all of them.
    ///
    /// # Errors
    /// When the process may open no more files.
    pub fn listeners(&self) -> io::Result<Vec<TcpListener>> {
        self.listeners.sockets.iter().map(TcpListener::try_clone).collect()
    }

    /// Connections of clients that came before or during a proof, in order, nonblocking. A proof has to accept those that
    /// stand in line before its own; it keeps them open here, unread. Serve them first; dropping them closes them.
    pub fn take_early(&self) -> Vec<TcpStream> {
        std::mem::take(&mut *self.lock())
    }

    pub(crate) fn keep_early(&self, stream: TcpStream) {
        self.lock().push(stream);
    }

    pub(crate) fn count_early(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<TcpStream>> {
        // A panic cannot leave the list half changed: every use is one call.
        self.early.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The listeners themselves, each with the address where it must be.
    pub(crate) fn sockets(&self) -> impl Iterator<Item = (SocketAddr, &TcpListener)> {
        self.addresses().into_iter().zip(&self.listeners.sockets)
    }

    /// Whether it is what `wanted` asks for.
    pub(crate) fn is_for(&self, wanted: &Wanted) -> bool {
        let number = wanted.port == self.port() || wanted.port == self.wanted;
        number && self.spec == wanted.spec
    }
}
