//! What the lines of the journal come to: who is where, and which number each port had last. Pure.

use super::{
    Entry, Realm, State,
    entry::host_word,
    line::{Event, Line},
};
use crate::{PortSpec, Protocol};
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

/// How long a number is remembered: 30 days, in milliseconds. A service that was not started for longer is no habit.
const REMEMBERED: u64 = 30 * 24 * 60 * 60 * 1000;
/// How many numbers are remembered at most, the newest. One is about 150 bytes.
const MOST_REMEMBERED: usize = 1000;
/// How many entries are kept that nobody here can judge, the newest, and how many lines that nobody here can read.
const MOST_FOREIGN: usize = 1000;

/// Which port of which service: what its last number is remembered by.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Habit {
    service: String,
    port: String,
    protocol: Protocol,
    host: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    project: Option<String>,
}

/// The number that a port had last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Last {
    pub(super) of: Habit,
    pub(super) number: u16,
    /// In milliseconds since 1970.
    pub(super) at: u64,
}

/// A number, and when somebody had it.
#[derive(Debug, Clone, Copy)]
struct Number {
    number: u16,
    at: u64,
}

/// What the lines of the journal come to.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    entries: HashMap<Uuid, Arc<Entry>>,
    /// The entries at each number.
    numbers: HashMap<u16, Vec<Uuid>>,
    last: HashMap<Arc<Habit>, Number>,
    /// Who had each number last.
    habits: HashMap<u16, Arc<Habit>>,
    newer: Vec<Vec<u8>>,
}

impl Habit {
    pub(crate) fn of(spec: &PortSpec, service: &super::Service) -> Self {
        Self {
            service: service.name.clone(),
            port: spec.name.clone(),
            protocol: spec.protocol,
            host: host_word(spec.host),
            project: service.project.as_ref().map(|folder| folder.display().to_string()),
        }
    }

    fn of_entry(entry: &Entry) -> Self {
        Self {
            service: entry.service.clone(),
            port: entry.port.clone(),
            protocol: entry.protocol,
            host: entry.host.clone(),
            project: entry.project.clone(),
        }
    }
}

