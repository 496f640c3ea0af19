//! Why the ledger does not serve. A start goes on without it; what that costs is told.

use std::{io, path::PathBuf, time::Duration};

/// Why the ledger does not serve.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// Its folder can be neither used nor made.
    #[error("the folder of the ledger, `{}`, can be neither used nor made", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Others could write there, or it is somebody else's.
    #[error("`{}` is not safe to keep the ledger in: {because}", path.display())]
    Unsafe {
        /// The folder or file.
        path: PathBuf,
        /// What is wrong with it.
        because: &'static str,
    },
    /// Another process of this user has its lock and does not let go.
    #[error("another process has had the lock `{}` for {} ms", path.display(), waited.as_millis())]
    Locked {
        /// The file that is locked.
        path: PathBuf,
        /// How long was waited.
        waited: Duration,
    },
    /// Its file cannot be read or written.
    #[error("the ledger `{}` cannot be read or written", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The process that an entry is for cannot be looked up.
    #[error("the system does not tell when process {pid} started, so it could not be told from another later")]
    NoProcess {
        /// Its id.
        pid: u32,
        /// What the system says.
        source: io::Error,
    },
}

impl LedgerError {
    /// The error with what the system says of it, on one line.
    pub(crate) fn in_full(&self) -> String {
        match std::error::Error::source(self) {
            Some(source) => format!("{self}: {source}"),
            None => self.to_string(),
        }
    }
}
