//! The diagnoses of this crate.

use crate::{TaskError, TaskInfo};
use bootproof_core::{Diagnosis, Retry};
use std::{error::Error, time::Duration};

/// Every code made here, with its title. Each has a page in `docs/codes/`.
pub const CODES: &[(&str, &str)] = &[
    ("TASK-001", "a task limit is out of range"),
    ("TASK-002", "the program of a task cannot be run"),
    ("TASK-003", "a limit was not enforced"),
    ("TASK-004", "a blocked thread was not noticed"),
    ("TASK-005", "a panic was not contained"),
    ("TASK-006", "the program did not keep answering"),
    ("TASK-007", "there is no task manager that takes tasks"),
    ("TASK-008", "tasks could not be stopped"),
    ("TASK-009", "killing a process group could not be shown"),
];

const UNSAFE: &str = "a background task could run for ever and take the service down with it";

/// Limits that are zero, over 120 s, or in the wrong order; all of them.
pub(crate) fn limits_out_of_range(wrong: Vec<String>) -> Diagnosis {
    let what = match wrong.len() {
        1 => "a task limit is out of range".to_owned(),
        n => format!("{n} task limits are out of range"),
    };
    let diagnosis = Diagnosis::new("TASK-001", what).configuration();
    wrong.into_iter().fold(diagnosis, Diagnosis::why).now("nothing was started").action(
        "set each limit above to at most 120s (`[tasks]` in the file); split longer work, or make it a job of its own",
    )
}

/// Declared commands whose program is missing or not executable; all of them.
pub(crate) fn not_runnable(wrong: Vec<String>) -> Diagnosis {
    let what = match wrong.len() {
        1 => "the program of a declared task cannot be run".to_owned(),
        n => format!("the programs of {n} declared tasks cannot be run"),
    };
    let diagnosis = Diagnosis::new("TASK-002", what).configuration();
    wrong
        .into_iter()
        .fold(diagnosis, Diagnosis::why)
        .now("these tasks would fail each time")
        .action("install the program, correct its name under `[tasks.NAME] command`, or correct PATH")
}

/// A canary went on after its limit, or was not told of it.
pub(crate) fn not_enforced(canary: &str, seen: impl Into<String>) -> Diagnosis {
    Diagnosis::new("TASK-003", format!("a task limit was not enforced: `{canary}`"))
        .why(seen)
        .now(UNSAFE)
        .action("report it with this text; on a machine that stood still meanwhile, run it again")
        .retry(Retry::MayHelp)
}

/// A canary that blocks its thread was not found.
pub(crate) fn not_noticed(canary: &str, seen: impl Into<String>) -> Diagnosis {
    Diagnosis::new("TASK-004", format!("a task that blocks its thread was not noticed: `{canary}`"))
        .why(seen)
        .now("a blocking call could stall the service and nobody would be told which")
        .action("report it with this text; on a machine that stood still meanwhile, run it again")
        .retry(Retry::MayHelp)
}

/// A canary's panic went astray.
pub(crate) fn not_contained(canary: &str, seen: impl Into<String>) -> Diagnosis {
    Diagnosis::new("TASK-005", format!("a panic was not contained as it should be: `{canary}`"))
        .why(seen)
        .now("one failing task could take others with it, or fail unseen")
        .action("report it with this text")
}

/// The heartbeat of the program's runtime had a gap.
pub(crate) fn stalled(gap: Duration, allowed: Duration) -> Diagnosis {
    Diagnosis::new("TASK-006", format!("the program did not answer for {gap:.0?} while tasks were stopped"))
        .why(format!("its heartbeat may miss {allowed:?} at most"))
        .now("requests would have waited as long")
        .action("look for blocking calls in async code, or for a machine that is too busy")
        .retry(Retry::MayHelp)
}

/// Nothing was applied.
pub(crate) fn no_manager() -> Diagnosis {
    Diagnosis::new("TASK-007", "there is no task manager")
        .why("the fix was not applied, or was taken back")
        .now("background tasks have no limits")
        .action("apply the fix `tasks` before it is proven")
}

/// The manager could not be made, or refused a canary.
pub(crate) fn refused(error: &TaskError) -> Diagnosis {
    let mut diagnosis = Diagnosis::new("TASK-007", "the task manager takes no tasks").why(error.to_string());
    let mut source = error.source();
    while let Some(cause) = source {
        diagnosis = diagnosis.why(cause.to_string());
        source = cause.source();
    }
    diagnosis.now("background tasks cannot be run").action("do away with the cause given above").retry(Retry::MayHelp)
}

/// Tasks that go on after the manager was taken back.
pub(crate) fn not_stopped(left: &[TaskInfo]) -> Diagnosis {
    let diagnosis = Diagnosis::new("TASK-008", format!("{} tasks could not be stopped", left.len()));
    left.iter()
        .fold(diagnosis, |diagnosis, task| diagnosis.why(task.to_string()))
        .now("they go on until this process ends")
        .action("end the process; make each of them await, look at its token, or run as a command")
}

/// The part of the proof that needs a shell.
pub(crate) fn group_not_shown(why: &str) -> Diagnosis {
    Diagnosis::new("TASK-009", "that commands are killed with everything they started was not shown")
        .why(why)
        .now("the declared command tasks are limited, but not proven to be")
        .action("install `sh` and `sleep`, on the PATH of the service")
}
