//! One socket that has an address: listening for TCP, bound for UDP. This is the only check there is.
//!
//! `SO_REUSEADDR` is set for TCP on Linux only: there it passes over connections that a former process left in TIME_WAIT, and
//! still lets no second listener in, because `listen` looks again. For UDP, and elsewhere, it would share addresses, so it
//! stays off. `SO_REUSEPORT` is never set.

use crate::Protocol;
use socket2::{Domain, SockRef, Socket, Type};
#[cfg(unix)]
use std::os::fd::{AsFd, OwnedFd};
use std::{
    cell::RefCell,
    io::{self, ErrorKind},
    net::{SocketAddr, TcpListener, UdpSocket},
};

/// Connections that may wait to be accepted; the kernel caps it at `somaxconn`. As nginx and Go, whose default is the cap.
const BACKLOG: i32 = 4096;
/// How often `listen` is tried again after it lost a race. Linux calls both sockets listening before it looks whether they
/// collide ("there is race window here", `inet_csk_listen_start`), so of two at the same instant both can lose (115 of 200,000
/// times in a loop made for it). Whoever tries again finds the other one listening, which `bind` says, or gone.
const LISTEN_TRIES: u32 = 32;

/// A socket that has its address for itself: nonblocking, and closed in programs that this one starts.
#[derive(Debug)]
pub(crate) enum Bound {
    /// It listens.
    Tcp(TcpListener),
    /// It takes datagrams.
    Udp(UdpSocket),
}

/// Sockets without an address: made before they are needed, as making one takes longer than binding it, and those whose address was
/// refused, as they can still be bound elsewhere.
#[derive(Debug, Default)]
pub(crate) struct Blanks(RefCell<Vec<(Domain, Protocol, Socket)>>);

impl Blanks {
    /// One for each of `addresses`, as far as the system makes them; whoever binds asks again and is told.
    pub(crate) fn ready(addresses: &[SocketAddr], protocol: Protocol) -> Self {
        let blank = |at: &SocketAddr| Some((Domain::for_address(*at), protocol, unbound(*at, protocol).ok()?));
        Self(RefCell::new(addresses.iter().filter_map(blank).collect()))
    }

    fn take(&self, address: SocketAddr, protocol: Protocol) -> io::Result<Socket> {
        let mut all = self.0.borrow_mut();
        let fits = |(domain, other, _): &(Domain, Protocol, Socket)| {
            (*domain, *other) == (Domain::for_address(address), protocol)
        };
        match all.iter().position(fits) {
            Some(at) => Ok(all.swap_remove(at).2),
            None => unbound(address, protocol),
        }
    }

    /// One of them at `address`.
    fn bind(&self, address: SocketAddr, protocol: Protocol) -> io::Result<Socket> {
        let socket = self.take(address, protocol)?;
        match socket.bind(&address.into()) {
            Ok(()) => Ok(socket),
            Err(error) => {
                self.0.borrow_mut().push((Domain::for_address(address), protocol, socket));
                Err(error)
            }
        }
    }
}

impl Bound {
    /// Binds `address`, and listens there when that is what the protocol does.
    pub(crate) fn at(address: SocketAddr, protocol: Protocol, blanks: &Blanks) -> io::Result<Self> {
        match protocol {
            Protocol::Tcp => listen_on(blanks.bind(address, protocol)?, address).map(Self::Tcp),
            Protocol::Udp => {
                let socket = blanks.bind(address, protocol)?;
                finished(socket).map(Self::Udp)
            }
        }
    }

    pub(crate) fn local_addr(&self) -> io::Result<SocketAddr> {
        match self {
            Self::Tcp(listener) => listener.local_addr(),
            Self::Udp(socket) => socket.local_addr(),
        }
    }

    /// A second handle on it, whatever it speaks.
    #[cfg(unix)]
    pub(crate) fn try_clone_to_owned(&self) -> io::Result<OwnedFd> {
        match self {
            Self::Tcp(listener) => listener.as_fd().try_clone_to_owned(),
            Self::Udp(socket) => socket.as_fd().try_clone_to_owned(),
        }
    }

