//! A connect that this machine's kernel answers within the call, as it does on loopback: neither a reactor nor a timer is needed to
//! hear that nobody listens. It is what most tries of a wait are.

use crate::race::{self, Failures};
use nix::libc::EINPROGRESS;
use socket2::{Domain, Protocol, Socket, Type};
use std::{io, net::SocketAddr};
use tokio::net::TcpStream;

/// Connects to the first of these loopback addresses that answers. None: one of them is not on loopback, or does not answer at
/// once; then whoever asks has to wait for it.
pub(super) fn connect(addresses: &[SocketAddr]) -> Option<Result<TcpStream, Failures>> {
    if addresses.iter().any(|address| !address.ip().is_loopback()) {
        return None;
    }
    let mut failed = Failures::with_capacity(addresses.len());
    for address in addresses {
        match one(*address) {
            Ok(stream) => return Some(Ok(stream)),
            Err(error) if error.raw_os_error() == Some(EINPROGRESS) => return None,
            Err(error) => failed.push((*address, error)),
        }
    }
    Some(Err(failed))
}

fn one(address: SocketAddr) -> io::Result<TcpStream> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_nonblocking(true)?;
    socket.connect(&address.into())?;
    race::reached(TcpStream::from_std(socket.into())?, address)
}
