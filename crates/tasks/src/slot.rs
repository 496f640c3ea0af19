//! Which task each thread is polling right now, written by the thread, read by the watchdog.
//!
//! A thread writes two numbers before and after each poll; no clock is read and no lock taken. A pair that stays the same
//! for long is a poll that does not return: a task that blocks its thread.

use crate::TaskId;
use std::{
    cell::OnceCell,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
};

/// No task: ids begin at 1.
const NOBODY: u64 = 0;

/// What one thread is polling. Only that thread writes it.
#[derive(Debug, Default)]
pub(crate) struct Slot {
    id: AtomicU64,
    changes: AtomicU64,
}

static SLOTS: Mutex<Vec<Weak<Slot>>> = Mutex::new(Vec::new());

thread_local! {
    static MINE: OnceCell<Arc<Slot>> = const { OnceCell::new() };
}

/// Calls `poll`, which belongs to task `id` and must not unwind, so that the watchdog can see it being called.
pub(crate) fn polling<T>(id: TaskId, poll: impl FnOnce() -> T) -> T {
    // A thread whose locals are gone already is ending and polls nothing for long.
    let before = MINE.try_with(|mine| mine.get_or_init(register).turn_to(id.0)).ok();
    let output = poll();
    if let Some(before) = before {
        let _ = MINE.try_with(|mine| mine.get_or_init(register).turn_to(before));
    }
    output
}

fn register() -> Arc<Slot> {
    let slot = Arc::new(Slot::default());
    let mut slots = SLOTS.lock().unwrap_or_else(PoisonError::into_inner);
    slots.retain(|other| other.strong_count() > 0);
    slots.push(Arc::downgrade(&slot));
    slot
}

/// The slots of all living threads that ever polled a task.
pub(crate) fn all() -> Vec<Arc<Slot>> {
    SLOTS.lock().unwrap_or_else(PoisonError::into_inner).iter().filter_map(Weak::upgrade).collect()
}

impl Slot {
    /// Changes to `id` and returns what it was: polls can be nested.
    fn turn_to(&self, id: u64) -> u64 {
        let before = self.id.load(Ordering::Relaxed);
        self.id.store(id, Ordering::Relaxed);
        self.changes.store(self.changes.load(Ordering::Relaxed).wrapping_add(1), Ordering::Release);
        before
    }

    /// The task being polled, and a number that is another one at the next poll.
    pub(crate) fn read(&self) -> Option<(TaskId, u64)> {
        let changes = self.changes.load(Ordering::Acquire);
        match self.id.load(Ordering::Relaxed) {
            NOBODY => None,
            id => Some((TaskId(id), changes)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_polls_give_the_outer_one_back_and_the_end_gives_nobody() {
        let mine = || MINE.with(|mine| Arc::clone(mine.get().unwrap())).read();
        polling(TaskId(7), || {
            let outer = mine().unwrap();
            polling(TaskId(8), || assert_eq!(mine().unwrap().0, TaskId(8)));
            assert_eq!(mine().unwrap().0, TaskId(7));
            assert_ne!(mine().unwrap(), outer, "a nested poll is a sign of life");
        });
        assert_eq!(mine(), None);
    }
}
