//! Commands: process groups, reaping, limits. Real processes are involved, and so is real time.

use bootproof_tasks::{CommandLine, End, Limit, Limits, Reason, Settings, TaskError, TaskHandle, TaskManager, Waited};
use std::{
    io::{PipeReader, Read, pipe},
    path::Path,
    time::{Duration, Instant},
};

/// Far more than any of it takes, for a busy machine, and far less than the commands would live.
const PATIENCE: Duration = Duration::from_secs(20);

fn manager() -> TaskManager {
    TaskManager::new(Limit::default()).unwrap()
}

fn limits(soft: u64, hard: u64) -> Limits {
    Limits::new(Duration::from_millis(soft), Limit::new(Duration::from_millis(hard)).unwrap()).unwrap()
}

fn shell(script: &str) -> (CommandLine, PipeReader) {
    let (output, input) = pipe().unwrap();
    (CommandLine::new(["sh", "-c", script]).quiet().stdout_to(input), output)
}

/// Reads a line, so that the command is known to be at that point.
fn line(output: &mut PipeReader) -> String {
    let (mut line, mut byte) = (vec![], [0]);
    while output.read(&mut byte).unwrap() == 1 && byte[0] != b'\n' {
        line.push(byte[0]);
    }
    String::from_utf8(line).unwrap()
}

/// Waits for the end of a pipe: every process that held it is gone.
async fn all_gone(mut output: PipeReader) -> String {
    let read = tokio::task::spawn_blocking(move || {
        let mut rest = String::new();
        output.read_to_string(&mut rest).map(|_| rest).unwrap()
    });
    tokio::time::timeout(PATIENCE, read).await.expect("something still holds the pipe").unwrap()
}

async fn ended(task: &TaskHandle) -> End {
    match task.wait(PATIENCE).await {
        Waited::Ended(end) => end,
        Waited::StillRunning => panic!("it should have been over: {:?}", task.info()),
    }
}

fn exists(pid: i32) -> bool {
    Path::new(&format!("/proc/{pid}")).exists()
}

#[tokio::test]
async fn a_command_that_ignores_sigterm_is_killed_with_its_grandchildren_and_leaves_no_zombie() {
    let (command, mut output) = shell("trap '' TERM; (sh -c 'sleep 60 & wait' & wait) & echo started; wait");
    let (tasks, began) = (manager(), Instant::now());
    let task = tasks.spawn_command("stubborn", command, limits(2_000, 2_100)).unwrap();
    let pid = task.info().pid.unwrap();
    assert_eq!(line(&mut output), "started");
    assert!(began.elapsed() < Duration::from_secs(2), "too slow a machine to show it");
    assert_eq!(ended(&task).await, End::Aborted { because: Reason::Limit });
    assert!(began.elapsed() >= Duration::from_millis(2_100));
    assert!(!exists(pid), "{pid} is a zombie");
    all_gone(output).await;
}

#[tokio::test]
async fn a_command_that_heeds_sigterm_cleans_up_before_its_hard_limit() {
    let (command, output) = shell("trap 'echo cleaned; exit 0' TERM; sleep 60 & wait");
    let tasks = manager();
    let task = tasks.spawn_command("good", command, limits(1_500, 60_000)).unwrap();
    assert_eq!(ended(&task).await, End::Done);
    assert_eq!(task.info().asked, Some(Reason::Limit));
    assert_eq!(all_gone(output).await, "cleaned\n");
}

#[tokio::test]
async fn a_stop_is_a_sigterm_and_an_abort_is_a_kill() {
    let tasks = manager();
    let stopped = tasks.spawn_command("stopped", ["sleep", "60"], Limits::default()).unwrap();
    stopped.stop();
    assert_eq!((ended(&stopped).await, stopped.info().asked), (End::Done, Some(Reason::Stop)));
    let (command, mut output) = shell("trap '' TERM; sleep 60 & echo started; wait");
    let aborted = tasks.spawn_command("aborted", command, Limits::default()).unwrap();
    line(&mut output);
    aborted.abort();
    assert_eq!(ended(&aborted).await, End::Aborted { because: Reason::Stop });
    all_gone(output).await;
}

#[tokio::test]
async fn what_a_command_leaves_running_when_it_ends_is_killed_too() {
    let (command, output) = shell("sleep 60 & echo left");
    let tasks = manager();
    let task = tasks.spawn_command("leaves", command, Limits::default()).unwrap();
    assert_eq!(ended(&task).await, End::Done);
    assert_eq!(all_gone(output).await, "left\n");
}

#[tokio::test]
async fn the_end_of_the_manager_kills_its_commands() {
    let (command, mut output) = shell("trap '' TERM; sleep 60 & echo started; wait");
    let tasks = manager();
    let task = tasks.spawn_command("orphan", command, Limits::default()).unwrap();
    line(&mut output);
    drop(tasks);
    assert_eq!(ended(&task).await, End::Aborted { because: Reason::ManagerGone });
    all_gone(output).await;
}

#[test]
fn the_end_of_the_runtime_kills_and_reaps_its_commands() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let tasks = TaskManager::on(runtime.handle().clone(), Settings::default()).unwrap();
    let (command, mut output) = shell("trap '' TERM; sleep 60 & echo started; wait");
    let task = tasks.spawn_command("cut", command, Limits::default()).unwrap();
    line(&mut output);
    drop(runtime);
    assert!(task.info().is_over() && !exists(task.info().pid.unwrap()));
    let mut rest = String::new();
    output.read_to_string(&mut rest).unwrap();
}

#[tokio::test]
async fn an_exit_code_is_kept_as_the_error() {
    let tasks = manager();
    let task = tasks.spawn_command("fails", ["sh", "-c", "exit 3"], Limits::default()).unwrap();
    assert_eq!(ended(&task).await, End::Failed { error: "exit status: 3".into() });
}

#[tokio::test]
async fn a_command_that_cannot_be_started_is_an_error_and_shows_no_arguments() {
    let tasks = manager();
    let argv = ["/no/such/program", "--password=hunter2"];
    let command = CommandLine::new(argv);
    assert!(!format!("{command:?}").contains("hunter2"));
    let error = tasks.spawn_command("missing", command, Limits::default()).unwrap_err();
    assert!(matches!(&error, TaskError::CannotStart { program, .. } if program == argv[0]), "{error:?}");
    assert!(!format!("{error:?} {error}").contains("hunter2"));
    assert_eq!((tasks.live(), tasks.snapshot().totals.failed), (0, 1));
    let empty = tasks.spawn_command("empty", Vec::<String>::new(), Limits::default());
    assert!(matches!(empty, Err(TaskError::EmptyCommand { .. })));
}

#[tokio::test]
async fn a_command_sees_the_variables_it_is_given_and_no_others() {
    let (output, input) = pipe().unwrap();
    let command = CommandLine::new(["/usr/bin/env"]).variables([("A", "b")]).stdout_to(input);
    let tasks = manager();
    tasks.spawn_command("env", command, Limits::default()).unwrap();
    assert_eq!(all_gone(output).await, "A=b\n");
}

#[tokio::test]
async fn a_shutdown_ends_commands() {
    let (command, mut output) = shell("trap '' TERM; sleep 60 & echo started; wait");
    let tasks = manager();
    tasks.spawn_command("stubborn", command, Limits::default()).unwrap();
    line(&mut output);
    let shutdown = tasks.shutdown(Duration::from_millis(50)).await;
    assert!(matches!(shutdown.stragglers.as_slice(), [task] if task.is_over()), "{shutdown:?}");
    all_gone(output).await;
}
