//! A Unix socket that is ours for as long as this value lives.

use super::{UnixSpec, file::Standing};
use crate::given::UnixFitting;
use std::{
    io,
    os::unix::net::{UnixListener, UnixStream},
    path::Path,
    sync::{Mutex, PoisonError},
};

/// A Unix socket that is held: bound and listening. Dropping it removes the file, if that is still the one it made (never one
/// whose socket this process was given), and frees the address once everything that [`HeldUnix::listener`] gave is dropped, too.
#[derive(Debug)]
pub struct HeldUnix {
    spec: UnixSpec,
    listener: UnixListener,
    standing: Standing,
    replaced: bool,
    given: bool,
    early: Mutex<Vec<UnixStream>>,
}

impl HeldUnix {
    pub(super) fn new(spec: UnixSpec, listener: UnixListener, standing: Standing, replaced: bool) -> Self {
        Self { spec, listener, standing, replaced, given: false, early: Mutex::default() }
    }

    /// A socket that this process was given.
    pub(crate) fn given(fitting: UnixFitting) -> Self {
        let UnixFitting { spec, listener, standing } = fitting;
        Self { given: true, ..Self::new(spec, listener, standing, false) }
    }

    /// Whether this process was given it, by systemd for example.
    pub fn was_given(&self) -> bool {
        self.given
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

    pub(crate) fn socket(&self) -> &UnixListener {
        &self.listener
    }

    /// Where it stands; as long as a copy lives, the file stays.
    pub(crate) fn standing(&self) -> &Standing {
        &self.standing
    }

    /// Whether the file at the path is still the one that it was. An abstract name has none.
    pub(super) fn is_in_place(&self) -> bool {
        self.standing.is_in_place()
    }
}
