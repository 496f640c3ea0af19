//! Ids, history and counts.

use bootproof_tasks::{End, Limit, State, TaskManager};
use std::{collections::HashSet, future::pending, time::Duration};

fn manager() -> TaskManager {
    TaskManager::new(Limit::default()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_tasks_all_run_and_at_most_256_are_kept() {
    let tasks = manager();
    let handles: Vec<_> = (0..10_000).map(|_| tasks.spawn("one of many", async {}).unwrap()).collect();
    for handle in &handles {
        assert_eq!(handle.finished().await, End::Done);
    }
    while tasks.live() > 0 {
        tokio::task::yield_now().await;
    }
    let snapshot = tasks.snapshot();
    assert_eq!((snapshot.totals.done, snapshot.totals.ended(), snapshot.live.len()), (10_000, 10_000, 0));
    assert_eq!(snapshot.ended.len(), 256);
    let ids: HashSet<_> = handles.iter().map(|handle| handle.id()).collect();
    assert_eq!(ids.len(), 10_000);
}

#[tokio::test]
async fn the_latest_ended_tasks_are_the_ones_kept() {
    let tasks = manager();
    let mut last = None;
    for _ in 0..1_000 {
        let task = tasks.spawn("short", async {}).unwrap();
        task.finished().await;
        last = Some(task.id());
    }
    tokio::task::yield_now().await;
    let ended = tasks.snapshot().ended;
    assert_eq!(ended.last().map(|task| task.id), last);
    assert!(ended.windows(2).all(|pair| pair[0].id < pair[1].id));
    assert_eq!(ended.len(), 256);
}

#[tokio::test]
async fn ids_never_restart_not_even_with_another_manager() {
    let (first, second) = (manager(), manager());
    let a = first.spawn("a", async {}).unwrap().id();
    let b = second.spawn("b", async {}).unwrap().id();
    drop((first, second));
    let c = manager().spawn("c", async {}).unwrap().id();
    assert!(a < b && b < c, "{a} {b} {c}");
}

#[tokio::test(start_paused = true)]
async fn a_snapshot_shows_name_place_age_state_and_limits() {
    let tasks = manager();
    let line = line!() + 1;
    tasks.spawn("reindex", pending::<()>()).unwrap();
    tokio::time::sleep(Duration::from_secs(7)).await;
    let snapshot = tasks.snapshot();
    let [task] = snapshot.live.as_slice() else { panic!("{snapshot:?}") };
    assert_eq!((task.name.as_ref(), task.place.line(), task.age), ("reindex", line, Duration::from_secs(7)));
    assert_eq!((&task.state, task.limits.hard()), (&State::Running, Duration::from_secs(60)));
    assert!(task.to_string().starts_with("`reindex` (#"), "{task}");
}

#[tokio::test]
async fn an_ended_future_is_gone_while_its_handle_and_its_record_stay() {
    let (tasks, owned) = (manager(), std::sync::Arc::new(()));
    let inside = std::sync::Arc::clone(&owned);
    let task = tasks.spawn("owner", async move { drop(inside.clone()) }).unwrap();
    task.finished().await;
    assert_eq!(std::sync::Arc::strong_count(&owned), 1);
}
