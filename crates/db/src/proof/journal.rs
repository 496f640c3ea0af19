//! What the proof's task tells its phase: what it does, then what it saw. Closed when the phase is gone.

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// One note.
pub(super) enum Note {
    /// Something begins.
    Doing(String),
    /// It was done, and this was seen.
    Saw(String),
}

/// Takes notes.
#[derive(Clone)]
pub(super) struct Journal(UnboundedSender<Note>);

/// A journal and its reader.
pub(super) fn open() -> (Journal, UnboundedReceiver<Note>) {
    let (sender, receiver) = unbounded_channel();
    (Journal(sender), receiver)
}

impl Journal {
    /// Notes that something begins.
    pub(super) fn doing(&self, what: impl Into<String>) {
        // When nobody reads any more, the task is about to be told so.
        let _ = self.0.send(Note::Doing(what.into()));
    }

    /// Notes what was seen of it.
    pub(super) fn saw(&self, what: impl Into<String>) {
        let _ = self.0.send(Note::Saw(what.into()));
    }

    /// Returns when the phase was dropped.
    pub(super) async fn abandoned(&self) {
        self.0.closed().await;
    }
}
