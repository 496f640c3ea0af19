//! Free loopback ports that two tests never get at once.
//!
//! A port is taken from below the range the kernel hands out by itself, so no outgoing connection lands on it, and
//! is leased by an abstract socket named after it: gone with its process, however that ends.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::io;
use std::net::TcpListener;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener};
use std::sync::{Mutex, PoisonError};

/// Below Linux's default `ip_local_port_range` (32768), above what packages use.
const FIRST: u16 = 20_000;
const COUNT: u16 = 12_000;

/// A port of 127.0.0.1 that nobody listens on, ours among all tests of this machine until dropped.
#[derive(Debug)]
pub struct Lease {
    port: u16,
    _mark: UnixListener,
}

impl Lease {
    /// Takes a port.
    ///
    /// # Errors
    /// When none of them is free.
    pub fn take() -> io::Result<Self> {
        let start = RandomState::new().build_hasher().finish() % u64::from(COUNT);
        let start = u16::try_from(start).unwrap_or_default();
        (0..COUNT)
            .find_map(|step| Self::of(FIRST + (start + step) % COUNT))
            .ok_or_else(|| io::Error::new(io::ErrorKind::AddrNotAvailable, "no free loopback port"))
    }

    /// The port's number.
    pub fn port(&self) -> u16 {
        self.port
    }

    fn of(port: u16) -> Option<Self> {
        let name = SocketAddr::from_abstract_name(format!("bootproof-testkit-port-{port}")).ok()?;
        let mark = UnixListener::bind_addr(&name).ok()?;
        // Every IPv4 address at once: conflicts with a listener on any of them.
        TcpListener::bind(("0.0.0.0", port)).ok()?;
        Some(Self { port, _mark: mark })
    }
}

/// A loopback port that nobody listens on and no other test gets while this process lives.
///
/// # Panics
/// When none is free.
pub fn free_port() -> u16 {
    static TAKEN: Mutex<Vec<Lease>> = Mutex::new(Vec::new());
    let lease = Lease::take().expect("a free loopback port");
    let port = lease.port();
    TAKEN.lock().unwrap_or_else(PoisonError::into_inner).push(lease);
    port
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leased_port_is_given_once_and_again_after_it_was_dropped() {
        let lease = Lease::take().unwrap();
        let port = lease.port();
        assert!(Lease::of(port).is_none());
        drop(lease);
        assert!(Lease::of(port).is_some());
    }

    #[test]
    fn a_port_somebody_listens_on_is_not_leased() {
        let lease = Lease::take().unwrap();
        let port = lease.port();
        drop(lease);
        let _busy = TcpListener::bind(("127.0.0.1", port)).unwrap();
        assert!(Lease::of(port).is_none());
    }

    #[test]
    fn a_free_port_stays_ours() {
        let port = free_port();
        assert!(Lease::of(port).is_none());
        TcpListener::bind(("127.0.0.1", port)).unwrap();
    }
}
