//! What is known of tasks: ids, states, ends, and the snapshot that shows them all.

use crate::Limits;
use std::{borrow::Cow, fmt, panic::Location, time::Duration};

/// The number of a task. It is given once in the life of the process, over all managers, and never starts again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskId(pub(crate) u64);

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// The place in the source that spawned a task.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place(pub(crate) &'static Location<'static>);

impl Place {
    /// The source file, as the compiler was given it.
    pub fn file(self) -> &'static str {
        self.0.file()
    }

    /// The line, from 1.
    pub fn line(self) -> u32 {
        self.0.line()
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file(), self.line())
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What a task is made of, and so how it can be stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A future. It can be stopped wherever it awaits.
    Future,
    /// A closure on a thread of its own. Once it runs it cannot be stopped, only asked.
    Blocking,
    /// A command in a process group of its own. It can always be killed.
    Command,
}

/// Who or what asked a task to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Its own limit.
    Limit,
    /// [`crate::TaskHandle::stop`] or [`crate::TaskHandle::abort`].
    Stop,
    /// [`crate::TaskManager::shutdown`].
    Shutdown,
    /// The last clone of its manager was dropped.
    ManagerGone,
    /// Its runtime was shut down under it.
    RuntimeGone,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Limit => "its limit",
            Self::Stop => "a stop",
            Self::Shutdown => "the shutdown",
            Self::ManagerGone => "the end of its manager",
            Self::RuntimeGone => "the end of its runtime",
        })
    }
}

/// How a task ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// It came to its end, by itself or when it was asked to: [`TaskInfo::asked`] tells.
    Done,
    /// It ended with an error.
    Failed {
        /// The error's text.
        error: String,
    },
    /// It panicked. Nobody else was harmed.
    Panicked {
        /// The panic's message.
        message: String,
    },
    /// It was ended by force.
    Aborted {
        /// Why.
        because: Reason,
    },
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done => f.write_str("done"),
            Self::Failed { error } => write!(f, "failed: {error}"),
            Self::Panicked { message } => write!(f, "panicked: {message}"),
            Self::Aborted { because } => write!(f, "aborted by {because}"),
        }
    }
}

/// What a task is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It runs, within its soft limit.
    Running,
    /// It was asked to end and may clean up until its hard limit.
    Stopping {
        /// Who asked.
        because: Reason,
    },
    /// It should have ended and could not be stopped: it blocks its thread. It goes on, uncontrolled.
    Leaked {
        /// Its age when that was found.
        after: Duration,
    },
    /// It is over.
    Ended(End),
}

/// Everything known of one task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskInfo {
    /// Its number.
    pub id: TaskId,
    /// Its name, as given.
    pub name: Cow<'static, str>,
    /// What it is made of.
    pub kind: Kind,
    /// The place that spawned it.
    pub place: Place,
    /// Its limits.
    pub limits: Limits,
    /// How long it has lived; of an ended one, how long it lived.
    pub age: Duration,
    /// What it is doing.
    pub state: State,
    /// Who asked it to end, if anybody did.
    pub asked: Option<Reason>,
    /// How long it has been blocking its thread, when it does so now.
    pub blocks_for: Option<Duration>,
    /// The longest it was seen to block its thread without a pause.
    pub longest_block: Duration,
    /// The process that leads its group, when it is a command.
    pub pid: Option<i32>,
}

impl TaskInfo {
    /// Whether it is over.
    pub fn is_over(&self) -> bool {
        matches!(self.state, State::Ended(_))
    }
}

impl fmt::Display for TaskInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` ({}, spawned at {}, {:.0?} old)", self.name, self.id, self.place, self.age)
    }
}

/// How many tasks there were, by their ends. Forgotten ones are counted too.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Came to their end.
    pub done: u64,
    /// Ended with an error.
    pub failed: u64,
    /// Panicked.
    pub panicked: u64,
    /// Were ended by force.
    pub aborted: u64,
    /// Could not be stopped when they should have ended, whatever became of them later.
    pub leaked: u64,
}

impl Totals {
    /// All that ended.
    pub fn ended(&self) -> u64 {
        self.done + self.failed + self.panicked + self.aborted
    }
}

/// All tasks of a manager at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// Those that are not over, oldest first.
    pub live: Vec<TaskInfo>,
    /// The latest that are over, 256 at most, oldest first.
    pub ended: Vec<TaskInfo>,
    /// Counts since the manager was made.
    pub totals: Totals,
}
