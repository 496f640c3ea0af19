//! Looks whose the ports are after the program was started.

use super::{
    diagnose,
    family::{descends_from, has_ended, sockets_of},
};
use crate::{
    Owner, Protocol,
    ledger::Published,
    overlap::Overlap,
    owner::{holders::holders, owners_of},
    place::Place,
    table,
    unix::Standing,
};
use bootproof_core::Diagnosis;
use std::{collections::BTreeSet, io, net::SocketAddr, time::Duration};

/// How long a program may take to listen on a port that was released for it: as long as a whole start may take.
const LISTENS_WITHIN: Duration = Duration::from_secs(30);
/// What can be told of a released port before it is known whose it is: each once.
const UNPROVEN: &str = "unproven";
const NOBODY: &str = "nobody";
const STRANGER: &str = "stranger";
/// How long after its first listener a program may open those on its other addresses.
const OTHERS_WITHIN: Duration = Duration::from_secs(1);

/// Sockets that were handed over.
#[derive(Debug)]
pub(super) struct Given {
    name: String,
    /// Whether it could be released instead, as ports can.
    may_release: bool,
    /// Where each is, and its inode.
    sockets: Vec<(String, Option<u64>)>,
}

/// Ports that were given away, until it is known whose they are. Nothing here is open any more.
#[derive(Debug, Default)]
pub struct Watch {
    handed: Vec<Given>,
    released: Vec<Released>,
    /// In the ledger for as long as the program is watched over.
    entries: Vec<Published>,
    /// Files of Unix sockets: those that were made for this start go when the program is watched over no more.
    files: Vec<Standing>,
    /// What was told of which released port.
    told: BTreeSet<(String, &'static str)>,
}

/// A port that was closed for the program.
#[derive(Debug)]
pub(super) struct Released {
    name: String,
    protocol: Protocol,
    at: Vec<SocketAddr>,
    /// When the program was first seen to listen.
    seen: Option<Duration>,
    entry: Option<Published>,
}

/// What became of a port.
#[derive(Debug)]
pub enum News {
    /// It is the program's, as was seen.
    Proven {
        /// The port's name.
        name: String,
        /// What was seen.
        saw: String,
    },
    /// It is not known whose it is.
    Unproven {
        /// The port's name.
        name: String,
        /// Why not.
        because: String,
    },
    /// What was told of it is over, as the [`News::Proven`] that follows says.
    Late {
        /// The port's name.
        name: String,
    },
    /// It is not as it should be, and the program can go on.
    Trouble(Diagnosis),
    /// Somebody else has it.
    Lost(Diagnosis),
}

impl Watch {
    pub(super) fn handed(&mut self, given: Given, entry: Option<Published>) {
        self.handed.push(given);
        self.entries.extend(entry);
    }

    pub(super) fn released(&mut self, released: Released) {
        self.released.push(released);
    }

    /// Keeps the file of a Unix socket.
    pub(super) fn keep(&mut self, standing: Standing) {
        self.files.push(standing);
    }

    /// Tells the ledger that process `child` has what was handed over. Call it once, when it was started.
    pub fn started(&self, child: u32) {
        for entry in &self.entries {
            // What cannot be written there is told by the start itself; the program has its sockets all the same.
            let _ = entry.handed_over(child);
        }
    }

    /// Whether everything is known, or was told to be unknown.
    pub fn is_over(&self) -> bool {
        self.handed.is_empty() && self.open().next().is_none()
    }

    /// Whether a port that was told to be unknown may still become the program's: worth a look now and then.
    pub fn may_still_come(&self) -> bool {
        !self.released.is_empty()
    }

    /// Whether the program was given open sockets.
    pub fn has_sockets(&self) -> bool {
        !self.handed.is_empty()
    }

    /// The names of the ports that the program was not yet seen to listen on, and of which nothing was told.
    pub fn open(&self) -> impl Iterator<Item = &str> {
        self.released.iter().map(|port| port.name.as_str()).filter(|name| !self.was_told(name))
    }

