//! A connect that this machine's kernel answers while the call lasts, as it does on loopback: neither a reactor nor a timer is
//! needed to hear that nobody listens. It is what most tries of a wait are.

use crate::race::{self, Failures};
use nix::libc::EINPROGRESS;
use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use std::{io, net::SocketAddr};
use tokio::net::TcpStream;

/// Connects to the first of these loopback addresses that answers. None: one of them is not on loopback, or has not answered when
/// the call returns; then whoever asks has to wait for it.
pub(super) fn connect(addresses: &[SocketAddr]) -> Option<Result<TcpStream, Failures>> {
    if addresses.iter().any(|address| !address.ip().is_loopback()) {
        return None;
    }
    let mut failed = Failures::with_capacity(addresses.len());
    for address in addresses {
        match one(*address) {
            Ok(Some(stream)) => return Some(Ok(stream)),
            Ok(None) => return None,
            Err(error) => failed.push((*address, error)),
        }
    }
    Some(Err(failed))
}

/// A connection; none: it is still under way.
fn one(address: SocketAddr) -> io::Result<Option<TcpStream>> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_nonblocking(true)?;
    if !is_connected(&socket, &address.into())? {
        return Ok(None);
    }
    race::reached(TcpStream::from_std(socket.into())?, address).map(Some)
}

/// Linux takes the answer in when the call gives the socket back, which is after it said that the connect is under way: so the
/// socket itself is asked.
fn is_connected(socket: &Socket, to: &SockAddr) -> io::Result<bool> {
    match socket.connect(to) {
        Ok(()) => Ok(true),
        Err(error) if error.raw_os_error() == Some(EINPROGRESS) => match socket.take_error()? {
            Some(answer) => Err(answer),
            None => Ok(socket.peer_addr().is_ok()),
        },
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{io::ErrorKind, net::TcpListener};

    /// Socket calls of this kernel that are answered at once: what the whole file is for.
    #[tokio::test]
    async fn on_loopback_the_kernel_answers_within_the_call_on_either_family() {
        for host in ["127.0.0.1:0", "[::1]:0"] {
            let listener = TcpListener::bind(host).unwrap();
            let address = listener.local_addr().unwrap();
            let stream = connect(&[address]).unwrap().unwrap();
            assert_eq!(stream.peer_addr().unwrap(), address);
            drop((stream, listener));
            let failed = connect(&[address, address]).unwrap().unwrap_err();
            let kinds: Vec<_> = failed.iter().map(|(_, error)| error.kind()).collect();
            assert_eq!(kinds, [ErrorKind::ConnectionRefused; 2]);
        }
    }

    #[tokio::test]
    async fn the_first_that_answers_is_taken_after_one_that_refuses() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let open = listener.local_addr().unwrap();
        let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        assert_eq!(connect(&[closed, open]).unwrap().unwrap().peer_addr().unwrap(), open);
    }

    #[tokio::test]
    async fn who_may_take_time_is_left_to_who_can_wait() {
        assert!(connect(&["192.0.2.1:9".parse().unwrap()]).is_none());
        // A queue of one that is full: the kernel drops what comes.
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
        socket.listen(0).unwrap();
        let address = socket.local_addr().unwrap().as_socket().unwrap();
        let mut queued = vec![];
        while let Some(heard) = connect(&[address]) {
            queued.push(heard.unwrap());
            assert!(queued.len() < 100, "the queue is never full");
        }
        assert!(!queued.is_empty());
    }
}
