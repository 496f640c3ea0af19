//! One shard: a map, and a list of its keys by their last use.
//!
//! The list is threaded through the slots by index, so that each use costs the same however many keys there are.

use std::{collections::HashMap, sync::Arc};
use tokio::time::Instant;

/// What a key costs beside its bytes: a slot, a map entry, two allocations.
const OVERHEAD: usize = 128;
/// No slot.
const NONE: usize = usize::MAX;

/// A value and when it expires.
pub(super) struct Entry {
    pub(super) value: Arc<[u8]>,
    pub(super) expires: Option<Instant>,
}

/// The value alone is larger than a shard may be.
#[derive(Debug)]
pub(super) struct Full;

struct Slot {
    key: Arc<[u8]>,
    entry: Entry,
    newer: usize,
    older: usize,
}

pub(super) struct Shard {
    index: HashMap<Arc<[u8]>, usize>,
    slots: Vec<Option<Slot>>,
    free: Vec<usize>,
    newest: usize,
    oldest: usize,
    bytes: usize,
    limit: usize,
}

impl Shard {
    pub(super) fn new(limit: usize) -> Self {
        Self { index: HashMap::new(), slots: vec![], free: vec![], newest: NONE, oldest: NONE, bytes: 0, limit }
    }

    pub(super) fn len(&self) -> usize {
        self.index.len()
    }

    /// The entry of `key`, unless it has expired at `now`. It is the newest then.
    pub(super) fn get(&mut self, key: &[u8], now: Instant) -> Option<&Entry> {
        let at = *self.index.get(key)?;
        if self.expired(at, now) {
            self.drop_slot(at);
            return None;
        }
        self.unlink(at);
        self.link_newest(at);
        self.slots[at].as_ref().map(|slot| &slot.entry)
    }

    /// Puts `entry` there, and evicts what was used the longest ago until there is room.
    pub(super) fn put(&mut self, key: &[u8], entry: Entry, now: Instant) -> Result<(), Full> {
        let size = key.len() + entry.value.len() + OVERHEAD;
        if size > self.limit {
            return Err(Full);
        }
        self.remove(key, now);
        while self.bytes + size > self.limit && self.oldest != NONE {
            self.drop_slot(self.oldest);
        }
        let key: Arc<[u8]> = key.into();
        let slot = Some(Slot { key: Arc::clone(&key), entry, newer: NONE, older: NONE });
        let at = match self.free.pop() {
            Some(at) => {
                self.slots[at] = slot;
                at
            }
            None => {
                self.slots.push(slot);
                self.slots.len() - 1
            }
        };
        self.index.insert(key, at);
        self.bytes += size;
        self.link_newest(at);
        Ok(())
    }

    /// Removes `key`. Whether it was there and had not expired.
    pub(super) fn remove(&mut self, key: &[u8], now: Instant) -> bool {
        let Some(&at) = self.index.get(key) else { return false };
        let expired = self.expired(at, now);
        self.drop_slot(at);
        !expired
    }

    /// Sets when `key` expires. Whether it is there.
    pub(super) fn set_expiry(&mut self, key: &[u8], expires: Option<Instant>, now: Instant) -> bool {
        if self.get(key, now).is_none() {
            return false;
        }
        // `get` has made it the newest.
        if let Some(slot) = self.slots.get_mut(self.newest).and_then(Option::as_mut) {
            slot.entry.expires = expires;
        }
        true
    }

    fn expired(&self, at: usize, now: Instant) -> bool {
        let slot = self.slots[at].as_ref();
        slot.and_then(|slot| slot.entry.expires).is_some_and(|expires| expires <= now)
    }

    fn drop_slot(&mut self, at: usize) {
        self.unlink(at);
        if let Some(slot) = self.slots[at].take() {
            self.bytes -= slot.key.len() + slot.entry.value.len() + OVERHEAD;
            self.index.remove(&slot.key);
            self.free.push(at);
        }
    }

    fn link_newest(&mut self, at: usize) {
        let before = std::mem::replace(&mut self.newest, at);
        if let Some(slot) = self.slots[at].as_mut() {
            (slot.newer, slot.older) = (NONE, before);
        }
        match self.slots.get_mut(before).and_then(Option::as_mut) {
            Some(slot) => slot.newer = at,
            None => self.oldest = at,
        }
    }

    fn unlink(&mut self, at: usize) {
        let Some((newer, older)) = self.slots[at].as_ref().map(|slot| (slot.newer, slot.older)) else { return };
        match self.slots.get_mut(newer).and_then(Option::as_mut) {
            Some(slot) => slot.older = older,
            None => self.newest = older,
        }
        match self.slots.get_mut(older).and_then(Option::as_mut) {
            Some(slot) => slot.newer = newer,
            None => self.oldest = newer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::VecDeque;

    fn entry(size: usize) -> Entry {
        Entry { value: vec![0; size].into(), expires: None }
    }

    proptest::proptest! {
        /// Against a model that is slow and plain: the order of use in a queue.
        #[test]
        fn what_was_used_the_longest_ago_goes_first(ops in proptest::collection::vec((0_u8..3, 0_u8..12, 0_usize..200), 0..300)) {
            let limit = 6 * (OVERHEAD + 1 + 100);
            let (mut shard, mut model) = (Shard::new(limit), VecDeque::<(u8, usize)>::new());
            let now = Instant::now();
            for (op, key, size) in ops {
                match op {
                    0 => {
                        shard.put(&[key], entry(size), now).unwrap();
                        model.retain(|(known, _)| *known != key);
                        while model.iter().map(|(_, s)| s + 1 + OVERHEAD).sum::<usize>() + size + 1 + OVERHEAD > limit {
                            model.pop_front();
                        }
                        model.push_back((key, size));
                    }
                    1 => {
                        let known = model.iter().position(|(known, _)| *known == key).and_then(|at| model.remove(at));
                        proptest::prop_assert_eq!(shard.get(&[key], now).map(|e| e.value.len()), known.map(|(_, s)| s));
                        model.extend(known);
                    }
                    _ => {
                        let known = model.iter().position(|(known, _)| *known == key).and_then(|at| model.remove(at));
                        proptest::prop_assert_eq!(shard.remove(&[key], now), known.is_some());
                    }
                }
                proptest::prop_assert_eq!(shard.len(), model.len());
                proptest::prop_assert_eq!(shard.bytes, model.iter().map(|(_, s)| s + 1 + OVERHEAD).sum::<usize>());
            }
        }
    }
}
