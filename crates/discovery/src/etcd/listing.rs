//! Reads what is published, all at once.

use super::{
    Entry, Etcd, EtcdError, Strange,
    key::end_of,
    wire::{KeyValue, Range, encoded},
};
use serde_json::json;
use std::collections::BTreeMap;

/// The most keys that are read. A range beyond that is another's mistake, and is told.
const MOST: usize = 1000;

/// What is published, at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// The entries, by service, port and instance.
    pub entries: Vec<Entry>,
    /// What stands there that is no entry.
    pub strange: Vec<Strange>,
    /// The revision of etcd that this is the state of.
    pub revision: i64,
}

/// Keys with what stands there, of one revision.
pub(crate) struct Snapshot {
    pub(crate) keys: BTreeMap<Vec<u8>, Result<Entry, Strange>>,
    pub(crate) revision: i64,
}

impl Etcd {
    /// What is published in this scope, or by one `service` of it.
    ///
    /// # Errors
    /// When etcd does not answer within its limit, or not as it should.
    pub async fn list(&self, service: Option<&str>) -> Result<Listing, EtcdError> {
        let snapshot = self.snapshot(service).await?;
        let mut listing = Listing { revision: snapshot.revision, ..Listing::default() };
        for read in snapshot.keys.into_values() {
            match read {
                Ok(entry) => listing.entries.push(entry),
                Err(strange) => listing.strange.push(strange),
            }
        }
        Ok(listing)
    }

    pub(crate) async fn snapshot(&self, service: Option<&str>) -> Result<Snapshot, EtcdError> {
        let prefix = self.scope().prefix(service);
        let question =
            json!({ "key": encoded(&prefix), "range_end": encoded(end_of(&prefix)), "limit": MOST.to_string() });
        let range: Range = self.post("/v3/kv/range", &question).await?;
        let mut keys: BTreeMap<_, _> = range.kvs.into_iter().map(|pair| self.read(pair)).collect();
        if range.more {
            let why = format!("it holds more than {MOST} keys; only the first are read");
            keys.insert(prefix.clone().into_bytes(), Err(Strange { key: prefix, why }));
        }
        Ok(Snapshot { keys, revision: range.header.revision.0 })
    }

    pub(crate) fn read(&self, pair: KeyValue) -> (Vec<u8>, Result<Entry, Strange>) {
        let read = Entry::read(self.scope(), &pair.key.0, &pair.value.0);
        (pair.key.0, read)
    }
}