    fn was_told(&self, name: &str) -> bool {
        self.told.iter().any(|(of, _)| of == name)
    }

    /// Looks at the program, process `child`, which runs since `since`. Blocks: microseconds while nobody listens, some
    /// milliseconds when an owner has to be found.
    pub fn look(&mut self, child: u32, since: Duration) -> Vec<News> {
        let seen = sockets_of(&child.to_string()).and_then(|theirs| Ok((theirs, sockets_of("self")?)));
        if has_ended(child) {
            return vec![]; // what it had open by then says nothing
        }
        let handed_over = std::mem::take(&mut self.handed).into_iter();
        let mut news: Vec<News> = handed_over.map(|given| given.look(child, seen.as_ref())).collect();
        if self.released.is_empty() {
            return news;
        }
        let rows = table::listeners(None);
        for mut port in std::mem::take(&mut self.released) {
            let seen = port.look(rows.as_deref(), child, since);
            self.take_in(port, seen, child, &mut news);
        }
        news
    }

    /// What was seen of a released port is news, and the port is looked at again unless it is known whose it is.
    fn take_in(&mut self, mut port: Released, seen: Option<Seen>, child: u32, news: &mut Vec<News>) {
        match seen {
            Some(Seen::Known(said)) => {
                if let (News::Proven { name, .. }, true) = (&said, self.was_told(&port.name)) {
                    news.push(News::Late { name: name.clone() });
                }
                if let (News::Proven { .. }, Some(entry)) = (&said, port.entry.take()) {
                    let _ = entry.handed_over(child);
                    self.entries.push(entry);
                }
                news.push(said);
                return;
            }
            Some(Seen::Unknown(what, said)) if self.told.insert((port.name.clone(), what)) => news.push(said),
            _ => {}
        }
        self.released.push(port);
    }
}

impl Given {
    pub(super) fn new(name: String, may_release: bool, sockets: Vec<(String, Option<u64>)>) -> Self {
        Self { name, may_release, sockets }
    }

    /// Whether the sockets are open in the program, and no more here; `seen` is what is open in the two.
    fn look(self, child: u32, seen: Result<&(BTreeSet<u64>, BTreeSet<u64>), &io::Error>) -> News {
        let Self { name, may_release, sockets } = self;
        let (theirs, ours) = match seen {
            Ok(seen) => seen,
            Err(error) => return News::Unproven { name, because: cannot_look(error) },
        };
        let has = |all: &BTreeSet<u64>, inode: Option<u64>| inode.is_some_and(|inode| all.contains(&inode));
        let missing = sockets.iter().filter(|(_, inode)| !has(theirs, *inode)).map(|(at, _)| at.as_str());
        let missing: Vec<_> = missing.collect();
        if !missing.is_empty() {
            return News::Trouble(diagnose::not_taken(&name, &missing, may_release));
        }
        if sockets.iter().any(|(_, inode)| has(ours, *inode)) {
            return News::Trouble(diagnose::kept(&name));
        }
        let each = sockets.iter().map(|(at, inode)| format!("{at} (inode {})", inode.unwrap_or_default()));
        let saw = format!("open in process {child} and no more in bootproof: {}", each.collect::<Vec<_>>().join(", "));
        News::Proven { name, saw }
    }
}

fn cannot_look(error: &io::Error) -> String {
    format!("the open files of the program cannot be seen: {error}")
}

/// What was seen of a released port.
enum Seen {
    /// It is known whose it is: there is nothing more to look for.
    Known(News),
    /// It is not, or not yet: which of the things that are told once, and the telling.
    Unknown(&'static str, News),
}

impl Released {
    pub(super) fn new(name: String, protocol: Protocol, at: Vec<SocketAddr>, entry: Option<Published>) -> Self {
        Self { name, protocol, at, seen: None, entry }
    }

