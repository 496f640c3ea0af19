//! The ledger of ports: what all processes of one user hold, remember and publish.
//!
//! Read [`Ledger`] first, then [`Entry`]. The kernel decides who has a port, and the ledger never does: it remembers the last number
//! (so that a service comes back where it was), says who is where, and claims a port for the moment between two programs.
//! A start goes on without it.

mod advice;
mod entry;
mod error;
mod folder;
mod journal;
mod line;
mod live;
mod memory;
mod process;
mod published;
mod turn;

pub(crate) use advice::{Advice, Rank};
pub use entry::{Entry, Service, State};
pub use error::LedgerError;
pub use folder::state_folder;
pub(crate) use memory::{Habit, Memory};
pub use process::{Life, ProcessId, Realm};
pub use published::Published;
pub(crate) use turn::Turn;
use turn::{Desk, SHORT};

use bootproof_core::Vars;
use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::AtomicBool},
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use uuid::{Builder, Uuid};

/// The ledger of ports in one folder. Nothing is read or made before it is used; a copy is the same ledger.
#[derive(Debug, Clone)]
pub struct Ledger(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    folder: PathBuf,
    desk: Mutex<Desk>,
    ours: Mutex<Ours>,
    /// Whether the lock could not be had in time: then nobody waits for it again before it was free once.
    given_up: AtomicBool,
}

/// What this process has in the ledger.
#[derive(Debug, Default)]
struct Ours {
    entries: HashMap<Uuid, Arc<Entry>>,
    /// Those that are still to be struck out.
    gone: Vec<Uuid>,
}

impl Ledger {
    /// How long the lock is waited for. A turn takes microseconds: whoever has it longer is stopped, or the disk hangs.
    pub const PATIENCE: Duration = Duration::from_secs(1);

    /// The ledger in `folder`, which is made when it is first written, for this user only.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        let (desk, ours, given_up) = Default::default();
        Self(Arc::new(Shared { folder: folder.into(), desk, ours, given_up }))
    }

    /// The ledger of this user, in `ports` below [`state_folder`].
    pub fn of(vars: &Vars) -> Self {
        Self::at(state_folder(vars, nix::unistd::geteuid().as_raw()).join("ports"))
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.0.folder
    }

    /// The ports that are published and whose process lives, oldest first; the others are struck out. Those of another container
    /// or machine that shares the folder are among them: [`ProcessId::life`] says [`Life::Elsewhere`]. A ledger that is not
    /// there is empty. Blocks: milliseconds, at most [`Ledger::PATIENCE`].
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn entries(&self) -> Result<Vec<Entry>, LedgerError> {
        if !journal::is_there(&self.0.folder) {
            return Ok(vec![]);
        }
        let all = self.in_turn(|turn| {
            turn.reap();
            turn.memory().entries().map(|entry| Entry::clone(entry)).collect()
        });
        // Reading needs neither the lock nor the right to write.
        let all: Vec<Entry> = all.or_else(|_| Ok(self.peek()?.entries().map(|entry| Entry::clone(entry)).collect()))?;
        Ok(live::only(all))
    }

    /// What had to be done to the ledger itself and is worth telling; each is given once.
    pub fn notes(&self) -> Vec<String> {
        self.desk().journal.as_mut().map(|journal| std::mem::take(&mut journal.notes)).unwrap_or_default()
    }

    /// What it says, read without the lock; for looking only.
    pub(crate) fn peek(&self) -> Result<Memory, LedgerError> {
        journal::peek(&self.0.folder)
    }

    /// Writes `entry` over what is there of it.
    fn write(&self, entry: &Arc<Entry>) -> Result<(), LedgerError> {
        self.in_turn(|turn| turn.put(vec![Arc::clone(entry)]))?
    }

    /// Strikes the entry out: now, or with the next turn of this process when another one has the lock.
    fn forget(&self, id: Uuid) {
        let mut ours = self.ours();
        ours.entries.remove(&id);
        ours.gone.push(id);
        drop(ours);
        // The turn strikes it out as it begins. What cannot be written now is stale at the latest when this process ends.
        drop(self.in_turn_within(SHORT, |_| ()));
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        // A panic leaves at worst a half-read journal, which the next turn reads on.
        self.0.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ours(&self) -> MutexGuard<'_, Ours> {
        // A panic cannot leave it half changed: every use is one call for each of its fields.
        self.0.ours.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A UUID of version 7: the time, and randomness of the operating system through the standard library's hasher keys.
fn fresh_id() -> Uuid {
    let [a, b] = [(); 2].map(|()| RandomState::new().hash_one(std::process::id()).to_ne_bytes());
    let random = [a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], b[0], b[1]];
    Builder::from_unix_timestamp_millis(milliseconds(), &random).into_uuid()
}

/// The time since 1970 in milliseconds.
fn milliseconds() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
