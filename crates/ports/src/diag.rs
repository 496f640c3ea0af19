//! Asks the kernel for the listening TCP sockets alone, as `ss -l` does (netlink `sock_diag(7)`).
//!
//! `/proc/net/tcp` says the same, but the kernel walks its table of *all* connections for that: 5 ms each time on an idle
//! machine with 262,144 buckets, against some microseconds here.

use crate::table::Row;
use socket2::{Domain, Protocol, Socket, Type};
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
/// The bit of the state TCP_LISTEN, which is 10.
const LISTENING: u32 = 1 << 10;
/// Sizes of `nlmsghdr`, and of it with `inet_diag_req_v2`.
const HEADER: usize = 16;
const REQUEST: usize = 72;
/// More than the kernel puts into one answer, 32 KiB.
const BUFFER: usize = 64 << 10;

/// All listening TCP sockets of both families.
///
/// # Errors
/// When the kernel, or a sandbox, does not answer such questions.
pub(crate) fn listeners() -> io::Result<Vec<Row>> {
    let mut rows = family(AF_INET)?;
    rows.extend(family(AF_INET6)?);
    Ok(rows)
}

fn family(family: u8) -> io::Result<Vec<Row>> {
    let mut socket = Socket::new(Domain::from(AF_NETLINK), Type::from(3), Some(Protocol::from(NETLINK_SOCK_DIAG)))?;
    socket.write_all(&request(family))?;
    let (mut rows, mut buffer) = (vec![], vec![0; BUFFER]);
    loop {
        let got = socket.read(&mut buffer)?;
        if read_messages(&buffer[..got], &mut rows)? {
            return Ok(rows);
        }
    }
}

/// `nlmsghdr` and `inet_diag_req_v2`: all listening TCP sockets of `family`.
fn request(family: u8) -> [u8; REQUEST] {
    let mut bytes = [0; REQUEST];
    bytes[..4].copy_from_slice(&(REQUEST as u32).to_ne_bytes());
    bytes[4..6].copy_from_slice(&SOCK_DIAG_BY_FAMILY.to_ne_bytes());
    bytes[6..8].copy_from_slice(&NLM_F_REQUEST_AND_DUMP.to_ne_bytes());
    bytes[HEADER] = family;
    bytes[HEADER + 1] = TCP;
    bytes[HEADER + 4..HEADER + 8].copy_from_slice(&LISTENING.to_ne_bytes());
    bytes
}

/// Reads the messages of one answer; true when it was the last.
fn read_messages(mut bytes: &[u8], rows: &mut Vec<Row>) -> io::Result<bool> {
    let broken = || io::Error::new(io::ErrorKind::InvalidData, "an answer of sock_diag that cannot be read");
    if bytes.is_empty() {
        return Err(broken());
    }
    while !bytes.is_empty() {
        let length = u32_at(bytes, 0).ok_or_else(broken)? as usize;
        let kind = bytes.get(4..6).and_then(|b| b.try_into().ok()).map(u16::from_ne_bytes).ok_or_else(broken)?;
        match kind {
            NLMSG_DONE => return Ok(true),
            NLMSG_ERROR => return Err(io::Error::other("the kernel refuses to list its sockets")),
            _ => rows.push(bytes.get(HEADER..length).and_then(row).ok_or_else(broken)?),
        }
        bytes = bytes.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    Ok(false)
}

/// Reads an `inet_diag_msg`: family, state and two bytes; ports at 4, in network order; addresses at 8; user at 64; inode at 68.
fn row(message: &[u8]) -> Option<Row> {
    let port = u16::from_be_bytes(message.get(4..6)?.try_into().ok()?);
    let ip: IpAddr = match *message.first()? {
        AF_INET => Ipv4Addr::from(<[u8; 4]>::try_from(message.get(8..12)?).ok()?).into(),
        AF_INET6 => Ipv6Addr::from(<[u8; 16]>::try_from(message.get(8..24)?).ok()?).into(),
        _ => return None,
    };
    let (uid, inode) = (u32_at(message, 64)?, u32_at(message, 68)?.into());
    Some(Row { local: SocketAddr::new(ip, port), listening: true, inode, uid })
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_ne_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    #[test]
    fn the_kernel_and_proc_say_the_same_of_a_listener() {
        for host in ["127.0.0.1", "::1", "0.0.0.0", "::"] {
            let ours = TcpListener::bind((host, 0)).unwrap().local_addr().unwrap();
            let listener = TcpListener::bind(ours).unwrap();
            let here = |rows: Vec<Row>| rows.into_iter().find(|row| row.listening && row.local == ours);
            let said = here(listeners().unwrap());
            assert!(said.as_ref().is_some_and(|row| row.inode != 0), "{host}: {said:?}");
            assert_eq!(said, here(crate::table::read().unwrap()), "{host}");
            drop(listener);
            assert_eq!(here(listeners().unwrap()), None);
        }
    }

    #[test]
    fn an_answer_that_is_cut_short_or_refused_is_an_error_and_never_no_listeners() {
        let mut whole = request(AF_INET).to_vec();
        whole[HEADER + 8..].fill(1);
        for length in 0..whole.len() {
            read_messages(&whole[..length], &mut vec![]).unwrap_err();
        }
        whole[4..6].copy_from_slice(&NLMSG_ERROR.to_ne_bytes());
        read_messages(&whole, &mut vec![]).unwrap_err();
        whole[4..6].copy_from_slice(&NLMSG_DONE.to_ne_bytes());
        assert!(read_messages(&whole, &mut vec![]).unwrap());
    }

    proptest::proptest! {
        #[test]
        fn whatever_comes_is_read_to_its_end_or_refused(bytes in proptest::collection::vec(0_u8..80, 0..400)) {
            let _ = read_messages(&bytes, &mut vec![]);
        }
    }

    #[test]
    fn a_message_of_length_nothing_does_not_spin() {
        read_messages(&[0; 64], &mut vec![]).unwrap_err();
    }
}
