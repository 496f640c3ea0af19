//! An entry of the registry of this machine, and whether its owner still has what it published.
//!
//! A file outlives its writer, and a number of a process comes again: an entry counts only while the process with that number
//! and that start is alive, and the listener at its address is its own or one of its children's.

use bootproof_ports::ledger::ProcessId;
use std::net::SocketAddr;

/// What a process of this machine published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalEntry {
    /// The name of the port within its service.
    pub port: String,
    /// Where it listens. Of a wildcard, loopback is asked.
    pub address: SocketAddr,
    /// The scheme, when one was published.
    pub scheme: Option<String>,
    /// Which instance of the service it is.
    pub instance: String,
    /// The process that has to live for this to be true.
    pub owner: ProcessId,
    /// The folder of its project, when that is another one than ours.
    pub project: Option<String>,
}

/// Whether the owner of `entry` lives and has its listener: what was seen, or why not. Blocks for some milliseconds.
#[cfg(target_os = "linux")]
pub(crate) fn owned(entry: &LocalEntry) -> Result<String, String> {
    linux::owned(entry)
}

/// Not known for this system, and what is not known is not taken.
#[cfg(not(target_os = "linux"))]
pub(crate) fn owned(_entry: &LocalEntry) -> Result<String, String> {
    Err("this system does not tell whose a listener is".to_owned())
}

#[cfg(target_os = "linux")]
mod linux {
    use super::LocalEntry;
    use bootproof_ports::ledger::Life;
    use procfs::{
        net::{self, TcpState},
        process::{self, FDTarget},
    };
    use std::{
        collections::{HashMap, HashSet},
        net::{IpAddr, Ipv6Addr, SocketAddr},
    };

    pub(super) fn owned(entry: &LocalEntry) -> Result<String, String> {
        let pid = entry.owner.pid;
        match entry.owner.life() {
            Life::Alive => {}
            Life::Over => return Err(format!("its process {pid} has ended")),
            Life::Elsewhere => {
                return Err(format!(
                    "its process {pid} is of another container or machine and cannot be seen from here"
                ));
            }
        }
        let mut inodes = listeners(entry.address)?;
        if inodes.is_empty() {
            return Err(format!("its process {pid} lives, but nobody listens at {}", entry.address));
        }
        for one in family(pid) {
            for inode in sockets(one) {
                inodes.remove(&inode);
            }
            if inodes.is_empty() {
                return Ok(format!("its process {pid} has the listener"));
            }
        }
        Err(format!("somebody else than its process {pid} listens at {}", entry.address))
    }

    /// The listeners that a connection to `address` may meet: the most specific ones there are.
    fn listeners(address: SocketAddr) -> Result<HashSet<u64>, String> {
        let unreadable = |error: procfs::ProcError| format!("the table of sockets cannot be read: {error}");
        let mut rows = net::tcp().map_err(unreadable)?;
        rows.extend(net::tcp6().unwrap_or_default());
        let rows: Vec<_> = rows
            .into_iter()
            .filter(|row| row.state == TcpState::Listen && row.local_address.port() == address.port())
            .filter_map(|row| Some((reach(row.local_address.ip(), address.ip())?, row.inode)))
            .collect();
        let nearest = rows.iter().map(|(reach, _)| *reach).min();
        Ok(rows.into_iter().filter(|(reach, _)| Some(*reach) == nearest).map(|(_, inode)| inode).collect())
    }

    /// How near a listener at `local` is to a connection to `wanted`: 0 the same, 1 all of the family, 2 all of both.
    pub(super) fn reach(local: IpAddr, wanted: IpAddr) -> Option<u8> {
        let local = local.to_canonical();
        if local == wanted.to_canonical() {
            return Some(0);
        }
        match (local.is_unspecified(), local.is_ipv4() == wanted.is_ipv4()) {
            (true, true) => Some(1),
            (true, false) if local == IpAddr::from(Ipv6Addr::UNSPECIFIED) => Some(2),
            _ => None,
        }
    }

    /// `pid` and all below it: a program that was given its socket has it instead of who published it.
    fn family(pid: u32) -> Vec<i32> {
        let mut below: HashMap<i32, Vec<i32>> = HashMap::new();
        for stat in process::all_processes().into_iter().flatten().flatten().filter_map(|one| one.stat().ok()) {
            below.entry(stat.ppid).or_default().push(stat.pid);
        }
        let mut all = vec![pid.cast_signed()];
        let mut at = 0;
        while let Some(parent) = all.get(at) {
            all.extend(below.remove(parent).unwrap_or_default());
            at += 1;
        }
        all
    }

    fn sockets(pid: i32) -> Vec<u64> {
        let open = process::Process::new(pid).and_then(|process| process.fd());
        let socket = |fd: process::FDInfo| match fd.target {
            FDTarget::Socket(inode) => Some(inode),
            _ => None,
        };
        open.into_iter().flatten().flatten().filter_map(socket).collect()
    }
}

#[cfg(all(test, target_os = "linux"))]
#[path = "local_tests.rs"]
mod tests;
