//! The system's table of TCP and UDP sockets. Looking there touches nothing, unlike binding.

use crate::{
    Protocol,
    overlap::{Overlap, overlap},
    place::Place,
};
use std::{io, net::SocketAddr};

/// What a socket does. For UDP, which knows no listening, a bound socket is one that listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    /// It takes connections or datagrams.
    Listening,
    /// It is bound and does not listen.
    Bound,
    /// It is one end of a connection.
    Connected,
    /// Its process is done with it, and the system remembers it for a minute.
    TimeWait,
}

/// A socket of anybody in this network namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) protocol: Protocol,
    pub(crate) local: SocketAddr,
    pub(crate) stage: Stage,
    /// 0 when no process has it any more.
    pub(crate) inode: u64,
    /// The user who made it.
    pub(crate) uid: u32,
    /// Whether an IPv6 socket takes no IPv4; `None` when the system does not tell.
    pub(crate) only_v6: Option<bool>,
}

impl Row {
    /// Whether it is in the way of a socket of ours at `wanted`.
    pub(crate) fn overlap(&self, protocol: Protocol, wanted: SocketAddr) -> Overlap {
        match overlap(wanted, self.local) {
            _ if self.protocol != protocol => Overlap::None,
            Overlap::Possible => match self.only_v6 {
                Some(true) => Overlap::None,
                Some(false) => Overlap::Certain,
                None => Overlap::Possible,
            },
            other => other,
        }
    }

    /// The worst that it does to any address of `place`.
    pub(crate) fn worst(&self, place: &Place) -> Overlap {
        let each = place.addresses.iter().map(|wanted| self.overlap(place.protocol, *wanted));
        each.min().unwrap_or(Overlap::None)
    }
}

/// The listening TCP sockets and the UDP sockets of both families; those of `port` when one is given.
///
/// # Errors
/// When the system does not tell.
pub(crate) fn listeners(port: Option<u16>) -> io::Result<Vec<Row>> {
    #[cfg(target_os = "linux")]
    if let Ok(rows) = crate::diag::listeners(port) {
        return Ok(rows);
    }
    Ok(read(port)?.into_iter().filter(|row| row.stage == Stage::Listening).collect())
}

/// All TCP and UDP sockets of both families at `port`. Those that are bound and do not listen are among them since Linux 6.8.
///
/// # Errors
/// When the system does not tell.
pub(crate) fn everything(port: u16) -> io::Result<Vec<Row>> {
    #[cfg(target_os = "linux")]
    if let Ok(rows) = crate::diag::everything(port) {
        return Ok(rows);
    }
    read(Some(port))
}

/// What `/proc` tells: all sockets but those that are bound and do not listen.
///
/// # Errors
/// When it cannot be read.
#[cfg(target_os = "linux")]
pub(crate) fn read(port: Option<u16>) -> io::Result<Vec<Row>> {
    use procfs::net;
    let mut rows: Vec<Row> = [table(net::tcp())?, table(net::tcp6())?].into_iter().flatten().map(tcp_row).collect();
    rows.extend([table(net::udp())?, table(net::udp6())?].into_iter().flatten().map(udp_row));
    rows.retain(|row| port.is_none_or(|port| port == row.local.port()));
    Ok(rows)
}

/// The rows of one table; none where the kernel is without that family.
#[cfg(target_os = "linux")]
fn table<T>(read: procfs::ProcResult<Vec<T>>) -> io::Result<Vec<T>> {
    match read {
        Err(procfs::ProcError::NotFound(_)) => Ok(vec![]),
        other => other.map_err(io::Error::other),
    }
}

#[cfg(target_os = "linux")]
fn tcp_row(entry: procfs::net::TcpNetEntry) -> Row {
    use procfs::net::TcpState;
    let stage = match entry.state {
        TcpState::Listen => Stage::Listening,
        TcpState::TimeWait => Stage::TimeWait,
        _ => Stage::Connected,
    };
    let (local, inode, uid) = (entry.local_address, entry.inode, entry.uid);
    Row { protocol: Protocol::Tcp, local, stage, inode, uid, only_v6: None }
}

#[cfg(target_os = "linux")]
fn udp_row(entry: procfs::net::UdpNetEntry) -> Row {
    let (local, inode, uid) = (entry.local_address, entry.inode, entry.uid);
    Row { protocol: Protocol::Udp, local, stage: Stage::Listening, inode, uid, only_v6: None }
}

/// Not known for this system.
///
/// # Errors
/// Always.
#[cfg(not(target_os = "linux"))]
pub(crate) fn read(_: Option<u16>) -> io::Result<Vec<Row>> {
    Err(io::ErrorKind::Unsupported.into())
}
