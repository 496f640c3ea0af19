//! Who has a port: from the socket's inode to the process that has it open.
//!
//! What cannot be seen is said to be unknown, never free. Of a process only the name is shown: command lines hold secrets.

use crate::{
    overlap::{Overlap, worst},
    table::{self, Row},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs,
    net::SocketAddr,
};

/// Who has a port.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// A process.
    Process {
        /// Its id; the lowest when several have the socket open.
        pid: u32,
        /// Its name as the kernel keeps it, at most 15 characters.
        command: String,
        /// Who made the socket: name or number.
        user: String,
        /// How many further processes have the socket open.
        others: usize,
    },
    /// A process that may not be looked into.
    Hidden {
        /// Who made the socket: name or number.
        user: String,
        /// Whether that is another user than ours.
        another: bool,
    },
    /// Nobody any more: connections of a former process in TIME_WAIT.
    Remembered,
    /// Nothing is to be seen of it: it was bound and does not listen, is gone meanwhile, or this system does not tell.
    Unknown,
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Process { pid, command, user, others: 0 } => write!(f, "`{command}` (pid {pid}, user {user})"),
            Self::Process { pid, command, user, others } => {
                write!(f, "`{command}` (pid {pid} and {others} more, user {user})")
            }
            Self::Hidden { user, another: true } => write!(f, "unknown owner (another user's process, user {user})"),
            Self::Hidden { user, another: false } => {
                write!(f, "unknown owner (a process of user {user} that cannot be seen from here)")
            }
            Self::Remembered => f.write_str("connections of a former process that the system remembers for a minute"),
            Self::Unknown => f.write_str("unknown owner"),
        }
    }
}

/// The owner of each group of addresses, found with one look at the table and one walk over the processes. Blocks for some
/// milliseconds on a machine with many open files.
pub(crate) fn owners_of(groups: &[Vec<SocketAddr>]) -> Vec<Owner> {
    if groups.is_empty() {
        return vec![];
    }
    let rows = rows_for(groups);
    let found: Vec<Option<&Row>> = groups.iter().map(|addresses| in_the_way(&rows, addresses)).collect();
    let inodes = found.iter().flatten().map(|row| row.inode).filter(|inode| *inode != 0).collect();
    let holders = holders(&inodes);
    let users = Users::read();
    found.into_iter().map(|row| row.map_or(Owner::Unknown, |row| owner(row, &holders, &users))).collect()
}

/// The listeners, when each of `groups` has one in its way for certain; else all sockets, which takes longer.
fn rows_for(groups: &[Vec<SocketAddr>]) -> Vec<Row> {
    let rows = table::listeners().unwrap_or_default();
    let certain = |addresses: &Vec<_>| rows.iter().any(|row| worst(addresses, row.local) == Overlap::Certain);
    if groups.iter().all(certain) { rows } else { table::read().unwrap_or(rows) }
}

/// The socket that is most surely in the way: listening ones first, then those that a process still has.
fn in_the_way<'a>(rows: &'a [Row], addresses: &[SocketAddr]) -> Option<&'a Row> {
    rows.iter()
        .map(|row| (worst(addresses, row.local), row))
        .filter(|(overlap, _)| *overlap != Overlap::None)
        .min_by_key(|(overlap, row)| (!row.listening, *overlap, row.inode == 0))
        .map(|(_, row)| row)
}

fn owner(row: &Row, holders: &BTreeMap<u64, BTreeSet<u32>>, users: &Users) -> Owner {
    if row.inode == 0 {
        return Owner::Remembered;
    }
    let user = users.name(row.uid);
    let pids = holders.get(&row.inode);
    match pids.and_then(|pids| Some((*pids.first()?, pids.len() - 1))) {
        Some((pid, others)) => Owner::Process { pid, command: command(pid), user, others },
        None => Owner::Hidden { user, another: users.is_another(row.uid) },
    }
}

