//! What cannot be stopped is not hidden. Real threads are involved, and so is real time.

use bootproof_tasks::{End, Limit, Limits, Reason, Settings, State, TaskInfo, TaskManager, Waited};
use std::{
    sync::mpsc,
    time::{Duration, Instant},
};
use tokio::time::sleep;

/// Far more than any of it takes, for a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

fn quick() -> TaskManager {
    let mut settings = Settings::default();
    (settings.block_after, settings.grace) = (Duration::from_millis(10), Duration::from_millis(20));
    TaskManager::with(settings).unwrap()
}

fn limit(millis: u64) -> Limits {
    Limit::new(Duration::from_millis(millis)).unwrap().into()
}

/// Blocks its thread until the other end is dropped.
fn wait(held: &mpsc::Receiver<()>) {
    let _ = held.recv();
}

async fn until<T>(mut look: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(began.elapsed() < PATIENCE, "it never came");
        sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_that_blocks_its_thread_is_leaked_named_and_counted_until_it_ends() {
    let (tasks, (release, held)) = (quick(), mpsc::channel::<()>());
    let line = line!() + 1;
    let task = tasks.spawn("blocks", async move { wait(&held) }).unwrap();
    until(|| task.info().blocks_for).await;
    task.abort();
    let leaked: TaskInfo = until(|| tasks.leaked().pop()).await;
    assert_eq!((leaked.name.as_ref(), leaked.place.file(), leaked.place.line()), ("blocks", file!(), line));
    assert!(matches!(leaked.state, State::Leaked { .. }) && leaked.age >= Duration::from_millis(20), "{leaked:?}");
    assert_eq!((tasks.snapshot().totals.leaked, tasks.live()), (1, 1));
    drop(release);
    // The poll it blocked in came to the end of the task before the abort could be obeyed.
    assert_eq!(task.finished().await, End::Done);
    assert_eq!((tasks.leaked(), tasks.snapshot().totals.leaked), (vec![], 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_that_blocks_over_its_hard_limit_is_leaked_without_anybody_asking() {
    let (tasks, (release, held)) = (quick(), mpsc::channel::<()>());
    let task = tasks
        .spawn_with("blocks", limit(30), |_token| async move {
            wait(&held);
            std::future::pending::<()>().await;
        })
        .unwrap();
    let leaked = until(|| tasks.leaked().pop()).await;
    let State::Leaked { after } = leaked.state else { panic!("{leaked:?}") };
    assert!(after >= Duration::from_millis(50), "not before limit and grace: {after:?}");
    drop(release);
    assert_eq!(task.finished().await, End::Aborted { because: Reason::Limit }, "as soon as it awaits");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn blocking_within_the_limit_shows_in_the_snapshot_and_is_no_leak() {
    let (tasks, (release, held)) = (quick(), mpsc::channel::<()>());
    let task = tasks
        .spawn("stalls", async move {
            wait(&held);
            std::future::pending::<()>().await;
        })
        .unwrap();
    until(|| task.info().blocks_for).await;
    assert_eq!(tasks.leaked(), []);
    drop(release);
    until(|| task.info().blocks_for.is_none().then_some(())).await;
    assert!(task.info().longest_block >= Duration::from_millis(10), "{:?}", task.info());
    assert_eq!(task.info().state, State::Running);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_that_often_awaits_is_never_taken_for_a_blocking_one() {
    let mut settings = Settings::default();
    // A busy machine may well keep a thread waiting for longer than the other tests here allow.
    settings.block_after = Duration::from_millis(400);
    let tasks = TaskManager::with(settings).unwrap();
    let task = tasks
        .spawn("busy", async {
            let began = Instant::now();
            while began.elapsed() < Duration::from_millis(1_000) {
                tokio::task::yield_now().await;
            }
        })
        .unwrap();
    assert_eq!(task.finished().await, End::Done);
    assert_eq!(task.info().longest_block, Duration::ZERO);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_that_is_always_ready_to_go_on_does_not_keep_its_limit_from_being_seen() {
    let tasks = quick();
    // Virtual time stands still while anything is ready, so this is on real time.
    let task = tasks
        .spawn_with("greedy", limit(50), |_token| async {
            let (send, mut receive) = tokio::sync::mpsc::unbounded_channel();
            loop {
                send.send(()).unwrap();
                receive.recv().await.unwrap();
            }
        })
        .unwrap();
    assert_eq!(task.wait(PATIENCE).await, Waited::Ended(End::Aborted { because: Reason::Limit }));
}

#[test]
fn a_stalled_runtime_does_not_blind_the_watchdog() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let mut settings = Settings::default();
    (settings.block_after, settings.grace) = (Duration::from_millis(10), Duration::from_millis(20));
    let tasks = TaskManager::on(runtime.handle().clone(), settings).unwrap();
    let (release, held) = mpsc::channel::<()>();
    let task = tasks.spawn_with("blocks", limit(20), |_token| async move { wait(&held) }).unwrap();
    let thread = std::thread::spawn(move || runtime.block_on(task.finished()));
    let began = Instant::now();
    while tasks.leaked().is_empty() {
        assert!(began.elapsed() < PATIENCE, "it was never found");
        std::thread::sleep(Duration::from_millis(1));
    }
    drop(release);
    assert_eq!(thread.join().unwrap(), End::Done);
}

#[tokio::test]
async fn a_blocking_closure_over_its_limit_is_asked_and_then_leaked() {
    let (tasks, (release, held)) = (quick(), mpsc::channel::<()>());
    let task = tasks
        .spawn_blocking_with("import", limit(500), move |token| {
            wait(&held);
            assert!(token.is_cancelled(), "asked at the soft limit");
        })
        .unwrap();
    let leaked = until(|| tasks.leaked().pop()).await;
    assert_eq!((leaked.id, leaked.asked), (task.id(), Some(Reason::Limit)));
    drop(release);
    assert_eq!(task.finished().await, End::Done);
    assert_eq!(tasks.leaked(), []);
}

#[tokio::test]
async fn a_blocking_closure_that_panics_or_fails_is_contained_and_kept() {
    let tasks = quick();
    let panics = tasks.spawn_blocking("panics", || panic!("no {}", "disk")).unwrap();
    let fails = tasks.spawn_blocking("fails", || Err("no space")).unwrap();
    assert_eq!(panics.finished().await, End::Panicked { message: "no disk".into() });
    assert_eq!(fails.finished().await, End::Failed { error: "no space".into() });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shutdown_lists_what_it_could_not_stop_as_leaked() {
    let (tasks, (release, held)) = (quick(), mpsc::channel::<()>());
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let work = move || {
        begun.send(()).unwrap();
        wait(&held);
    };
    tasks.spawn_blocking("stuck", work).unwrap();
    has_begun.await.unwrap();
    let shutdown = tasks.shutdown(Duration::from_millis(10)).await;
    assert!(matches!(shutdown.stragglers.as_slice(), [task] if !task.is_over()), "{shutdown:?}");
    until(|| tasks.leaked().pop()).await;
    drop(release);
}

#[tokio::test]
async fn the_watchdog_wakes_again_after_it_had_nothing_to_watch() {
    let tasks = quick();
    for _ in 0..20 {
        sleep(Duration::from_millis(3)).await;
        let (release, held) = mpsc::channel::<()>();
        let (begun, has_begun) = tokio::sync::oneshot::channel();
        let work = move || {
            begun.send(()).unwrap();
            wait(&held);
        };
        let task = tasks.spawn_blocking("stuck", work).unwrap();
        // One that has no thread yet can still be stopped.
        has_begun.await.unwrap();
        task.abort();
        until(|| tasks.leaked().pop()).await;
        drop(release);
        task.finished().await;
    }
    assert_eq!(tasks.snapshot().totals.leaked, 20);
}
