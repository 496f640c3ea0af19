//! What can go wrong when a task is declared or started.

use crate::Limit;
use std::{io, time::Duration};

/// Why a limit, a manager or a task was refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TaskError {
    /// The limit is zero or over 120 s.
    #[error("a task limit of `{given:?}` is out of range: it must be more than zero and at most {:?}", Limit::MOST)]
    LimitOutOfRange {
        /// What was asked for.
        given: Duration,
    },
    /// The soft limit is zero, or later than the hard one.
    #[error(
        "a soft limit of `{soft:?}` is out of range: it must be more than zero and at most the hard limit, `{hard:?}`"
    )]
    SoftOutOfRange {
        /// What was asked for.
        soft: Duration,
        /// The hard limit.
        hard: Duration,
    },
    /// The manager is shutting down and takes no more tasks.
    #[error("the task `{name}` is refused: the task manager is shutting down")]
    ShuttingDown {
        /// The task.
        name: String,
    },
    /// A manager needs a tokio runtime.
    #[error("no tokio runtime is running here, and tasks need one")]
    NoRuntime(#[source] tokio::runtime::TryCurrentError),
    /// The thread that watches over tasks could not be started.
    #[error("the thread that watches over tasks cannot be started")]
    NoWatchdog(#[source] io::Error),
    /// A command without a program.
    #[error("the command of the task `{name}` is empty")]
    EmptyCommand {
        /// The task.
        name: String,
    },
    /// The operating system did not start the command.
    #[error("the task `{name}` cannot start `{program}`")]
    CannotStart {
        /// The task.
        name: String,
        /// Its program; the arguments may hold secrets and are not shown.
        program: String,
        /// Why.
        #[source]
        source: io::Error,
    },
}
