//! A turn at the ledger: while it lasts no other process writes there. Binding belongs inside, so that nobody takes a port between
//! the moment its claim was looked for and the moment it is bound.

use super::{
    Entry, Ledger, LedgerError, Life, Memory, ProcessId, Published,
    journal::{Journal, lock_path},
    line::Event,
};
use std::{
    cell::RefCell,
    collections::HashMap,
    fs::File,
    mem,
    sync::{Arc, MutexGuard, PoisonError, TryLockError, atomic::Ordering},
    thread,
    time::{Duration, Instant},
};

/// How long the end of an entry may wait for the lock: it may be a thread that has other things to do.
pub(super) const SHORT: Duration = Duration::from_millis(5);
/// How long nobody looks again which processes have ended: one look takes some microseconds for each.
const REAP_AFTER: Duration = Duration::from_millis(50);
/// How long those who wait only let others run: many turns.
const YIELDING: Duration = Duration::from_millis(1);
/// The first pause of those who wait longer, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_micros(50), Duration::from_millis(1));
/// Who comes back sooner than this lets those who wait go first.
const SOON: Duration = Duration::from_millis(5);

/// What one process at a time works with.
#[derive(Debug, Default)]
pub(super) struct Desk {
    pub(super) journal: Option<Journal>,
    memory: Memory,
    reaped: Option<Instant>,
    /// When the last turn of this process ended.
    ended: Option<Instant>,
}

/// A turn. Its end gives the lock back.
pub(crate) struct Turn<'a> {
    ledger: &'a Ledger,
    desk: MutexGuard<'a, Desk>,
}

impl Ledger {
    /// Does `work` while no other process writes. Waits at most [`Ledger::PATIENCE`], and not at all after that was in vain.
    ///
    /// # Errors
    /// `work` was not done, as the ledger does not serve.
    pub(crate) fn in_turn<T>(&self, work: impl FnOnce(&mut Turn<'_>) -> T) -> Result<T, LedgerError> {
        self.in_turn_within(Self::PATIENCE, work)
    }

    pub(super) fn in_turn_within<T>(
        &self,
        patience: Duration,
        work: impl FnOnce(&mut Turn<'_>) -> T,
    ) -> Result<T, LedgerError> {
        let mut wait = self.wait(patience);
        loop {
            if let Some(mut turn) = self.try_turn(&mut wait)? {
                return Ok(work(&mut turn));
            }
            match wait.pause()? {
                None => thread::yield_now(),
                Some(pause) => thread::sleep(pause),
            }
        }
    }

    /// [`Ledger::in_turn`] for a thread that has other futures to run.
    ///
    /// # Errors
    /// `work` was not done, as the ledger does not serve.
    pub(crate) async fn in_turn_async<T>(&self, work: impl FnOnce(&mut Turn<'_>) -> T) -> Result<T, LedgerError> {
        let mut wait = self.wait(Self::PATIENCE);
        loop {
            if let Some(mut turn) = self.try_turn(&mut wait)? {
                return Ok(work(&mut turn));
            }
            match wait.pause()? {
                None => tokio::task::yield_now().await,
                Some(pause) => tokio::time::sleep(pause).await,
            }
        }
    }

    fn wait(&self, patience: Duration) -> Wait<'_> {
        let patience = if self.0.given_up.load(Ordering::Relaxed) { Duration::ZERO } else { patience };
        Wait { ledger: self, since: Instant::now(), patience, pause: PAUSES.0, queue: None, polite: patience.is_zero() }
    }

    fn try_turn(&self, wait: &mut Wait<'_>) -> Result<Option<Turn<'_>>, LedgerError> {
        let mut desk = match self.0.desk.try_lock() {
            Ok(desk) => desk,
            // As in `Ledger::desk`.
            Err(TryLockError::Poisoned(poisoned)) => PoisonError::into_inner(poisoned),
            Err(TryLockError::WouldBlock) => return Ok(None),
        };
        let Desk { journal, ended, .. } = &mut *desk;
        let journal = match journal {
            Some(journal) => journal,
            none => none.insert(Journal::open(&self.0.folder)?),
        };
        // The lock knows no queue: without this, who works in a loop would have it all the time.
        let soon = ended.is_some_and(|ended| ended.elapsed() < SOON);
        if soon && !std::mem::replace(&mut wait.polite, true) && journal.is_waited_for() {
            return Ok(None);
        }
        if !journal.try_lock()? {
            wait.queue = wait.queue.take().or_else(|| journal.queue());
            return Ok(None);
        }
        if let Some(queue) = wait.queue.take() {
            journal.leave(queue);
        }
        self.0.given_up.store(false, Ordering::Relaxed);
        let mut turn = Turn { ledger: self, desk };
        turn.begin()?;
        Ok(Some(turn))
    }
}

/// Somebody who waits for a turn.
struct Wait<'a> {
    ledger: &'a Ledger,
    since: Instant,
    patience: Duration,
    pause: Duration,
    /// Shows others that somebody waits.
    queue: Option<File>,
    /// Whether others were let first.
    polite: bool,
}

impl Wait<'_> {
    /// How long to pause before the next try, if at all, unless patience is at its end.
    fn pause(&mut self) -> Result<Option<Duration>, LedgerError> {
        let waited = self.since.elapsed();
        if waited >= self.patience {
            self.ledger.0.given_up.store(self.patience != SHORT, Ordering::Relaxed);
            return Err(LedgerError::Locked { path: lock_path(&self.ledger.0.folder), waited });
        }
        if waited < YIELDING {
            return Ok(None);
        }
        let pause = self.pause;
        self.pause = (pause * 2).min(PAUSES.1);
        Ok(Some(pause))
    }
}

impl Turn<'_> {
    /// What the ledger says now.
    pub(crate) fn memory(&self) -> &Memory {
        &self.desk.memory
    }

