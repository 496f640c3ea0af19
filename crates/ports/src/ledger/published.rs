//! An entry of ours in the ledger, for as long as this value lives.

use super::{Entry, Ledger, LedgerError, ProcessId, State};
use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// An entry of ours in the ledger. When its last copy is dropped, the entry goes.
#[derive(Clone)]
pub struct Published(Arc<Inner>);

struct Inner {
    ledger: Ledger,
    entry: Mutex<Arc<Entry>>,
}

impl Published {
    /// The guard of `entry`, which is in `ledger` already.
    pub(crate) fn new(ledger: Ledger, entry: Arc<Entry>) -> Self {
        Self(Arc::new(Inner { ledger, entry: Mutex::new(entry) }))
    }

    /// What it says now.
    pub fn entry(&self) -> Entry {
        Entry::clone(&self.0.lock())
    }

    /// Claims the port without a socket, for a program that is about to bind it: no other bootproof process of this user
    /// takes it until this is dropped, handed over, or its owner ends. Call it while the port is still held. Blocks: microseconds,
    /// at most [`Ledger::PATIENCE`] when others are at the ledger.
    ///
    /// # Errors
    /// The claim could not be written, so others do not know of it.
    pub fn releasing(&self) -> Result<(), LedgerError> {
        self.change(State::Releasing)
    }

    /// Says that the program `pid`, which this process started, has the port now: the entry lives as long as that program.
    /// Blocks as [`Published::releasing`] does.
    ///
    /// # Errors
    /// The program has ended, or the entry could not be written.
    pub fn handed_over(&self, pid: u32) -> Result<(), LedgerError> {
        let program = ProcessId::of(pid).map_err(|source| LedgerError::NoProcess { pid, source })?;
        self.change(State::HandedOver(program))
    }

    /// Says that this process has the port open again, or still.
    ///
    /// # Errors
    /// The entry could not be written.
    pub fn held(&self) -> Result<(), LedgerError> {
        self.change(State::Held)
    }

    fn change(&self, state: State) -> Result<(), LedgerError> {
        let mut entry = self.0.lock();
        let changed = Arc::new(Entry { state, ..Entry::clone(&entry) });
        self.0.ledger.write(&changed)?;
        *entry = changed;
        Ok(())
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, Arc<Entry>> {
        // A panic cannot leave it half changed: it is replaced in one assignment.
        self.entry.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let id = self.lock().id;
        self.ledger.forget(id);
    }
}

impl fmt::Debug for Published {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Published").field(&*self.0.lock()).finish()
    }
}