impl Memory {
    /// Takes in whole lines: how many they are, and how many of them are broken.
    pub(super) fn read(&mut self, text: &[u8]) -> (usize, usize) {
        let (mut read, mut broken) = (0, 0);
        for line in text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            read += 1;
            match Line::read(line) {
                Line::Event(event) => self.take(event),
                Line::Newer => self.newer.push(line.to_vec()),
                Line::Broken => broken += 1,
            }
        }
        (read, broken)
    }

    /// About how many lines it takes to say this.
    pub(super) fn len(&self) -> usize {
        self.entries.len() + self.last.len() + self.newer.len()
    }

    pub(super) fn take(&mut self, event: Event) {
        match event {
            Event::Entry(entry) => self.put(entry),
            Event::Gone(id) => drop(self.remove(id)),
            Event::Last(Last { of, number, at }) => self.remember(of, Number { number, at }),
        }
    }

    fn put(&mut self, entry: Arc<Entry>) {
        let (id, number) = (entry.id, entry.number());
        // Where it was wanted it comes back by itself: worth remembering is where it went when that was taken.
        if number != entry.wanted && number != 0 {
            self.remember(Habit::of_entry(&entry), Number { number, at: entry.since });
        }
        match self.entries.insert(id, entry) {
            Some(before) if before.number() == number => return,
            Some(before) => self.leave(id, before.number()),
            None => {}
        }
        self.numbers.entry(number).or_default().push(id);
    }

    fn remove(&mut self, id: Uuid) -> Option<Arc<Entry>> {
        let entry = self.entries.remove(&id)?;
        self.leave(id, entry.number());
        Some(entry)
    }

    fn leave(&mut self, id: Uuid, number: u16) {
        let left = self.numbers.get_mut(&number).map(|ids| {
            ids.retain(|other| *other != id);
            ids.len()
        });
        if left == Some(0) {
            self.numbers.remove(&number);
        }
    }

    fn remember(&mut self, of: Habit, new: Number) {
        let known = self.last.get_key_value(&of).map(|(of, known)| (Arc::clone(of), *known));
        if known.as_ref().is_some_and(|(_, known)| known.at > new.at) {
            return;
        }
        let of = match known {
            Some((of, known)) => {
                if known.number != new.number && self.habits.get(&known.number) == Some(&of) {
                    self.habits.remove(&known.number);
                }
                of
            }
            None => Arc::new(of),
        };
        self.last.insert(Arc::clone(&of), new);
        self.habits.insert(new.number, of);
    }

    pub(super) fn has(&self, id: Uuid) -> bool {
        self.entries.contains_key(&id)
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = &Arc<Entry>> {
        self.entries.values()
    }

    /// Those at `number` that stand in the way of a port of `protocol` here.
    fn at<'a>(&'a self, number: u16, protocol: Protocol, here: &'a Realm) -> impl Iterator<Item = &'a Entry> {
        let ids = self.numbers.get(&number).into_iter().flatten();
        let entries = ids.filter_map(|id| self.entries.get(id).map(Arc::as_ref));
        entries.filter(move |entry| entry.protocol == protocol && entry.owner.realm.shares_ports_with(here))
    }

    /// Whether somebody is said to have `number`.
    pub(super) fn is_taken(&self, number: u16, protocol: Protocol, here: &Realm) -> bool {
        self.at(number, protocol, here).next().is_some()
    }

    /// The entries that claim `number` without having it open.
    pub(super) fn claims<'a>(
        &'a self,
        number: u16,
        protocol: Protocol,
        here: &'a Realm,
    ) -> impl Iterator<Item = &'a Entry> {
        self.at(number, protocol, here).filter(|entry| entry.state == State::Releasing)
    }

    /// The number that `habit` had last, not too long before `now` (milliseconds since 1970).
    pub(super) fn last(&self, habit: &Habit, now: u64) -> Option<u16> {
        self.last.get(habit).filter(|last| is_fresh(last.at, now)).map(|last| last.number)
    }

    /// Whether `number` is where another port than `habit` would come back to.
    pub(super) fn is_anothers(&self, number: u16, habit: &Habit, now: u64) -> bool {
        let other = self.habits.get(&number).filter(|other| ***other != *habit);
        other.and_then(|other| self.last.get(other)).is_some_and(|last| is_fresh(last.at, now))
    }

    /// The same in as few lines as it takes.
    pub(super) fn lines(&self, now: u64) -> Vec<u8> {
        let mut last: Vec<_> = self.last.iter().filter(|(_, last)| is_fresh(last.at, now)).collect();
        last.sort_unstable_by_key(|(_, last)| last.at);
        let event = |of: &Habit, Number { number, at }| Event::Last(Last { of: of.clone(), number, at });
        let last = newest(&last, MOST_REMEMBERED).iter().map(|(of, last)| event(of, **last));
        let mut entries: Vec<_> = self.entries.values().collect();
        entries.sort_unstable_by_key(|entry| (entry.since, entry.id));
        let entries = entries.into_iter().map(|entry| Event::Entry(Arc::clone(entry)));
        let mut text: Vec<u8> = last.chain(entries).flat_map(|event| event.line()).collect();
        for line in newest(&self.newer, MOST_FOREIGN) {
            text.extend_from_slice(line);
            text.push(b'\n');
        }
        text
    }

    /// Which entries can go: those that `is_over` says of, and of those that `is_foreign` says of, the oldest when there are too many.
    pub(super) fn stale(&self, judge: impl Fn(&Entry) -> super::Life) -> Vec<Uuid> {
        let (mut over, mut foreign) = (vec![], vec![]);
        for entry in self.entries.values() {
            match judge(entry) {
                super::Life::Over => over.push(entry.id),
                super::Life::Elsewhere => foreign.push((entry.since, entry.id)),
                super::Life::Alive => {}
            }
        }
        foreign.sort_unstable();
        foreign.truncate(foreign.len().saturating_sub(MOST_FOREIGN));
        over.extend(foreign.into_iter().map(|(_, id)| id));
        over
    }
}

fn is_fresh(at: u64, now: u64) -> bool {
    now.saturating_sub(at) < REMEMBERED
}

/// The last `most` of what is sorted from old to new.
fn newest<T>(all: &[T], most: usize) -> &[T] {
    &all[all.len().saturating_sub(most)..]
}