    /// Writes `entries` over what is there of them, all or none.
    ///
    /// # Errors
    /// They cannot be written.
    pub(super) fn put(&mut self, entries: Vec<Arc<Entry>>) -> Result<(), LedgerError> {
        let events = entries.iter().map(|entry| Event::Entry(Arc::clone(entry))).collect();
        self.append(events)?;
        self.ledger.ours().entries.extend(entries.into_iter().map(|entry| (entry.id, entry)));
        Ok(())
    }

    /// Publishes `entries`, all or none, each until its guard is dropped.
    ///
    /// # Errors
    /// They cannot be written.
    pub(crate) fn publish(&mut self, entries: Vec<Entry>) -> Result<Vec<Published>, LedgerError> {
        let entries: Vec<_> = entries.into_iter().map(Arc::new).collect();
        self.put(entries.clone())?;
        Ok(entries.into_iter().map(|entry| Published::new(self.ledger.clone(), entry)).collect())
    }

    /// Strikes out the entries of processes that have ended.
    pub(super) fn reap(&mut self) {
        let lives: RefCell<HashMap<ProcessId, Life>> = RefCell::default();
        let judge = |entry: &Entry| {
            let process = entry.lives_by();
            let known = lives.borrow().get(process).copied();
            known.unwrap_or_else(|| *lives.borrow_mut().entry(process.clone()).or_insert(process.life()))
        };
        let stale = self.desk.memory.stale(judge);
        // When it cannot be written, the next one to look finds them again.
        drop(self.append(stale.into_iter().map(Event::Gone).collect()));
        self.desk.reaped = Some(Instant::now());
    }

    fn begin(&mut self) -> Result<(), LedgerError> {
        let Desk { journal, memory, reaped, .. } = &mut *self.desk;
        let anew = match journal {
            Some(journal) => journal.refresh(memory)?,
            None => false,
        };
        let reap = reaped.is_none_or(|at| at.elapsed() >= REAP_AFTER);
        self.settle(anew);
        if reap {
            self.reap();
        }
        Ok(())
    }

    /// Makes the ledger say what this process has there: strikes out what is over and, when all was read `anew`, writes again what
    /// somebody removed.
    fn settle(&mut self, anew: bool) {
        let (gone, lost) = {
            let mut ours = self.ledger.ours();
            let lost = ours.entries.values().filter(|entry| !self.desk.memory.has(entry.id)).cloned();
            let lost: Vec<Arc<Entry>> = if anew { lost.collect() } else { vec![] };
            (mem::take(&mut ours.gone), lost)
        };
        let events = gone.iter().filter(|id| self.desk.memory.has(**id)).map(|id| Event::Gone(*id));
        let events = events.chain(lost.into_iter().map(Event::Entry)).collect();
        if self.append(events).is_err() {
            self.ledger.ours().gone.extend(gone);
        }
    }

    fn append(&mut self, events: Vec<Event>) -> Result<(), LedgerError> {
        let Desk { journal, memory, .. } = &mut *self.desk;
        match journal {
            Some(journal) if !events.is_empty() => journal.append(memory, events),
            _ => Ok(()),
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if let Some(journal) = &self.desk.journal {
            journal.unlock();
        }
        self.desk.ended = Some(Instant::now());
    }
}
