//! The end of a manager: refuse, ask, wait, then end by force and say who had to be.

use crate::{Reason, TaskInfo, TaskManager};
use std::{future::Future, time::Duration};
use tokio::time::timeout;

/// What came of a shutdown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shutdown {
    /// How many tasks came to their end in time.
    pub drained: usize,
    /// Those that did not, and were ended by force; oldest first. One whose state is not
    /// [`crate::State::Ended`] could not be stopped at all.
    pub stragglers: Vec<TaskInfo>,
}

impl TaskManager {
    /// Refuses new tasks, asks those that live to end, waits for them for `limit` at most, and then ends the others by force.
    /// Takes no longer than `limit` and the grace of the settings. Dropped half-way it leaves the manager refusing tasks and
    /// every task asked to end; none is ended by force then.
    pub async fn shutdown(&self, limit: Duration) -> Shutdown {
        self.shut_down(limit, self.registry().settings.grace).await
    }

    /// The same with another grace.
    pub(crate) async fn shut_down(&self, limit: Duration, grace: Duration) -> Shutdown {
        let registry = self.registry();
        registry.close();
        // Nobody can join these any more.
        let tasks = registry.live();
        for task in &tasks {
            task.ask(Reason::Shutdown);
        }
        at_most(limit, registry.emptied()).await;
        let late: Vec<_> = tasks.iter().filter(|task| task.end().is_none()).collect();
        for task in &late {
            registry.abort(task, Reason::Shutdown);
        }
        at_most(grace, registry.emptied()).await;
        Shutdown { drained: tasks.len() - late.len(), stragglers: late.iter().map(|task| task.info()).collect() }
    }
}

async fn at_most(limit: Duration, what: impl Future<Output = ()>) {
    // Either way the caller looks at what there is afterwards.
    let _ = timeout(limit, what).await;
}