    /// The socket itself, whatever it speaks.
    pub(crate) fn as_socket(&self) -> SockRef<'_> {
        match self {
            Self::Tcp(listener) => listener.into(),
            Self::Udp(socket) => socket.into(),
        }
    }
}

fn listen_on(mut socket: Socket, address: SocketAddr) -> io::Result<TcpListener> {
    for _ in 1..LISTEN_TRIES {
        match socket.listen(BACKLOG) {
            Err(error) if error.kind() == ErrorKind::AddrInUse => socket = bound(address)?,
            other => return other.and_then(|()| finished(socket)),
        }
    }
    socket.listen(BACKLOG)?;
    finished(socket)
}

fn finished<T: From<Socket>>(socket: Socket) -> io::Result<T> {
    // Linux makes them so.
    #[cfg(not(target_os = "linux"))]
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

fn bound(address: SocketAddr) -> io::Result<Socket> {
    let socket = unbound(address, Protocol::Tcp)?;
    socket.bind(&address.into())?;
    Ok(socket)
}

/// Tries to get `address` beside whoever has it, with every sharing option the system has.
pub(crate) fn bind_beside(address: SocketAddr, protocol: Protocol) -> io::Result<Socket> {
    let socket = unbound(address, protocol)?;
    socket.set_reuse_address(true)?;
    #[cfg(unix)]
    socket.set_reuse_port(true)?;
    socket.bind(&address.into())?;
    if protocol == Protocol::Tcp {
        socket.listen(1)?;
    }
    Ok(socket)
}

fn unbound(address: SocketAddr, protocol: Protocol) -> io::Result<Socket> {
    let (kind, number) = match protocol {
        Protocol::Tcp => (Type::STREAM, socket2::Protocol::TCP),
        Protocol::Udp => (Type::DGRAM, socket2::Protocol::UDP),
    };
    #[cfg(target_os = "linux")]
    let kind = kind.nonblocking();
    let socket = Socket::new(Domain::for_address(address), kind, Some(number))?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    #[cfg(target_os = "linux")]
    if protocol == Protocol::Tcp {
        socket.set_reuse_address(true)?;
    }
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        hint,
        sync::atomic::{AtomicUsize, Ordering},
        thread,
    };

    /// Waits, spinning so that both go on within nanoseconds, until both have come here `times` times.
    fn meet(arrived: &AtomicUsize, times: usize) {
        arrived.fetch_add(1, Ordering::SeqCst);
        for spun in 1_u64.. {
            match arrived.load(Ordering::SeqCst) {
                n if n >= 2 * times => return,
                _ if spun.is_multiple_of(300) => thread::yield_now(),
                _ => hint::spin_loop(),
            }
        }
    }

    /// A process that other tests start has a copy of every socket for a moment, until it becomes its program: the race is run where
    /// nobody starts one.
    #[test]
    fn of_two_that_listen_at_the_same_instant_exactly_one_wins() {
        let alone = ["bound::tests::race", "--exact", "--ignored", "--nocapture"];
        let output = std::process::Command::new(std::env::current_exe().unwrap()).args(alone).output().unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success() && out.contains("1 passed"), "{out}{err}");
    }

    #[test]
    #[ignore = "the test above runs it, in a process of its own"]
    fn race() {
        let address = SocketAddr::from(([127, 0, 0, 1], bootproof_testkit::free_port()));
        let arrived = AtomicUsize::new(0);
        let race = || {
            let mut wins = vec![];
            for n in 0..20_000 {
                // Who panics would leave the other one waiting for ever.
                let first = bound(address).unwrap_or_else(|_| std::process::abort());
                meet(&arrived, 3 * n + 1);
                let won = listen_on(first, address);
                meet(&arrived, 3 * n + 2);
                wins.push(won.is_ok());
                drop(won);
                meet(&arrived, 3 * n + 3);
            }
            wins
        };
        let (a, b) = thread::scope(|scope| {
            let (a, b) = (scope.spawn(race), scope.spawn(race));
            (a.join().unwrap(), b.join().unwrap())
        });
        let count = |pair: (bool, bool)| a.iter().zip(&b).filter(|(a, b)| (**a, **b) == pair).count();
        assert_eq!((count((true, true)), count((false, false))), (0, 0), "races with two winners, and with none");
    }
}
