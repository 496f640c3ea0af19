//! Who has a port: from the socket's inode to the process that has it open.
//!
//! What cannot be seen is said to be unknown, never free. Of a process only the name is shown: command lines hold secrets.

use crate::{
    overlap::Overlap,
    place::Place,
    table::{self, Row},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs,
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

/// The owner of each of `places`, found with one look at the table and one walk over the processes. Blocks for some
/// milliseconds on a machine with many open files.
pub(crate) fn owners_of(places: &[Place]) -> Vec<Owner> {
    if places.is_empty() {
        return vec![];
    }
    let rows: Vec<_> = places.iter().map(in_the_way).collect();
    let inodes = rows.iter().flatten().map(|row| row.inode).filter(|inode| *inode != 0).collect();
    let holders = holders(&inodes);
    let users = Users::read();
    rows.into_iter().map(|row| row.map_or(Owner::Unknown, |row| owner(&row, &holders, &users))).collect()
}

/// The socket that has `place`: a listener, when one is in the way for certain; else any, which takes longer to find.
fn in_the_way(place: &Place) -> Option<Row> {
    let rows = table::listeners(Some(place.port())).unwrap_or_default();
    if rows.iter().any(|row| row.worst(place) == Overlap::Certain) {
        return most_in_the_way(rows, place);
    }
    most_in_the_way(table::everything(place.port()).unwrap_or(rows), place)
}

/// The socket that is most surely in the way: listening ones first, then those that a process still has.
fn most_in_the_way(rows: Vec<Row>, place: &Place) -> Option<Row> {
    let overlaps = rows.into_iter().map(|row| (row.worst(place), row)).filter(|(overlap, _)| *overlap != Overlap::None);
    overlaps.min_by_key(|(overlap, row)| (row.stage, *overlap, row.inode == 0)).map(|(_, row)| row)
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
fn holders(inodes: &BTreeSet<u64>) -> BTreeMap<u64, BTreeSet<u32>> {
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
    use crate::{Protocol, table::Stage};

    fn row(local: &str, stage: Stage, inode: u64) -> Row {
        Row { protocol: Protocol::Tcp, local: local.parse().unwrap(), stage, inode, uid: 0, only_v6: None }
    }

    #[test]
    fn the_listener_is_named_before_its_connections_and_those_before_what_is_only_remembered() {
        let rows = [
            row("127.0.0.1:80", Stage::TimeWait, 0),
            row("127.0.0.1:80", Stage::Connected, 5),
            row("[::]:80", Stage::Listening, 6),
            row("127.0.0.1:81", Stage::Listening, 7),
        ];
        let place = Place { protocol: Protocol::Tcp, addresses: vec!["127.0.0.1:80".parse().unwrap()] };
        let found = |rows: &[Row]| most_in_the_way(rows.to_vec(), &place).map(|row| row.inode);
        assert_eq!(found(&rows), Some(6));
        assert_eq!(found(&rows[..2]), Some(5));
        assert_eq!(found(&rows[..1]), Some(0));
        assert_eq!(found(&rows[3..]), None);
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
