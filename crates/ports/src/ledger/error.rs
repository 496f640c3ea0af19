//! Why the ledger does not serve. A start goes on without it; what that costs is told.

use bootproof_core::Diagnosis;
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
    /// What it means to somebody who wants to read the ledger. A start never fails for it.
    pub fn diagnosis(&self) -> Diagnosis {
        let diagnosis = Diagnosis::new("PORT-021", self.to_string());
        let diagnosis = match std::error::Error::source(self) {
            Some(source) => diagnosis.why(source.to_string()),
            None => diagnosis,
        };
        let diagnosis =
            diagnosis.now("ports are held without it: others do not find them there, and no number is remembered");
        match self {
            Self::Locked { .. } => {
                diagnosis.action("look for a bootproof process that is stopped, and continue or end it").away()
            }
            Self::Unsafe { path, .. } => diagnosis.action(format!(
                "make `{}` yours alone (`ls -ld` shows whose it is), or set `BOOTPROOF_STATE_DIR` to a folder that is",
                path.display()
            )),
            _ => {
                diagnosis.action("make its folder writable for this user, or set `BOOTPROOF_STATE_DIR` to one that is")
            }
        }
    }

    /// The error with what the system says of it, on one line.
    pub(crate) fn in_full(&self) -> String {
        match std::error::Error::source(self) {
            Some(source) => format!("{self}: {source}"),
            None => self.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_says_why_and_what_to_do() {
        let (path, source) = (|| PathBuf::from("/state/ports"), || io::Error::other("it is full"));
        let waited = Duration::from_millis(1000);
        for (error, part) in [
            (LedgerError::Folder { folder: path(), source: source() }, "it is full"),
            (LedgerError::Unsafe { path: path(), because: "it is a link" }, "it is a link"),
            (LedgerError::Locked { path: path(), waited }, "1000 ms"),
            (LedgerError::File { path: path(), source: source() }, "it is full"),
            (LedgerError::NoProcess { pid: 7, source: source() }, "process 7"),
        ] {
            let text = error.diagnosis().to_string();
            assert!(text.contains(part) && text.contains("PORT-021"), "{text}");
            assert!(error.in_full().contains(part), "{}", error.in_full());
        }
    }
}
