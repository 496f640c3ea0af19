//! Soft and hard limits, panics, stopping and waiting, on tokio's paused clock.

use bootproof_tasks::{End, Limit, Limits, Reason, State, TaskManager, Waited};
use proptest::prelude::*;
use std::{
    future::pending,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::time::{Instant, sleep};

const SECOND: Duration = Duration::from_secs(1);

fn manager() -> TaskManager {
    TaskManager::new(Limit::default()).unwrap()
}

fn limits(soft: u64, hard: u64) -> Limits {
    Limits::new(Duration::from_secs(soft), Limit::new(Duration::from_secs(hard)).unwrap()).unwrap()
}

/// Says when it is dropped.
struct Dropped(Arc<Mutex<Option<Instant>>>);

impl Drop for Dropped {
    fn drop(&mut self) {
        *self.0.lock().unwrap() = Some(Instant::now());
    }
}

#[tokio::test(start_paused = true)]
async fn a_task_that_ignores_cancellation_is_dropped_at_its_hard_limit() {
    let (tasks, began, gone) = (manager(), Instant::now(), Arc::default());
    let dropped = Dropped(Arc::clone(&gone));
    let task = tasks
        .spawn_with("loop", limits(10, 20), |_token| async move {
            let _dropped = dropped;
            loop {
                sleep(SECOND / 10).await;
            }
        })
        .unwrap();
    assert_eq!(task.wait(119 * SECOND).await, Waited::Ended(End::Aborted { because: Reason::Limit }));
    let took = gone.lock().unwrap().expect("the future is dropped") - began;
    assert!(took >= 20 * SECOND && took < 21 * SECOND, "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_plain_task_ends_at_the_default_limit_and_a_declared_one_at_its_own() {
    let mut settings = bootproof_tasks::Settings::new(Limit::new(30 * SECOND).unwrap());
    settings.declared.insert("digest".into(), limits(80, 90));
    let tasks = TaskManager::with(settings).unwrap();
    let plain = tasks.spawn("other", pending::<()>()).unwrap();
    let declared = tasks.spawn("digest", pending::<()>()).unwrap();
    sleep(31 * SECOND).await;
    assert_eq!(plain.info().state, State::Ended(End::Aborted { because: Reason::Limit }));
    assert_eq!(declared.info().state, State::Running);
    sleep(60 * SECOND).await;
    assert_eq!(declared.info().state, State::Ended(End::Aborted { because: Reason::Limit }));
}

#[tokio::test(start_paused = true)]
async fn a_task_that_heeds_the_soft_limit_gets_the_time_to_clean_up() {
    let task = manager()
        .spawn_with("heeds", limits(10, 20), |token| async move {
            token.cancelled().await;
            sleep(9 * SECOND).await;
        })
        .unwrap();
    // The manager was dropped above, which ends what it started.
    assert_eq!(task.finished().await, End::Aborted { because: Reason::ManagerGone });
    let tasks = manager();
    let task = tasks
        .spawn_with("heeds", limits(10, 20), |token| async move {
            token.cancelled().await;
            sleep(9 * SECOND).await;
        })
        .unwrap();
    assert_eq!(task.finished().await, End::Done);
    let info = task.info();
    assert_eq!((info.asked, info.age), (Some(Reason::Limit), 19 * SECOND));
}

#[tokio::test(start_paused = true)]
async fn a_panic_stays_in_its_task_and_is_kept_with_message_and_place() {
    let tasks = manager();
    let other = tasks.spawn("other", sleep(SECOND)).unwrap();
    let line = line!() + 1;
    let task = tasks.spawn("breaks", async { panic!("cannot divide {}", 7) }).unwrap();
    assert_eq!(task.finished().await, End::Panicked { message: "cannot divide 7".into() });
    let place = task.info().place;
    assert_eq!((place.file(), place.line()), (file!(), line));
    assert_eq!(other.finished().await, End::Done);
    assert_eq!(tasks.snapshot().totals.panicked, 1);
}

#[tokio::test(start_paused = true)]
async fn a_panic_in_a_destructor_at_the_hard_limit_is_contained_too() {
    struct Breaks;
    impl Drop for Breaks {
        fn drop(&mut self) {
            panic!("while being dropped");
        }
    }
    let tasks = manager();
    let breaks = Breaks;
    let task = tasks
        .spawn("breaks", async move {
            let _breaks = breaks;
            pending::<()>().await;
        })
        .unwrap();
    assert_eq!(task.finished().await, End::Panicked { message: "while being dropped".into() });
}

#[tokio::test(start_paused = true)]
async fn the_error_of_a_task_is_kept() {
    let tasks = manager();
    let task = tasks.spawn("fails", async { Err("no such table") }).unwrap();
    assert_eq!(task.finished().await, End::Failed { error: "no such table".into() });
    assert_eq!(tasks.snapshot().totals.failed, 1);
}

#[tokio::test(start_paused = true)]
async fn waiting_for_a_task_with_a_limit_does_not_stop_it() {
    let (tasks, done) = (manager(), Arc::new(AtomicBool::new(false)));
    let told = Arc::clone(&done);
    let task = tasks
        .spawn("slow", async move {
            sleep(10 * SECOND).await;
            told.store(true, Ordering::SeqCst);
        })
        .unwrap();
    assert_eq!(task.wait(SECOND).await, Waited::StillRunning);
    assert_eq!(task.info().state, State::Running);
    assert_eq!(task.wait(10 * SECOND).await, Waited::Ended(End::Done));
    assert!(done.load(Ordering::SeqCst));
}

#[tokio::test(start_paused = true)]
async fn dropping_a_handle_does_not_stop_its_task() {
    let tasks = manager();
    drop(tasks.spawn("slow", sleep(SECOND)).unwrap());
    sleep(2 * SECOND).await;
    assert_eq!(tasks.snapshot().totals.done, 1);
}

#[tokio::test(start_paused = true)]
async fn a_stopped_task_gets_the_time_to_clean_up_and_no_more() {
    let tasks = manager();
    let heeds = tasks
        .spawn_with("heeds", limits(50, 60), |token| async move {
            token.cancelled().await;
            sleep(5 * SECOND).await;
        })
        .unwrap();
    let ignores = tasks.spawn_with("ignores", limits(50, 60), |_token| pending::<()>()).unwrap();
    let deaf = tasks.spawn("deaf", pending::<()>()).unwrap();
    sleep(SECOND).await;
    for task in [&heeds, &ignores, &deaf] {
        task.stop();
    }
    assert_eq!(deaf.finished().await, End::Aborted { because: Reason::Stop });
    assert_eq!(deaf.info().age, SECOND);
    assert_eq!(ignores.info().state, State::Stopping { because: Reason::Stop });
    assert_eq!(heeds.finished().await, End::Done);
    assert_eq!(ignores.finished().await, End::Aborted { because: Reason::Stop });
    assert_eq!((heeds.info().age, ignores.info().age), (6 * SECOND, 11 * SECOND));
}

#[tokio::test(start_paused = true)]
async fn the_end_of_the_manager_is_the_end_of_its_tasks() {
    let gone = Arc::default();
    let (tasks, dropped) = (manager(), Dropped(Arc::clone(&gone)));
    let task = tasks
        .spawn("orphan", async move {
            let _dropped = dropped;
            pending::<()>().await;
        })
        .unwrap();
    tokio::task::yield_now().await;
    let clone = tasks.clone();
    drop(tasks);
    assert_eq!(task.wait(SECOND).await, Waited::StillRunning, "a clone is the same manager");
    drop(clone);
    assert_eq!(task.finished().await, End::Aborted { because: Reason::ManagerGone });
    assert!(gone.lock().unwrap().is_some());
}

#[test]
fn the_end_of_the_runtime_ends_its_tasks_and_says_so() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let tasks = TaskManager::on(runtime.handle().clone(), bootproof_tasks::Settings::default()).unwrap();
    let task = tasks.spawn("cut", pending::<()>()).unwrap();
    drop(runtime);
    assert_eq!(task.info().state, State::Ended(End::Aborted { because: Reason::RuntimeGone }));
    let late = tasks.spawn("late", pending::<()>()).unwrap();
    assert!(late.info().is_over());
}

#[test]
fn a_manager_outside_a_runtime_is_refused() {
    let error = TaskManager::new(Limit::default()).unwrap_err();
    assert!(error.to_string().contains("no tokio runtime"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn the_hard_limit_is_never_used_before_the_soft_one(
        hard in 1_u64..=120_000,
        part in 0.0..=1.0_f64,
        jump in 0_u64..=200_000,
    ) {
        let soft = ((hard as f64 * part) as u64).max(1);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let (asked, ended, took) = runtime.block_on(async {
            let limits = Limits::new(Duration::from_millis(soft), Limit::new(Duration::from_millis(hard)).unwrap()).unwrap();
            let (tasks, asked, gone, began) = (manager(), Arc::new(Mutex::new(None)), Arc::default(), Instant::now());
            let (note, dropped) = (Arc::clone(&asked), Dropped(Arc::clone(&gone)));
            let task = tasks.spawn_with("asked", limits, |token| async move {
                let _dropped = dropped;
                token.cancelled().await;
                *note.lock().unwrap() = Some(Instant::now());
                pending::<()>().await;
            }).unwrap();
            tokio::task::yield_now().await;
            // A runtime that stood still over one limit or both must keep their order too.
            tokio::time::advance(Duration::from_millis(jump)).await;
            task.finished().await;
            let asked = asked.lock().unwrap().expect("it was asked before it was ended");
            let ended = gone.lock().unwrap().expect("dropped");
            (asked - began, ended - began, task.info().age)
        });
        prop_assert!(asked >= Duration::from_millis(soft) && ended >= Duration::from_millis(hard) && asked <= ended);
        prop_assert!(took >= Duration::from_millis(hard));
    }
}
