//! A part of the registry behind a lock of its own, so that threads that start and end tasks seldom meet.

use crate::{End, TaskId, Totals, entry::Entry};
use std::{
    collections::{HashMap, VecDeque},
    hash::{BuildHasherDefault, Hasher},
    sync::Arc,
};

/// How many ended tasks a shard keeps.
const KEPT: usize = 16;

/// One of the registry's parts.
#[derive(Debug, Default)]
pub(crate) struct Shard {
    pub(crate) live: HashMap<TaskId, Arc<Entry>, BuildHasherDefault<ByNumber>>,
    pub(crate) ended: VecDeque<Arc<Entry>>,
    pub(crate) totals: Totals,
}

impl Shard {
    /// Moves an ended task from the living to the ended. What falls out of those is returned, to be dropped outside the lock.
    pub(crate) fn retire(&mut self, entry: &Arc<Entry>) -> Option<Arc<Entry>> {
        self.live.remove(&entry.id);
        if let Some(end) = entry.end() {
            *self.count(end) += 1;
        }
        self.ended.push_back(Arc::clone(entry));
        if self.ended.len() > KEPT { self.ended.pop_front() } else { None }
    }

    /// Removes an ended task as if it had never been.
    pub(crate) fn forget(&mut self, id: TaskId) {
        let Some(at) = self.ended.iter().position(|entry| entry.id == id) else { return };
        if let Some(end) = self.ended.remove(at).as_ref().and_then(|entry| entry.end()) {
            let count = self.count(end);
            *count = count.saturating_sub(1);
        }
    }

    fn count(&mut self, end: &End) -> &mut u64 {
        match end {
            End::Done => &mut self.totals.done,
            End::Failed { .. } => &mut self.totals.failed,
            End::Panicked { .. } => &mut self.totals.panicked,
            End::Aborted { .. } => &mut self.totals.aborted,
        }
    }
}

/// Hashes ids, which are numbers given in turn by this process: one multiplication spreads them well enough, and nobody can
/// choose them to collide.
#[derive(Debug, Default)]
pub(crate) struct ByNumber(u64);

impl Hasher for ByNumber {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, number: u64) {
        // 2^64 divided by the golden ratio, as in Fibonacci hashing (Knuth, TAOCP 3, 6.4).
        self.0 = (self.0 ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}
