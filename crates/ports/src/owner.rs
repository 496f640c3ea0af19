//! Who has a port: from the socket's inode to the process that has it open, and to its container.
//!
//! What cannot be seen is said to be unknown, never free. Nothing is ever done to an owner. Read [`Owner`] first.

mod command_line;
mod container;
mod docker;
pub(crate) mod holders;
mod process;
mod users;

pub use container::Container;
pub(crate) use holders::holders;
#[cfg(unix)]
pub(crate) use holders::socket_inode;

use crate::{
    overlap::Overlap,
    place::Place,
    table::{self, Row},
};
use docker::Docker;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    time::SystemTime,
};
use users::Users;

/// Who has a port.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// A process.
    Process {
        /// Its id; when several have the socket open, that of this process, or else the lowest.
        pid: u32,
        /// Its name as the kernel keeps it, at most 15 characters.
        command: String,
        /// Who made the socket: name or number.
        user: String,
        /// How many further processes have the socket open.
        others: usize,
        /// What else is known of it.
        about: Box<About>,
    },
    /// A process that may not be looked into.
    Hidden {
        /// Who made the socket: name or number.
        user: String,
        /// Whether that is another user than ours.
        another: bool,
        /// The container that publishes the port, when the `docker` client says so.
        container: Option<Box<Container>>,
    },
    /// Nobody any more: connections of a former process in TIME_WAIT.
    Remembered,
    /// Nothing is to be seen of it: it was bound and does not listen, is gone meanwhile, or this system does not tell.
    Unknown,
}

/// What is known of a process besides its id.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct About {
    /// Its command line: at most some 120 characters, `***` for whatever may be a secret. `None` when it has none to see.
    pub line: Option<String>,
    /// When it was started.
    pub since: Option<SystemTime>,
    /// The container it runs in, or that it listens for.
    pub container: Option<Container>,
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Process { pid, command, user, others, about } => {
                write!(f, "`{}` (pid {pid}", about.line.as_ref().unwrap_or(command))?;
                if *others > 0 {
                    write!(f, " and {others} more")?;
                }
                write!(f, ", user {user}")?;
                if let Some(since) = about.since.and_then(process::clock) {
                    write!(f, ", since {since}")?;
                }
                f.write_str(")")?;
                about.container.iter().try_for_each(|container| write!(f, ", {container}"))
            }
            Self::Hidden { user, another, container } => {
                match another {
                    true => write!(f, "unknown owner (another user's process, user {user})")?,
                    false => write!(f, "unknown owner (a process of user {user} that cannot be seen from here)")?,
                }
                container.iter().try_for_each(|container| write!(f, ", {container}"))
            }
            Self::Remembered => f.write_str("connections of a former process that the system remembers for a minute"),
            Self::Unknown => f.write_str("unknown owner"),
        }
    }
}

/// The owner of each of `places`, found with one look at the table and one walk over the processes. Blocks for some
/// milliseconds on a machine with many open files; at most a second longer when a container may be behind a port and the
/// `docker` client does not answer.
pub(crate) fn owners_of(places: &[Place]) -> Vec<Owner> {
    if places.is_empty() {
        return vec![];
    }
    let rows: Vec<_> = places.iter().map(in_the_way).collect();
    owners(places, &rows)
}

/// The owner of each socket, which has the place of the same number; unknown where there is none.
pub(crate) fn owners(places: &[Place], rows: &[Option<Row>]) -> Vec<Owner> {
    let inodes = rows.iter().flatten().map(|row| row.inode).filter(|inode| *inode != 0).collect();
    let holders = holders(&inodes);
    let users = Users::read();
    let mut owners: Vec<_> = rows
        .iter()
        .map(|row| row.as_ref().map_or(Owner::Unknown, |row| owner(row.inode, row.uid, &holders, &users)))
        .collect();
    container::name(places, &mut owners, &Docker::client());
    owners
}

/// The owner of the socket `inode`, which the user `uid` made.
#[cfg(unix)]
pub(crate) fn owner_of_socket(inode: u64, uid: u32) -> Owner {
    owner(inode, uid, &holders(&BTreeSet::from([inode])), &Users::read())
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
pub(crate) fn most_in_the_way(rows: Vec<Row>, place: &Place) -> Option<Row> {
    let overlaps = rows.into_iter().map(|row| (row.worst(place), row)).filter(|(overlap, _)| *overlap != Overlap::None);
    overlaps.min_by_key(|(overlap, row)| (row.stage, *overlap, row.inode == 0)).map(|(_, row)| row)
}

fn owner(inode: u64, uid: u32, holders: &BTreeMap<u64, BTreeSet<u32>>, users: &Users) -> Owner {
    if inode == 0 {
        return Owner::Remembered;
    }
    let user = users.name(uid);
    let pids = holders.get(&inode);
    let first = |pids: &BTreeSet<u32>| pids.get(&std::process::id()).or(pids.first()).copied();
    match pids.and_then(|pids| Some((first(pids)?, pids.len() - 1))) {
        Some((pid, others)) => {
            let about = About {
                line: process::command_line(pid),
                since: process::since(pid),
                container: container::of_process(pid),
            };
            Owner::Process { pid, command: process::name(pid), user, others, about: Box::new(about) }
        }
        None => Owner::Hidden { user, another: users.is_another(uid), container: None },
    }
}

#[cfg(test)]
#[path = "owner/tests.rs"]
mod tests;
