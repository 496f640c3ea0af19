//! Asks the kernel for sockets of some states alone, as `ss` does (netlink `sock_diag(7)`).
//!
//! `/proc/net/tcp` says the same, but the kernel walks its table of *all* connections for that: 5 ms each time on an idle
//! machine with 262,144 buckets, against some microseconds here. And it never shows what is bound and does not listen.

use crate::{
    Protocol,
    table::{Row, Stage},
};
use socket2::{Domain, Socket, Type};
use std::{
    io::{self, Read, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

// Numbers of linux/netlink.h, linux/sock_diag.h and linux/inet_diag.h.
const AF_NETLINK: i32 = 16;
const NETLINK_SOCK_DIAG: i32 = 4;
const SOCK_DIAG_BY_FAMILY: u16 = 20;
const NLM_F_REQUEST_AND_DUMP: u16 = 0x301;
const NLMSG_ERROR: u16 = 2;
const NLMSG_DONE: u16 = 3;
const AF_INET: u8 = 2;
const AF_INET6: u8 = 10;
const TCP: u8 = 6;
const UDP: u8 = 17;
/// The attribute that says whether an IPv6 socket takes no IPv4.
const INET_DIAG_SKV6ONLY: u16 = 11;
// States of net/tcp_states.h. UDP sockets are `CLOSE`, or `ESTABLISHED` once they are connected.
const TIME_WAIT: u8 = 6;
const CLOSE: u8 = 7;
const LISTEN: u8 = 10;
/// Bound and not listening: listed since Linux 6.8, and never by an older one.
const BOUND_INACTIVE: u8 = 13;
const ALL_STATES: u32 = u32::MAX;
/// Sizes of `nlmsghdr`, of it with `inet_diag_req_v2`, and of `inet_diag_msg`.
const HEADER: usize = 16;
const REQUEST: usize = 72;
const MESSAGE: usize = 72;
/// More than the kernel puts into one answer, 32 KiB.
const BUFFER: usize = 64 << 10;

/// All listening TCP sockets and all UDP sockets of both families; those of `port` when one is given.
///
/// # Errors
/// When the kernel, or a sandbox, does not answer such questions.
pub(crate) fn listeners(port: Option<u16>) -> io::Result<Vec<Row>> {
    both_families(1 << LISTEN, port)
}

/// All TCP and UDP sockets of both families at `port`, whatever they do.
///
/// # Errors
/// When the kernel, or a sandbox, does not answer such questions.
pub(crate) fn everything(port: u16) -> io::Result<Vec<Row>> {
    both_families(ALL_STATES, Some(port))
}

fn both_families(tcp_states: u32, port: Option<u16>) -> io::Result<Vec<Row>> {
    let mut rows = vec![];
    for family in [AF_INET, AF_INET6] {
        ask(family, Protocol::Tcp, tcp_states, port, &mut rows)?;
        ask(family, Protocol::Udp, ALL_STATES, port, &mut rows)?;
    }
    Ok(rows)
}

fn ask(family: u8, protocol: Protocol, states: u32, port: Option<u16>, rows: &mut Vec<Row>) -> io::Result<()> {
    let netlink = Some(socket2::Protocol::from(NETLINK_SOCK_DIAG));
    let mut socket = Socket::new(Domain::from(AF_NETLINK), Type::from(3), netlink)?;
    socket.write_all(&request(family, protocol, states, port.unwrap_or(0)))?;
    let mut buffer = vec![0; BUFFER];
    loop {
        let got = socket.read(&mut buffer)?;
        if read_messages(&buffer[..got], protocol, rows)? {
            return Ok(());
        }
    }
}

/// `nlmsghdr` and `inet_diag_req_v2`: all sockets of `family` in one of `states`; at `port` only, unless it is 0.
fn request(family: u8, protocol: Protocol, states: u32, port: u16) -> [u8; REQUEST] {
    let mut bytes = [0; REQUEST];
    bytes[..4].copy_from_slice(&(REQUEST as u32).to_ne_bytes());
    bytes[4..6].copy_from_slice(&SOCK_DIAG_BY_FAMILY.to_ne_bytes());
    bytes[6..8].copy_from_slice(&NLM_F_REQUEST_AND_DUMP.to_ne_bytes());
    bytes[HEADER] = family;
    bytes[HEADER + 1] = match protocol {
        Protocol::Tcp => TCP,
        Protocol::Udp => UDP,
    };
    bytes[HEADER + 4..HEADER + 8].copy_from_slice(&states.to_ne_bytes());
    bytes[HEADER + 8..HEADER + 10].copy_from_slice(&port.to_be_bytes());
    bytes
}

/// Reads the messages of one answer; true when it was the last.
fn read_messages(mut bytes: &[u8], protocol: Protocol, rows: &mut Vec<Row>) -> io::Result<bool> {
    let broken = || io::Error::new(io::ErrorKind::InvalidData, "an answer of sock_diag that cannot be read");
    if bytes.is_empty() {
        return Err(broken());
    }
    while !bytes.is_empty() {
        let length = u32_at(bytes, 0).ok_or_else(broken)? as usize;
        let kind = u16_at(bytes, 4).ok_or_else(broken)?;
        match kind {
            NLMSG_DONE => return Ok(true),
            NLMSG_ERROR => return Err(io::Error::other("the kernel refuses to list its sockets")),
            _ => rows.push(bytes.get(HEADER..length).and_then(|message| row(message, protocol)).ok_or_else(broken)?),
        }
        bytes = bytes.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    Ok(false)
}

/// Reads an `inet_diag_msg`: family, state and two bytes; ports at 4, in network order; addresses at 8; user at 64; inode at
/// 68; attributes behind it.
fn row(message: &[u8], protocol: Protocol) -> Option<Row> {
    let port = u16::from_be_bytes(message.get(4..6)?.try_into().ok()?);
    let ip: IpAddr = match *message.first()? {
        AF_INET => Ipv4Addr::from(<[u8; 4]>::try_from(message.get(8..12)?).ok()?).into(),
        AF_INET6 => Ipv6Addr::from(<[u8; 16]>::try_from(message.get(8..24)?).ok()?).into(),
        _ => return None,
    };
    let stage = match (protocol, *message.get(1)?) {
        (Protocol::Udp, _) | (_, LISTEN) => Stage::Listening,
        (_, BOUND_INACTIVE | CLOSE) => Stage::Bound,
        (_, TIME_WAIT) => Stage::TimeWait,
        _ => Stage::Connected,
    };
    let (uid, inode) = (u32_at(message, 64)?, u32_at(message, 68)?.into());
    let only_v6 = only_v6(message.get(MESSAGE..)?);
    Some(Row { protocol, local: SocketAddr::new(ip, port), stage, inode, uid, only_v6 })
}

/// Looks for [`INET_DIAG_SKV6ONLY`] in a list of `nlattr`: length and kind, two bytes each, then the value.
fn only_v6(mut attributes: &[u8]) -> Option<bool> {
    loop {
        let (length, kind) = (usize::from(u16_at(attributes, 0)?), u16_at(attributes, 2)?);
        if kind == INET_DIAG_SKV6ONLY {
            return attributes.get(4).map(|value| *value != 0);
        }
        // At least its own head, so that a length of nothing does not spin.
        attributes = attributes.get(length.max(4).next_multiple_of(4)..)?;
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_ne_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_ne_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

#[cfg(test)]
#[path = "diag_tests.rs"]
mod tests;