/// The processes that have each of `inodes` open, as far as they may be looked into.
pub(crate) fn holders(inodes: &BTreeSet<u64>) -> BTreeMap<u64, BTreeSet<u32>> {
    let mut holders: BTreeMap<u64, BTreeSet<u32>> = BTreeMap::new();
    if inodes.is_empty() {
        return holders;
    }
    for pid in entries("/proc").filter_map(|name| name.parse().ok()) {
        for inode in entries(&format!("/proc/{pid}/fd")).filter_map(|fd| socket_inode(&format!("/proc/{pid}/fd/{fd}")))
        {
            if inodes.contains(&inode) {
                holders.entry(inode).or_default().insert(pid);
            }
        }
    }
    holders
}

fn entries(folder: &str) -> impl Iterator<Item = String> {
    fs::read_dir(folder).into_iter().flatten().flatten().filter_map(|entry| entry.file_name().into_string().ok())
}

/// The inode of the socket that the link of an open file leads to: `socket:[123]`.
pub(crate) fn socket_inode(link: &str) -> Option<u64> {
    let target = fs::read_link(link).ok()?;
    target.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()
}

/// The name of a process. A process chooses its own name, so control characters are made visible.
fn command(pid: u32) -> String {
    let name = fs::read(format!("/proc/{pid}/comm")).unwrap_or_default();
    let name = String::from_utf8_lossy(&name);
    let name = name.trim_end_matches('\n');
    if name.is_empty() { "?".to_owned() } else { name.escape_default().to_string() }
}

/// Names of users as `/etc/passwd` has them. Directory services are not asked: they may be away at start-up.
struct Users {
    passwd: String,
    ours: Option<u32>,
}

impl Users {
    fn read() -> Self {
        Self { passwd: fs::read_to_string("/etc/passwd").unwrap_or_default(), ours: our_user() }
    }

    fn name(&self, uid: u32) -> String {
        let name = self.passwd.lines().find_map(|line| {
            let mut fields = line.split(':');
            let name = fields.next()?;
            (fields.nth(1)?.parse() == Ok(uid)).then(|| name.to_owned())
        });
        name.unwrap_or_else(|| uid.to_string())
    }

    /// Whether `uid` is another user into whose processes we may not look for that reason.
    fn is_another(&self, uid: u32) -> bool {
        self.ours.is_none_or(|ours| ours != 0 && ours != uid)
    }
}

/// The user we act as: the second number of the line `Uid:` in `/proc/self/status`.
fn our_user() -> Option<u32> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("Uid:"))?.split_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(local: &str, listening: bool, inode: u64) -> Row {
        Row { local: local.parse().unwrap(), listening, inode, uid: 0 }
    }

    #[test]
    fn the_listener_is_named_before_its_connections_and_those_before_what_is_only_remembered() {
        let rows = [
            row("127.0.0.1:80", false, 0),
            row("127.0.0.1:80", false, 5),
            row("[::]:80", true, 6),
            row("127.0.0.1:81", true, 7),
        ];
        let ours = ["127.0.0.1:80".parse().unwrap()];
        assert_eq!(in_the_way(&rows, &ours).map(|row| row.inode), Some(6));
        assert_eq!(in_the_way(&rows[..2], &ours).map(|row| row.inode), Some(5));
        assert_eq!(in_the_way(&rows[..1], &ours).map(|row| row.inode), Some(0));
        assert_eq!(in_the_way(&rows[3..], &ours), None);
    }

    #[test]
    fn a_user_without_an_entry_is_shown_by_number() {
        let users = Users { passwd: "root:x:0:0::/root:/bin/sh\nwww:x:33:33::/:/x\n".into(), ours: Some(33) };
        assert_eq!([users.name(0), users.name(33), users.name(34)], ["root", "www", "34"]);
        assert!(users.is_another(0) && !users.is_another(33));
    }

    #[test]
    fn what_is_hidden_is_called_unknown_and_never_free() {
        for owner in [
            Owner::Hidden { user: "x".into(), another: true },
            Owner::Hidden { user: "x".into(), another: false },
            Owner::Unknown,
        ] {
            assert!(owner.to_string().starts_with("unknown owner"), "{owner}");
        }
    }
}
