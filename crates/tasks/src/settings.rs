//! What a manager is made with.

use crate::{Limit, Limits};
use std::{collections::BTreeMap, time::Duration};

/// What a [`crate::TaskManager`] is made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The limits of tasks that have none of their own.
    pub limits: Limits,
    /// The limits of tasks by name, as a file declares them.
    pub declared: BTreeMap<String, Limits>,
    /// How long one poll of a task may take before the task counts as blocking its thread.
    pub block_after: Duration,
    /// How long the end of a task may take, after its hard limit or an abort, before it counts as leaked.
    pub grace: Duration,
    /// Whether limits are enforced: tests of the proof switch it off, nothing else can.
    pub(crate) enforced: bool,
}

impl Settings {
    /// Those of a manager whose tasks have `limit`.
    pub fn new(limit: Limit) -> Self {
        Self { limits: limit.into(), ..Self::default() }
    }
}

impl Default for Settings {
    /// 60 s; a poll may take 100 ms (a hundred times what is good manners, and far over what a busy machine causes by
    /// itself); a leak is one after 1 s.
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            declared: BTreeMap::new(),
            block_after: Duration::from_millis(100),
            grace: Duration::from_secs(1),
            enforced: true,
        }
    }
}
