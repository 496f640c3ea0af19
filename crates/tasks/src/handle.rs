//! What a spawn returns. Waiting for a task and stopping it are two things.

use crate::{End, Limits, Reason, TaskId, TaskInfo, entry::Entry, registry::Registry};
use std::{fmt, sync::Arc, time::Duration};
use tokio::time::timeout;

/// A task that was spawned. Dropping it changes nothing: the task goes on within its limits.
#[derive(Clone)]
pub struct TaskHandle {
    pub(crate) entry: Arc<Entry>,
    pub(crate) registry: Arc<Registry>,
}

/// What came of waiting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Waited {
    /// The task is over.
    Ended(End),
    /// It is not, and lives on.
    StillRunning,
}

impl TaskHandle {
    /// Its number.
    pub fn id(&self) -> TaskId {
        self.entry.id
    }

    /// Its limits.
    pub fn limits(&self) -> Limits {
        self.entry.limits
    }

    /// Everything known of it now.
    pub fn info(&self) -> TaskInfo {
        self.entry.info()
    }

    /// Waits until it is over.
    pub async fn finished(&self) -> End {
        self.entry.finished().await
    }

    /// Waits until it is over, for `limit` at most. The task does not notice.
    pub async fn wait(&self, limit: Duration) -> Waited {
        timeout(limit, self.entry.finished()).await.map_or(Waited::StillRunning, Waited::Ended)
    }

    /// Asks it to end, and ends it by force when it has not ended after the time that its limits leave to clean up. One
    /// that cannot be asked is ended at once.
    pub fn stop(&self) {
        if self.entry.token.is_none() {
            return self.abort();
        }
        self.entry.ask(Reason::Stop);
        let late = self.clone();
        self.registry.runtime.spawn(async move {
            if timeout(late.limits().clean_up(), late.finished()).await.is_err() {
                late.abort();
            }
        });
    }

    /// Ends it by force. One that cannot be (see [`crate::Kind`]) shows as leaked after the grace of its manager.
    pub fn abort(&self) {
        self.registry.abort(&self.entry, Reason::Stop);
    }
}

impl fmt::Debug for TaskHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TaskHandle").field(&self.info()).finish()
    }
}
