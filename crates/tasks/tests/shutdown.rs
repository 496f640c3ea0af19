//! The end of a manager: refuse new, ask, drain, list who did not finish.

use bootproof_tasks::{End, Limit, Limits, Reason, State, TaskError, TaskManager};
use std::{future::pending, time::Duration};
use tokio::time::sleep;

const SECOND: Duration = Duration::from_secs(1);

fn manager() -> TaskManager {
    TaskManager::new(Limit::default()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_drains_who_heeds_it_and_lists_who_does_not() {
    let tasks = manager();
    let heeds = |token: tokio_util::sync::CancellationToken| async move {
        token.cancelled().await;
        sleep(SECOND).await;
    };
    let good = tasks.spawn_with("heeds", Limits::default(), heeds).unwrap();
    let short = tasks.spawn("ends by itself", sleep(2 * SECOND)).unwrap();
    let bad = tasks.spawn_with("ignores", Limits::default(), |_token| pending::<()>()).unwrap();
    let began = tokio::time::Instant::now();
    let shutdown = tasks.shutdown(5 * SECOND).await;
    assert_eq!(shutdown.drained, 2);
    let names: Vec<_> = shutdown.stragglers.iter().map(|task| (task.name.as_ref(), task.place.file())).collect();
    assert_eq!(names, [("ignores", file!())]);
    assert_eq!(shutdown.stragglers[0].state, State::Ended(End::Aborted { because: Reason::Shutdown }));
    assert_eq!((good.finished().await, short.finished().await), (End::Done, End::Done));
    assert!(bad.info().is_over() && tasks.live() == 0);
    assert!(began.elapsed() < 6 * SECOND, "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_with_nothing_left_does_not_wait() {
    let tasks = manager();
    tasks.spawn("short", async {}).unwrap().finished().await;
    let began = tokio::time::Instant::now();
    let shutdown = tasks.shutdown(60 * SECOND).await;
    assert!(shutdown.stragglers.is_empty() && began.elapsed() < SECOND, "{shutdown:?}");
}

#[tokio::test]
async fn nothing_is_accepted_after_the_shutdown_has_begun() {
    let tasks = manager();
    tasks.shutdown(Duration::ZERO).await;
    let refused = [
        tasks.spawn("late", async {}).map(drop),
        tasks.spawn_with("late", Limits::default(), |_token| async {}).map(drop),
        tasks.spawn_blocking("late", || {}).map(drop),
        tasks.spawn_command("late", ["true"], Limits::default()).map(drop),
    ];
    for refused in refused {
        assert!(matches!(&refused, Err(TaskError::ShuttingDown { name }) if name == "late"), "{refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_spawned_while_a_shutdown_begins_are_refused_or_ended() {
    let tasks = manager();
    let spawning = tasks.clone();
    let spawner = std::thread::spawn(move || {
        let mut accepted = vec![];
        while let Ok(task) = spawning.spawn("racing", pending::<()>()) {
            accepted.push(task);
        }
        accepted
    });
    sleep(Duration::from_millis(20)).await;
    let shutdown = tasks.shutdown(Duration::ZERO).await;
    let accepted = tokio::task::spawn_blocking(|| spawner.join().unwrap()).await.unwrap();
    assert!(!accepted.is_empty());
    for task in &accepted {
        assert_eq!(task.finished().await, End::Aborted { because: Reason::Shutdown });
    }
    assert_eq!(shutdown.stragglers.len(), accepted.len());
}
