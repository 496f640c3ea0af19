//! The system's table of TCP sockets. Looking there touches nothing, unlike binding.

use std::{io, net::SocketAddr};

/// A socket of anybody in this network namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) local: SocketAddr,
    pub(crate) listening: bool,
    /// 0 when no process has it any more.
    pub(crate) inode: u64,
    /// The user who made it.
    pub(crate) uid: u32,
}

/// The listening sockets of both families.
///
/// # Errors
/// When the system does not tell.
pub(crate) fn listeners() -> io::Result<Vec<Row>> {
    #[cfg(target_os = "linux")]
    if let Ok(rows) = crate::diag::listeners() {
        return Ok(rows);
    }
    Ok(read()?.into_iter().filter(|row| row.listening).collect())
}

/// All TCP sockets of both families. Sockets that are bound and do not listen are not in it.
///
/// # Errors
/// When `/proc` cannot be read.
#[cfg(target_os = "linux")]
pub(crate) fn read() -> io::Result<Vec<Row>> {
    use procfs::{ProcError, net};
    let v4 = net::tcp().map_err(io::Error::other)?;
    let v6 = match net::tcp6() {
        Err(ProcError::NotFound(_)) => vec![], // a kernel without IPv6
        other => other.map_err(io::Error::other)?,
    };
    let row = |entry: net::TcpNetEntry| Row {
        local: entry.local_address,
        listening: entry.state == net::TcpState::Listen,
        inode: entry.inode,
        uid: entry.uid,
    };
    Ok(v4.into_iter().chain(v6).map(row).collect())
}

/// Not known for this system.
///
/// # Errors
/// Always.
#[cfg(not(target_os = "linux"))]
pub(crate) fn read() -> io::Result<Vec<Row>> {
    Err(io::ErrorKind::Unsupported.into())
}
