//! What happens in a run, as it happens. All state of a run is the fold of these.

use crate::{Diagnosis, Ending, Evidence, Step};
use std::{fmt, time::Duration};

/// The number of a node in its plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node(pub usize);

/// One thing that happened. Times are since the run began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// An attempt at a node began; the first is 1.
    Attempt {
        /// The node.
        node: Node,
        /// Which attempt, from 1.
        attempt: u32,
        /// When.
        at: Duration,
    },
    /// A step of the attempt began.
    StepBegan {
        /// The node.
        node: Node,
        /// The step.
        step: Step,
        /// When.
        at: Duration,
    },
    /// Something was seen.
    Saw {
        /// The node.
        node: Node,
        /// What.
        evidence: Evidence,
    },
    /// A step ended, well or not.
    StepEnded {
        /// The node.
        node: Node,
        /// The step.
        step: Step,
        /// When.
        at: Duration,
    },
    /// The attempt failed with something that time can cure; the next begins after `delay`.
    Retrying {
        /// The node.
        node: Node,
        /// The attempt that failed.
        attempt: u32,
        /// The wait before the next.
        delay: Duration,
        /// Why it failed.
        diagnosis: Box<Diagnosis>,
        /// When.
        at: Duration,
    },
    /// The node is done, or was skipped.
    Ended {
        /// The node.
        node: Node,
        /// What came of it.
        ending: Box<Ending>,
        /// When.
        at: Duration,
    },
    /// A change was taken back, or was not.
    Undone {
        /// The node.
        node: Node,
        /// What came of it.
        undoing: Undoing,
        /// When it was over.
        at: Duration,
    },
    /// The run is over. Nothing follows.
    RunEnded {
        /// How it ended.
        end: RunEnd,
        /// Whether everything that cleans up behind dropped phases was done by then.
        cleaned: bool,
        /// When.
        at: Duration,
    },
}

/// What came of taking a change back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undoing {
    /// It was taken back.
    Undone,
    /// It is half done.
    Stuck(Box<Diagnosis>),
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunEnd {
    /// Every node was done or skipped for cause.
    Completed,
    /// It stopped at the first failure of something required, as the policy demands.
    Stopped {
        /// What failed.
        by: Node,
    },
    /// The budget ran out.
    BudgetRanOut,
    /// A signal, or the caller, ended it.
    Cancelled {
        /// The signal's number; 0 when the caller ended it.
        signal: i32,
    },
}

impl fmt::Display for RunEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Completed => f.write_str("completed"),
            Self::Stopped { .. } => f.write_str("stopped"),
            Self::BudgetRanOut => f.write_str("the budget ran out"),
            Self::Cancelled { signal: 2 } => f.write_str("SIGINT"),
            Self::Cancelled { signal: 15 } => f.write_str("SIGTERM"),
            Self::Cancelled { signal: 0 } => f.write_str("the caller"),
            Self::Cancelled { signal } => write!(f, "signal {signal}"),
        }
    }
}
