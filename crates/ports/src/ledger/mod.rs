//! The ledger of ports: what all processes of one user hold, remember and publish.
//!
//! Read [`Ledger`] first, then [`Entry`]. The kernel decides who has a port, and the ledger never does: it remembers the last number
//! (so that a service comes back where it was), says who is where, and claims a port for the moment between two programs.
//! A start goes on without it.

mod entry;
mod error;
mod folder;
mod process;
mod published;

pub use entry::{Entry, Service, State};
pub use error::LedgerError;
pub use folder::state_folder;
pub use process::{Life, Place, ProcessId};
pub use published::Published;

use bootproof_core::Vars;
use std::{
    hash::{BuildHasher, RandomState},
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use uuid::{Builder, Uuid};

/// The ledger of ports in one folder. Nothing is read or made before it is used; a copy is the same ledger.
#[derive(Debug, Clone)]
pub struct Ledger(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    folder: PathBuf,
}

impl Ledger {
    /// How long the lock is waited for. A turn takes microseconds: whoever has it longer is stopped, or the disk hangs.
    pub const PATIENCE: Duration = Duration::from_secs(1);

    /// The ledger in `folder`, which is made when it is first written, for this user only.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self(Arc::new(Shared { folder: folder.into() }))
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
    /// or machine that shares the folder are among them: [`ProcessId::life`] says [`Life::Elsewhere`]. Blocks: milliseconds.
    ///
    /// # Errors
    /// The ledger cannot be read. One that is not there is empty.
    pub fn entries(&self) -> Result<Vec<Entry>, LedgerError> {
        Ok(vec![])
    }

    /// Writes `entry` over what is there of it.
    pub(crate) fn write(&self, _entry: &Entry) -> Result<(), LedgerError> {
        Ok(())
    }

    /// Strikes the entry out, now or when the ledger can be written again.
    pub(crate) fn forget(&self, _id: Uuid) {}
}

/// A UUID of version 7: the time, and randomness of the operating system through the standard library's hasher keys.
fn fresh_id() -> Uuid {
    let [a, b] = [(); 2].map(|()| RandomState::new().hash_one(std::process::id()).to_ne_bytes());
    let random = [a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], b[0], b[1]];
    Builder::from_unix_timestamp_millis(u64::try_from(now().as_millis()).unwrap_or(0), &random).into_uuid()
}

/// The time since 1970.
fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
