//! Binds all addresses of one port number, or none.

use crate::{
    PortSpec, Protocol,
    bound::{Blanks, Bound},
};
use std::{
    io::{self, ErrorKind},
    net::{IpAddr, SocketAddr, UdpSocket},
};

/// "Address family not supported": 97 in Linux's `errno.h`, 47 in that of macOS and the BSDs.
const NO_SUCH_FAMILY: i32 = if cfg!(target_os = "linux") { 97 } else { 47 };
/// How often any free port is asked for anew when the number is free in one family and busy in the other.
const ANY_PORT_TRIES: u32 = 64;

/// Why the system refused a socket.
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

/// A refused socket, and where it should have been.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) at: SocketAddr,
    pub(crate) why: Refusal,
}

/// The sockets of one port number, one for each family.
#[derive(Debug)]
pub(crate) struct Listeners {
    pub(crate) port: u16,
    /// Never empty; IPv4 first.
    pub(crate) sockets: Vec<Bound>,
    /// Declared addresses whose family this machine lacks.
    pub(crate) absent: Vec<IpAddr>,
}

/// All sockets of `port` for `spec`, or none. 0 takes any number that is free on all families.
pub(crate) fn listen_all(spec: &PortSpec, port: u16) -> Result<Listeners, Refused> {
    listen_all_with(spec, port, &Blanks::default())
}

/// [`listen_all`], with sockets that are there already.
pub(crate) fn listen_all_with(spec: &PortSpec, port: u16, blanks: &Blanks) -> Result<Listeners, Refused> {
    let mut refused = try_all(spec, port, blanks);
    for _ in 1..ANY_PORT_TRIES {
        match refused {
            Err(Refused { why: Refusal::Busy, .. }) if port == 0 => refused = try_all(spec, port, blanks),
            other => return other,
        }
    }
    refused
}

fn try_all(spec: &PortSpec, port: u16, blanks: &Blanks) -> Result<Listeners, Refused> {
    let mut all = Listeners { port, sockets: vec![], absent: vec![] };
    let mut last = None;
    for ip in spec.host.ips() {
        let at = SocketAddr::new(ip, all.port);
        match take(at, spec.protocol, blanks) {
            Ok((actual, socket)) => {
                all.port = actual;
                all.sockets.push(socket);
            }
            Err(Refusal::NotHere) if spec.host.may_lack_a_family() => {
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

fn take(at: SocketAddr, protocol: Protocol, blanks: &Blanks) -> Result<(u16, Bound), Refusal> {
    let socket = Bound::at(at, protocol, blanks)?;
    let port = if at.port() == 0 { socket.local_addr()?.port() } else { at.port() };
    Ok((port, socket))
}

/// Whether `ip` is an address of this machine. Asks with a datagram socket at any free number, so that no declared port is
/// touched; only a clear "no" is one.
pub(crate) fn is_here(ip: IpAddr) -> bool {
    match UdpSocket::bind((ip, 0)).map_err(Refusal::from) {
        Ok(_) => true,
        Err(why) => !matches!(why, Refusal::NotHere),
    }
}
