//! `[tasks]` and `[tasks.NAME]`: limits of background tasks, and commands that bootproof runs and limits.
//!
//! Durations are kept as written: that none is over 120 s is the tasks room's rule, told with the place kept here.

use super::{
    place::{At, Position},
    section::Section,
};
use std::time::Duration;

/// `[tasks]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TasksSection {
    /// Where the section stands, if it does.
    pub at: Option<Position>,
    /// The limit of tasks that have none of their own.
    pub default_timeout: Option<At<Duration>>,
    /// `[tasks.NAME]`, in the order of the file.
    pub commands: Vec<TaskSection>,
}

/// `[tasks.NAME]`: a command that bootproof runs and limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskSection {
    /// Its name: `digest`.
    pub name: String,
    /// Where its name stands.
    pub at: Position,
    /// Program and arguments.
    pub command: At<Vec<String>>,
    /// The limit at which it is killed. `None`: the section's default.
    pub limit: Option<At<Duration>>,
    /// The limit at which it is asked to end.
    pub soft: Option<At<Duration>>,
}

impl TasksSection {
    pub(super) fn read(file: &mut Section<'_>) -> Self {
        let Some(mut section) = file.table("tasks") else { return Self::default() };
        let default_timeout = section.duration("default_timeout");
        let commands = section.tables().into_iter().filter_map(TaskSection::read).collect();
        let at = Some(section.at);
        section.finish();
        Self { at, default_timeout, commands }
    }
}

impl TaskSection {
    fn read(mut section: Section<'_>) -> Option<Self> {
        let good_name = section.has_good_name();
        let (name, at, command) = (section.name.clone(), section.at, section.command());
        let (limit, soft) = (section.duration("limit"), section.duration("soft"));
        section.finish();
        Some(Self { name, at, command: command.filter(|_| good_name)?, limit, soft })
    }
}
