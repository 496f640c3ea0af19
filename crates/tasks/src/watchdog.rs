//! The thread that finds what cannot be stopped. It is no task, so a blocked runtime does not blind it.
//!
//! It looks at what each thread is polling ([`slot`]): the same poll for long is a task that blocks its thread, and past
//! its limit it is a leak. It also looks at closures on threads of their own, and at whatever was aborted and has not ended.

use crate::{Kind, Reason, Settings, TaskError, TaskId, entry::Entry, registry::Registry, slot};
use std::{
    collections::HashMap,
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// Wakes the watchdog: when there is work again, and when its manager is gone.
#[derive(Debug, Default)]
pub(crate) struct Bell {
    over: Mutex<bool>,
    rung: Condvar,
    idle: AtomicBool,
}

impl Bell {
    /// Wakes the watchdog if it sleeps for want of tasks. One load when it does not.
    pub(crate) fn ring_if_idle(&self) {
        if self.idle.load(Ordering::SeqCst) {
            // The lock is held from before it looks for work until it sleeps: the ring cannot fall in between.
            drop(self.over.lock().unwrap_or_else(PoisonError::into_inner));
            self.rung.notify_one();
        }
    }

    /// Ends the watchdog.
    pub(crate) fn end(&self) {
        *self.over.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.rung.notify_one();
    }

    /// Rests for `tick`, or while there is nothing to watch. False when the watchdog is to end.
    fn rest(&self, tick: Duration, has_work: impl Fn() -> bool) -> bool {
        let over = self.over.lock().unwrap_or_else(PoisonError::into_inner);
        if *over {
            return false;
        }
        self.idle.store(true, Ordering::SeqCst);
        let over = if has_work() {
            self.idle.store(false, Ordering::SeqCst);
            self.rung.wait_timeout(over, tick).unwrap_or_else(PoisonError::into_inner).0
        } else {
            self.rung.wait(over).unwrap_or_else(PoisonError::into_inner)
        };
        self.idle.store(false, Ordering::SeqCst);
        !*over
    }
}

/// Starts the watchdog of `registry`. It ends when its bell says so.
pub(crate) fn start(registry: Arc<Registry>) -> Result<(), TaskError> {
    let mut watch = Watch { registry, polls: HashMap::new() };
    let thread = thread::Builder::new().name("task-watchdog".into());
    thread.spawn(move || watch.run()).map(drop).map_err(TaskError::NoWatchdog)
}

/// A quarter of the shortest time to be noticed, between 1 ms (what a timer can do) and 25 ms (what is enough for people).
fn tick(settings: &Settings) -> Duration {
    (settings.block_after.min(settings.grace) / 4).clamp(Duration::from_millis(1), Duration::from_millis(25))
}

struct Watch {
    registry: Arc<Registry>,
    polls: HashMap<TaskId, Poll>,
}

/// A poll that was seen under way.
struct Poll {
    /// The thread's slot and its count of changes: another poll, another sign.
    sign: (usize, u64),
    since: Instant,
    blocks: Option<Arc<Entry>>,
}

impl Drop for Poll {
    fn drop(&mut self) {
        if let Some(entry) = &self.blocks {
            entry.set_unblocked();
        }
    }
}

impl Watch {
    fn run(&mut self) {
        let tick = tick(&self.registry.settings);
        while self.registry.bell.rest(tick, || self.registry.count_live() > 0) {
            let now = Instant::now();
            self.look_at_polls(now);
            for entry in self.registry.watched() {
                self.look_at(&entry, now);
            }
        }
    }

    fn look_at_polls(&mut self, now: Instant) {
        let mut before = std::mem::take(&mut self.polls);
        for slot in slot::all() {
            let Some((id, changes)) = slot.read() else { continue };
            let sign = (Arc::as_ptr(&slot) as usize, changes);
            let same = before.remove(&id).filter(|poll| poll.sign == sign);
            let mut poll = same.unwrap_or(Poll { sign, since: now, blocks: None });
            self.judge(id, &mut poll, now);
            self.polls.insert(id, poll);
        }
    }

    /// Notes a poll that takes too long, and a leak when its task should be over.
    fn judge(&self, id: TaskId, poll: &mut Poll, now: Instant) {
        let settings = &self.registry.settings;
        if !settings.enforced || now.saturating_duration_since(poll.since) < settings.block_after {
            return;
        }
        if poll.blocks.is_none() {
            poll.blocks = self.registry.get(id);
        }
        let Some(entry) = &poll.blocks else { return };
        entry.set_blocked(poll.since, now);
        if entry.is_overdue(now, settings.grace) {
            self.registry.leak(entry, now);
        }
    }

    /// Holds a closure to its limits as far as that is possible, and notes what should have ended and has not.
    fn look_at(&self, entry: &Arc<Entry>, now: Instant) {
        let settings = &self.registry.settings;
        if settings.enforced && entry.kind == Kind::Blocking {
            if now >= entry.hard_at().into_std() {
                entry.abort(Reason::Limit);
            } else if now >= entry.soft_at().into_std() {
                entry.ask(Reason::Limit);
            }
        }
        if settings.enforced && entry.is_overdue(now, settings.grace) {
            self.registry.leak(entry, now);
        }
    }
}
