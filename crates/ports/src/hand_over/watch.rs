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

/// The sockets of a port: where each is, and its inode.
type Sockets = Vec<(SocketAddr, Option<u64>)>;

/// Ports that were given away, until it is known whose they are. Nothing here is open any more.
#[derive(Debug, Default)]
pub struct Watch {
    handed: Vec<(String, Sockets)>,
    released: Vec<Released>,
    /// In the ledger for as long as the program is watched over.
    entries: Vec<Published>,
    /// What was told of which released port.
    told: BTreeSet<(String, &'static str)>,
}

#[derive(Debug)]
struct Released {
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
    pub(super) fn handed(&mut self, name: String, at: Sockets, entry: Option<Published>) {
        self.handed.push((name, at));
        self.entries.extend(entry);
    }

    pub(super) fn released(&mut self, name: String, protocol: Protocol, at: Vec<SocketAddr>, entry: Option<Published>) {
        self.released.push(Released { name, protocol, at, seen: None, entry });
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
        let mut news: Vec<News> =
            handed_over.map(|(name, sockets)| handed(name, &sockets, child, seen.as_ref())).collect();
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

/// Whether the sockets are open in the program, and no more here; `seen` is what is open in the two.
fn handed(
    name: String,
    sockets: &[(SocketAddr, Option<u64>)],
    child: u32,
    seen: Result<&(BTreeSet<u64>, BTreeSet<u64>), &io::Error>,
) -> News {
    let (theirs, ours) = match seen {
        Ok(seen) => seen,
        Err(error) => return News::Unproven { name, because: cannot_look(error) },
    };
    let has = |all: &BTreeSet<u64>, inode: Option<u64>| inode.is_some_and(|inode| all.contains(&inode));
    let missing: Vec<_> = sockets.iter().filter(|(_, inode)| !has(theirs, *inode)).map(|(at, _)| *at).collect();
    if !missing.is_empty() {
        return News::Trouble(diagnose::not_taken(&name, &missing));
    }
    if sockets.iter().any(|(_, inode)| has(ours, *inode)) {
        return News::Trouble(diagnose::kept(&name));
    }
    let each = sockets.iter().map(|(at, inode)| format!("{at} (inode {})", inode.unwrap_or_default()));
    let saw = format!("open in process {child} and no more in bootproof: {}", each.collect::<Vec<_>>().join(", "));
    News::Proven { name, saw }
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
mod tests {
    use super::*;
    use std::net::TcpListener;

    fn code(news: &[News]) -> &str {
        match news {
            [News::Trouble(diagnosis) | News::Lost(diagnosis)] => diagnosis.code,
            _ => panic!("{news:?}"),
        }
    }

    #[test]
    fn a_socket_that_is_not_open_in_the_program_or_still_open_here_is_never_proven() {
        let at = SocketAddr::from(([127, 0, 0, 1], 1));
        let (theirs, ours) = (BTreeSet::from([7]), BTreeSet::from([8]));
        let look = |inode, theirs: &BTreeSet<u64>, ours: &BTreeSet<u64>| {
            handed("api".into(), &[(at, inode)], 5, Ok(&(theirs.clone(), ours.clone())))
        };
        assert!(matches!(look(Some(7), &theirs, &ours), News::Proven { .. }));
        assert_eq!(code(&[look(Some(9), &theirs, &ours)]), "PORT-032");
        assert_eq!(code(&[look(None, &theirs, &ours)]), "PORT-032");
        assert_eq!(code(&[look(Some(7), &theirs, &theirs)]), "PORT-033");
        let hidden = handed("api".into(), &[(at, Some(7))], 5, Err(&io::ErrorKind::PermissionDenied.into()));
        assert!(matches!(hidden, News::Unproven { .. }));
    }

    #[test]
    fn a_released_port_where_nobody_listens_is_told_once_when_the_time_is_over() {
        let at = SocketAddr::from(([127, 0, 0, 1], bootproof_testkit::free_port()));
        let (ours, mut watch) = (std::process::id(), Watch::default());
        watch.released("api".into(), Protocol::Tcp, vec![at], None);
        assert!(watch.look(ours, Duration::ZERO).is_empty() && !watch.is_over());
        assert_eq!(code(&watch.look(ours, LISTENS_WITHIN)), "PORT-031");
        assert!(watch.is_over() && watch.look(ours, LISTENS_WITHIN).is_empty());
    }

    #[test]
    fn what_listens_only_at_some_of_the_addresses_is_proven_a_moment_later_and_the_others_are_told() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut watch = Watch::default();
        let both = [[127, 0, 0, 1], [127, 0, 0, 2]].map(|ip| SocketAddr::from((ip, port)));
        watch.released("api".into(), Protocol::Tcp, both.to_vec(), None);
        let ours = std::process::id();
        assert!(watch.look(ours, Duration::from_millis(50)).is_empty(), "the others may follow");
        let news = watch.look(ours, Duration::from_millis(50) + OTHERS_WITHIN);
        let [News::Proven { saw, .. }] = &news[..] else { panic!("{news:?}") };
        assert!(saw.contains(&format!("nobody listens at {}", both[1])) && saw.contains("50 ms"), "{saw}");
    }

    #[test]
    fn of_a_program_that_has_ended_nothing_is_said() {
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let mut watch = Watch::default();
        watch.handed("api".into(), vec![(SocketAddr::from(([127, 0, 0, 1], 1)), Some(1))], None);
        while !has_ended(child.id()) {
            std::thread::yield_now();
        }
        assert!(watch.look(child.id(), Duration::ZERO).is_empty() && !watch.is_over());
        child.wait().unwrap();
    }
}
