//! Port numbers in a row that no other test of this machine gets, with the locks of `bootproof_testkit::port`.

use std::{
    collections::BTreeMap,
    fs,
    net::{SocketAddr, TcpListener, UdpSocket},
    os::{
        linux::net::SocketAddrExt,
        unix::net::{SocketAddr as Name, UnixListener},
    },
};

/// A row of free port numbers, ours until dropped.
pub(crate) struct Row {
    pub(crate) first: u16,
    pub(crate) last: u16,
    _locks: Vec<UnixListener>,
}

impl Row {
    /// `count` numbers in a row.
    pub(crate) fn of(count: u16) -> Self {
        for _ in 0..1000 {
            let first = bootproof_testkit::port::Lease::take().unwrap().port();
            if let Some(locks) = (first..first + count).map(lock).collect() {
                return Self { first, last: first + count - 1, _locks: locks };
            }
        }
        panic!("no {count} free ports in a row");
    }

    /// Every TCP or UDP socket that has one of the numbers at either end: none must be left behind, not even in TIME_WAIT.
    pub(crate) fn sockets(&self) -> String {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for table in ["/proc/net/tcp", "/proc/net/tcp6", "/proc/net/udp", "/proc/net/udp6"] {
            for line in fs::read_to_string(table).unwrap().lines().skip(1) {
                let fields: Vec<_> = line.split_whitespace().collect();
                if [fields[1], fields[2]].iter().any(|at| self.has(at)) {
                    *seen.entry(format!("{table} {} {} {}", fields[1], fields[2], fields[3])).or_default() += 1;
                }
            }
        }
        format!("{seen:#?}")
    }

    fn has(&self, at: &str) -> bool {
        let port = u16::from_str_radix(at.rsplit(':').next().unwrap(), 16).unwrap();
        (self.first..=self.last).contains(&port)
    }
}

fn lock(port: u16) -> Option<UnixListener> {
    let name = Name::from_abstract_name(format!("bootproof-testkit-port-{port}")).unwrap();
    let lock = UnixListener::bind_addr(&name).ok()?;
    for any in ["0.0.0.0", "::"] {
        let address = SocketAddr::new(any.parse().unwrap(), port);
        TcpListener::bind(address).ok()?;
        UdpSocket::bind(address).ok()?;
    }
    Some(lock)
}
