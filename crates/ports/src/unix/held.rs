//! A Unix socket that is ours for as long as this value lives.

use super::{UnixSpec, occupant::FileId};
use std::{
    fs, io,
    os::unix::net::{UnixListener, UnixStream},
    path::Path,
    sync::{Mutex, PoisonError},
};

/// A Unix socket that is held: bound and listening. Dropping it removes the file, if that is still the one it made, and frees
/// the address once everything that [`HeldUnix::listener`] gave is dropped, too.
#[derive(Debug)]
pub struct HeldUnix {
    spec: UnixSpec,
    listener: UnixListener,
    file: Option<FileId>,
    replaced: bool,
    early: Mutex<Vec<UnixStream>>,
}

impl HeldUnix {
    pub(super) fn new(spec: UnixSpec, listener: UnixListener, file: Option<FileId>, replaced: bool) -> Self {
        Self { spec, listener, file, replaced, early: Mutex::default() }
    }

    /// What was declared.
    pub fn spec(&self) -> &UnixSpec {
        &self.spec
    }

    /// Where it listens; `@name` in the abstract space.
    pub fn path(&self) -> &Path {
        &self.spec.path
    }

    /// Whether a file was there before, on which nobody listened any more, and was replaced.
    pub fn has_replaced(&self) -> bool {
        self.replaced
    }

    /// A second handle on the listener: bound, listening, nonblocking.
    ///
    /// # Errors
    /// When the process may open no more files.
    pub fn listener(&self) -> io::Result<UnixListener> {
        self.listener.try_clone()
    }

    /// Connections of clients that came before or during a proof, in order, nonblocking. Serve them first; dropping them closes
    /// them.
    pub fn take_early(&self) -> Vec<UnixStream> {
        std::mem::take(&mut *self.early.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn keep_early(&self, stream: UnixStream) {
        // A panic cannot leave the list half changed: every use is one call.
        self.early.lock().unwrap_or_else(PoisonError::into_inner).push(stream);
    }

    pub(super) fn socket(&self) -> &UnixListener {
        &self.listener
    }

    /// Whether the file at the path is still the one that was made. An abstract name has none.
    pub(super) fn is_in_place(&self) -> bool {
        match self.file {
            None => self.spec.abstract_name().is_some(),
            Some(file) => fs::symlink_metadata(&self.spec.path).is_ok_and(|found| FileId::from(&found) == file),
        }
    }
}

impl Drop for HeldUnix {
    fn drop(&mut self) {
        if self.file.is_some() && self.is_in_place() {
            // If it cannot be removed, it is a dead file, which the next start replaces.
            let _ = fs::remove_file(&self.spec.path);
        }
    }
}