    fn look(&mut self, rows: Result<&[table::Row], &io::Error>, child: u32, since: Duration) -> Option<Seen> {
        let rows = match rows {
            Ok(rows) => rows,
            Err(error) => return Some(self.unproven(format!("the system does not tell who listens: {error}"))),
        };
        let found = Listeners::at(self.protocol, &self.at, rows, child);
        if let Some(at) = found.stranger {
            let owner = owners_of(&[Place { protocol: self.protocol, addresses: vec![at] }])
                .into_iter()
                .next()
                .unwrap_or(Owner::Unknown);
            let lost = diagnose::lost(&self.name, at, &owner);
            // A program that has run for so long without it is not ended for it.
            return Some(if since < LISTENS_WITHIN {
                Seen::Known(News::Lost(lost))
            } else {
                Seen::Unknown(STRANGER, News::Trouble(lost))
            });
        }
        if !found.programs.is_empty() {
            return self.program_listens(&found.programs, since);
        }
        if let Some(at) = found.unseen {
            let because = format!("somebody listens at {at}, and whether that is the program cannot be seen from here");
            return Some(self.unproven(because));
        }
        let over = since >= LISTENS_WITHIN;
        over.then(|| Seen::Unknown(NOBODY, News::Trouble(diagnose::nobody(&self.name, &self.at, LISTENS_WITHIN))))
    }

    /// The program listens at some of the addresses: the others may follow.
    fn program_listens(&mut self, listeners: &[Listener], since: Duration) -> Option<Seen> {
        let first = *self.seen.get_or_insert(since);
        let absent: Vec<_> = self.at.iter().filter(|at| listeners.iter().all(|here| here.declared != **at)).collect();
        if !absent.is_empty() && since < first + OTHERS_WITHIN {
            return None;
        }
        let each: BTreeSet<String> = listeners.iter().map(|l| format!("{} (inode {})", l.at, l.inode)).collect();
        let each: Vec<String> = each.into_iter().collect();
        let mut saw =
            format!("the program listens at {}, {} ms after its start", each.join(" and "), first.as_millis());
        for at in absent {
            saw += &format!("; nobody listens at {at}, which anybody can take");
        }
        Some(Seen::Known(News::Proven { name: self.name.clone(), saw }))
    }

    fn unproven(&self, because: String) -> Seen {
        Seen::Unknown(UNPROVEN, News::Unproven { name: self.name.clone(), because })
    }
}

/// A listening socket where a port was declared.
#[derive(Debug, Clone, Copy)]
struct Listener {
    declared: SocketAddr,
    at: SocketAddr,
    inode: u64,
    /// It is in the way of the declared address. Of a listener on `::` the table does not tell whether it takes IPv4.
    certain: bool,
}

/// Who listens where a port was declared.
#[derive(Debug, Default)]
struct Listeners {
    programs: Vec<Listener>,
    stranger: Option<SocketAddr>,
    /// A listener of a process that may not be looked into.
    unseen: Option<SocketAddr>,
}

impl Listeners {
    fn at(protocol: Protocol, declared: &[SocketAddr], rows: &[table::Row], child: u32) -> Self {
        let all = declared.iter().flat_map(|declared| {
            rows.iter().filter_map(|row| {
                let overlap = row.overlap(protocol, *declared);
                let certain = overlap == Overlap::Certain;
                let here = Listener { declared: *declared, at: row.local, inode: row.inode, certain };
                (overlap != Overlap::None).then_some(here)
            })
        });
        let all: Vec<Listener> = all.collect();
        let holders = holders(&all.iter().map(|listener| listener.inode).collect());
        // What the program started and left behind is ours to reap, when we are a subreaper; so it descends from us.
        let ours = |pid: &u32| descends_from(*pid, child) || descends_from(*pid, std::process::id());
        let mut found = Self::default();
        for listener in all {
            match holders.get(&listener.inode) {
                Some(pids) if pids.iter().any(ours) => found.programs.push(listener),
                Some(_) if listener.certain => found.stranger = found.stranger.or(Some(listener.at)),
                None if listener.certain => found.unseen = found.unseen.or(Some(listener.at)),
                _ => {}
            }
        }
        found
    }
}

#[cfg(test)]
#[path = "watch_late_tests.rs"]
mod late;
#[cfg(test)]
#[path = "watch_tests.rs"]
mod tests;
