//! Unix sockets: a path, or a name in Linux's abstract space, that is ours for as long as it is held.
//!
//! Read [`UnixSpec`] and [`HeldUnix`] first. A socket file outlives its process, so a path is in use in three ways: somebody
//! listens (a conflict), nobody does any more (replaced, when that is certain), or it is no socket at all (never touched).

mod bind;
mod file;
mod held;
mod occupant;
mod phases;
mod prove;
mod table;
mod trouble;

pub use bind::hold_unix;
pub(crate) use file::Standing;
pub use held::HeldUnix;
pub(crate) use occupant::FileId;
pub(crate) use phases::{both, hold_all, inspect, missing, no_name_twice, pending, prove_all, release, shelve};
pub use trouble::UnixTrouble;
pub(crate) use trouble::explain;

use std::{
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

/// The longest path, or name with its `@`, in bytes: `sun_path` of `unix(7)` has 108, with a zero at the end.
const LONGEST: usize = 107;

/// A declared Unix socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnixSpec {
    /// Its name, unique among the ports and sockets.
    pub name: String,
    /// Its path; `@name` is a name in the abstract space, which leaves no file and dies with its process.
    pub path: PathBuf,
    /// The permissions of the file, such as `0o660`. `None`: what the process's umask leaves. None for abstract names.
    pub mode: Option<u32>,
}

impl UnixSpec {
    /// The socket at `path`, with the permissions that the umask leaves.
    pub fn new(name: impl Into<String>, path: impl Into<PathBuf>) -> Self {
        Self { name: name.into(), path: path.into(), mode: None }
    }

    /// Sets the permissions of the file. They are in force before anybody can connect.
    pub fn mode(mut self, mode: u32) -> Self {
        self.mode = Some(mode);
        self
    }

    /// The shelf key of what is held for it.
    pub(crate) fn key(&self) -> String {
        format!("ports/{}", self.name)
    }

    /// Its name in the abstract space, if it is there.
    pub(crate) fn abstract_name(&self) -> Option<&[u8]> {
        self.path.as_os_str().as_bytes().strip_prefix(b"@")
    }

    /// The folder it is in.
    pub(crate) fn folder(&self) -> &Path {
        match self.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        }
    }

    /// Refuses what can never be bound.
    pub(crate) fn check(&self) -> Result<(), UnixTrouble> {
        let bytes = self.path.as_os_str().as_bytes();
        match bytes {
            b"" | b"@" => Err(UnixTrouble::Path("it is empty".into())),
            _ if bytes.contains(&0) => Err(UnixTrouble::Path("it holds a zero".into())),
            _ if bytes.len() > LONGEST => {
                Err(UnixTrouble::Path(format!("it has {} bytes, and {LONGEST} are the most", bytes.len())))
            }
            _ => Ok(()),
        }
    }
}
