//! What a watch sees at one moment.

use super::{Entry, EtcdError, Strange, listing::Snapshot};
use std::collections::BTreeMap;

/// What is published, as far as is known here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct View {
    keys: BTreeMap<Vec<u8>, Result<Entry, Strange>>,
    /// Whether etcd was heard of lately; else the entries are those last seen.
    pub in_touch: bool,
    /// Why it is not in touch.
    pub why: Option<EtcdError>,
    /// How often the watch had to begin anew.
    pub reconnects: u32,
    /// How often the changes asked for were compacted away, so that everything was read again.
    pub compactions: u32,
}

impl View {
    /// The entries, by service, port and instance.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.keys.values().filter_map(|read| read.as_ref().ok())
    }

    /// What stands there that is no entry.
    pub fn strange(&self) -> impl Iterator<Item = &Strange> {
        self.keys.values().filter_map(|read| read.as_ref().err())
    }

    pub(crate) fn put(&mut self, key: Vec<u8>, read: Result<Entry, Strange>) {
        self.keys.insert(key, read);
    }

    pub(crate) fn delete(&mut self, key: &[u8]) {
        self.keys.remove(key);
    }

    /// Takes what was read. True: it is not what was known.
    pub(crate) fn take(&mut self, snapshot: Snapshot) -> bool {
        let other = self.keys != snapshot.keys;
        self.keys = snapshot.keys;
        other
    }
}
