//! What a service declares about its tasks, and the check of it: every limit that is out of range is named at once.

use crate::{Limit, Limits, Settings, TaskError};
use std::{fmt, time::Duration};

/// What a service declares about its tasks. Times are as given: [`crate::TasksFix::new`] checks them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TasksSpec {
    /// The limit of tasks that have none of their own.
    pub default_limit: Duration,
    /// The declared tasks.
    pub tasks: Vec<TaskSpec>,
    /// Whether anything is declared at all; else the fix is skipped.
    pub declared: bool,
}

/// A declared task.
#[derive(Clone, PartialEq, Eq)]
pub struct TaskSpec {
    /// Its name.
    pub name: String,
    /// Its program and arguments, when it is a command.
    pub command: Option<Vec<String>>,
    /// Its limit, when it is not the default.
    pub limit: Option<Duration>,
    /// When it is asked to end; the default leaves a tenth of the limit, 5 s at most.
    pub soft: Option<Duration>,
}

impl fmt::Debug for TaskSpec {
    /// Arguments may hold secrets: only the program is shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskSpec")
            .field("name", &self.name)
            .field("program", &self.command.as_ref().and_then(|argv| argv.first()))
            .field("limit", &self.limit)
            .field("soft", &self.soft)
            .finish()
    }
}

impl TaskSpec {
    /// A task named `name` with the default limit and no command.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), command: None, limit: None, soft: None }
    }

    fn limits(&self, default: Limits) -> Result<Limits, TaskError> {
        let hard = self.limit.map_or_else(|| Limit::new(default.hard()), Limit::new)?;
        match self.soft {
            Some(soft) => Limits::new(soft, hard),
            None => Ok(hard.into()),
        }
    }
}

impl Default for TasksSpec {
    /// Nothing declared.
    fn default() -> Self {
        Self { default_limit: Limit::default().get(), tasks: vec![], declared: false }
    }
}

impl TasksSpec {
    /// The settings of its manager, or all limits that are out of range.
    pub(crate) fn settings(&self) -> Result<Settings, Vec<String>> {
        let mut wrong = vec![];
        let limits = Limit::new(self.default_limit).map(Limits::from).unwrap_or_else(|error| {
            wrong.push(format!("the default: {error}"));
            Limits::default()
        });
        let mut settings = Settings { limits, ..Settings::default() };
        for task in &self.tasks {
            match task.limits(limits) {
                Ok(limits) => drop(settings.declared.insert(task.name.clone(), limits)),
                Err(error) => wrong.push(format!("`{}`: {error}", task.name)),
            }
        }
        if wrong.is_empty() { Ok(settings) } else { Err(wrong) }
    }
}
