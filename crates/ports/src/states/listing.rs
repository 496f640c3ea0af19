//! Everybody at a port number, on whatever address: what `bootproof ports who` prints.

use super::KernelView;
use crate::{
    Owner, Protocol,
    owner::owners,
    place::Place,
    table::{self, Row, Stage},
};
use std::{collections::BTreeMap, fmt, io, net::SocketAddr};

/// Everybody who has one port number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// The number.
    pub port: u16,
    /// Their sockets: listening ones first. None: nobody is to be seen there.
    pub sockets: Vec<Taken>,
    /// What the kernel does with the number by itself.
    pub kernel: KernelView,
}

/// Sockets of one owner at one address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// What they speak.
    pub protocol: Protocol,
    /// Their address.
    pub at: SocketAddr,
    /// What they do.
    pub doing: Doing,
    /// How many they are: a listener has one, connections may be many.
    pub count: usize,
    /// Who has them.
    pub owner: Owner,
}

/// What a socket does with its port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doing {
    /// It listens, or takes datagrams.
    Listening,
    /// It is bound and does not listen.
    Bound,
    /// It is the near end of a connection.
    Connected,
    /// It is remembered for a minute after its end.
    TimeWait,
}

impl Doing {
    /// In a word or two.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Listening => "listens",
            Self::Bound => "bound, does not listen",
            Self::Connected => "connected",
            Self::TimeWait => "remembered",
        }
    }
}

/// One line for each owner and address, and one for each thing worth knowing of the number.
impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines: Vec<_> = self.sockets.iter().map(ToString::to_string).collect();
        if lines.is_empty() {
            lines.push(match super::kernel::lists_what_is_bound_only() {
                true => "nobody".to_owned(),
                false => "nobody listens; this kernel does not tell whether somebody has it bound".to_owned(),
            });
        }
        lines.extend(self.kernel.notes(self.port));
        lines.iter().try_for_each(|line| writeln!(f, "{:<5}  {line}", self.port))
    }
}

impl fmt::Display for Taken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { protocol, at, doing, count, owner } = self;
        write!(f, "{} {at}  {}", super::speaks(*protocol), doing.as_str())?;
        if *count > 1 {
            write!(f, " {count} times")?;
        }
        write!(f, "  {owner}")
    }
}

/// Who has each of `ports`, with any protocol and on any address of this network namespace. Blocks for some milliseconds, and
/// for a second at most when a container may be behind one.
///
/// # Errors
/// When the system does not tell: then nobody knows, and no port is free for it.
pub fn who_has(ports: &[u16]) -> io::Result<Vec<Who>> {
    let mut rows = vec![];
    for port in ports {
        rows.extend(together(table::everything(*port)?));
    }
    let places: Vec<_> = rows.iter().map(|(row, _)| of_row(row)).collect();
    let (rows, counts): (Vec<_>, Vec<_>) = rows.into_iter().map(|(row, count)| (Some(row), count)).unzip();
    let owners = owners(&places, &rows);
    let seen: Vec<_> = rows.into_iter().flatten().zip(counts).zip(owners).map(seen).collect();
    let who = |port: &u16| {
        let mut sockets: Vec<_> = seen.iter().filter(|seen| seen.at.port() == *port).cloned().collect();
        sockets.sort_by_key(|seen| (seen.doing, seen.protocol, seen.at));
        Who { port: *port, sockets, kernel: KernelView::of(*port) }
    };
    Ok(ports.iter().map(who).collect())
}

/// One row for all connections of one user at one address; each listener for itself.
fn together(rows: Vec<Row>) -> Vec<(Row, usize)> {
    let mut groups: BTreeMap<_, (Row, usize)> = BTreeMap::new();
    for row in rows {
        let alone = if matches!(row.stage, Stage::Listening | Stage::Bound) { row.inode } else { 0 };
        let group = groups.entry((row.protocol, row.stage, row.local, row.uid, alone)).or_insert((row, 0));
        group.1 += 1;
    }
    groups.into_values().collect()
}

fn of_row(row: &Row) -> Place {
    Place { protocol: row.protocol, addresses: vec![row.local] }
}

fn seen(((row, count), owner): ((Row, usize), Owner)) -> Taken {
    let doing = match row.stage {
        Stage::Listening => Doing::Listening,
        Stage::Bound => Doing::Bound,
        Stage::Connected => Doing::Connected,
        Stage::TimeWait => Doing::TimeWait,
    };
    Taken { protocol: row.protocol, at: row.local, doing, count, owner }
}
