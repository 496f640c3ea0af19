//! Binds and listens on all addresses of one port number, or on none. This is the only check there is.
//!
//! `SO_REUSEADDR` is set on Linux only: there it passes over connections that a former process left in TIME_WAIT, and still
//! lets no second listener in, because `listen` looks again. Elsewhere it would share addresses, so it stays off and such a
//! port counts as busy. `SO_REUSEPORT` is never set.

use crate::Host;
use socket2::{Domain, Protocol, Socket, Type};
use std::{
    io::{self, ErrorKind},
    net::{IpAddr, SocketAddr, TcpListener, UdpSocket},
};

/// Connections that may wait to be accepted; the kernel caps it at `somaxconn`. As nginx and Go, whose default is the cap.
const BACKLOG: i32 = 4096;
/// "Address family not supported": 97 in Linux's `errno.h`, 47 in that of macOS and the BSDs.
const NO_SUCH_FAMILY: i32 = if cfg!(target_os = "linux") { 97 } else { 47 };
/// How often `listen` is tried again after it lost a race. Linux calls both sockets listening before it looks whether they
/// collide ("there is race window here", `inet_csk_listen_start`), so of two at the same instant both can lose (115 of 200,000
/// times in a loop made for it). Whoever tries again finds the other one listening, which `bind` says, or gone.
const LISTEN_TRIES: u32 = 32;
/// How often any free port is asked for anew when the number is free in one family and busy in the other.
const ANY_PORT_TRIES: u32 = 64;

/// Why the system refused a listener.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// Somebody has the address.
    Busy,
    /// The right to ports this low is missing.
    Privileged,
    /// The address is not one of this machine.
    NotHere,
    /// Something else.
    System(io::Error),
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::AddrInUse => Self::Busy,
            ErrorKind::PermissionDenied => Self::Privileged,
            ErrorKind::AddrNotAvailable => Self::NotHere,
            _ if error.raw_os_error() == Some(NO_SUCH_FAMILY) => Self::NotHere,
            _ => Self::System(error),
        }
    }
}

/// A refused listener, and where it should have been.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) at: SocketAddr,
    pub(crate) why: Refusal,
}

/// The listeners of one port number, one for each family.
#[derive(Debug)]
pub(crate) struct Listeners {
    pub(crate) port: u16,
    /// Never empty; IPv4 first.
    pub(crate) sockets: Vec<TcpListener>,
    /// Declared addresses whose family this machine lacks.
    pub(crate) absent: Vec<IpAddr>,
}

/// A listener at `address`, nonblocking and closed in programs that this one starts.
pub(crate) fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    listen_on(bound(address)?, address)
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

fn finished(socket: Socket) -> io::Result<TcpListener> {
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

fn bound(address: SocketAddr) -> io::Result<Socket> {
    let socket = unbound(address)?;
    #[cfg(target_os = "linux")]
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    Ok(socket)
}

/// Tries to listen at `address` beside whoever listens there, with every sharing option the system has.
pub(crate) fn listen_beside(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = unbound(address)?;
    socket.set_reuse_address(true)?;
    #[cfg(unix)]
    socket.set_reuse_port(true)?;
    socket.bind(&address.into())?;
    socket.listen(1)?;
    Ok(socket.into())
}

fn unbound(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    Ok(socket)
}

/// All listeners of `port` on `host`, or none. 0 takes any number that is free on all families.
pub(crate) fn listen_all(host: Host, port: u16) -> Result<Listeners, Refused> {
    let mut refused = try_all(host, port);
    for _ in 1..ANY_PORT_TRIES {
        match refused {
            Err(Refused { why: Refusal::Busy, .. }) if port == 0 => refused = try_all(host, port),
            other => return other,
        }
    }
    refused
}

fn try_all(host: Host, port: u16) -> Result<Listeners, Refused> {
    let mut all = Listeners { port, sockets: vec![], absent: vec![] };
    let mut last = None;
    for ip in host.ips() {
        let at = SocketAddr::new(ip, all.port);
        match listen(at).and_then(|socket| Ok((socket.local_addr()?.port(), socket))).map_err(Refusal::from) {
            Ok((actual, socket)) => {
                all.port = actual;
                all.sockets.push(socket);
            }
            Err(Refusal::NotHere) if host.may_lack_a_family() => {
                all.absent.push(ip);
                last = Some(Refused { at, why: Refusal::NotHere });
            }
            Err(why) => return Err(Refused { at, why }),
        }
    }
    match last {
        Some(refused) if all.sockets.is_empty() => Err(refused),
        _ => Ok(all),
    }
}

/// Whether `ip` is an address of this machine. Asks with a datagram socket, so that no TCP port is touched; only a clear
/// "no" is one.
pub(crate) fn is_here(ip: IpAddr) -> bool {
    match UdpSocket::bind((ip, 0)).map_err(Refusal::from) {
        Ok(_) => true,
        Err(why) => !matches!(why, Refusal::NotHere),
    }
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

    #[test]
    fn of_two_that_listen_at_the_same_instant_exactly_one_wins() {
        let address = SocketAddr::from(([127, 0, 0, 1], bootproof_testkit::free_port()));
        let arrived = AtomicUsize::new(0);
        let race = || {
            let mut wins = vec![];
            for n in 0..20_000 {
                let first = bound(address).unwrap();
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
