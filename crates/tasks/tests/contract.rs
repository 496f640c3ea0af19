//! The duties of every fix, for this one.

use bootproof_core::{Criticality, Environment};
use bootproof_tasks::{TaskSpec, TasksFix, TasksSpec};
use bootproof_testkit::contract::{Rig, upholds_the_contract};
use std::{collections::BTreeSet, fs, time::Duration};

/// The child processes of this one, and its open pipes.
async fn world() -> String {
    // A killed grandchild belongs to the init process; what a canary's thread held goes with the thread, an instant later.
    tokio::time::sleep(Duration::from_millis(5)).await;
    let mut children = BTreeSet::new();
    for thread in fs::read_dir("/proc/self/task").unwrap() {
        let of = thread.unwrap().path().join("children");
        // A thread may have ended meanwhile; so have its children passed to another.
        children.extend(fs::read_to_string(of).unwrap_or_default().split_whitespace().map(str::to_owned));
    }
    let links = fs::read_dir("/proc/self/fd").unwrap().filter_map(|fd| fs::read_link(fd.unwrap().path()).ok());
    let pipes = links.filter(|to| to.to_string_lossy().starts_with("pipe:")).count();
    let threads = fs::read_dir("/proc/self/task")
        .unwrap()
        .filter_map(|thread| fs::read_to_string(thread.unwrap().path().join("comm")).ok());
    let canaries = threads.filter(|name| name.starts_with("task-canary")).count();
    format!("children {children:?}, {pipes} pipes, {canaries} canary threads")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_tasks_fix_upholds_the_contract() {
    let command = Some(vec!["sh".into(), "-c".into(), "exit".into()]);
    let digest = TaskSpec { command, ..TaskSpec::new("digest") };
    let spec = TasksSpec { tasks: vec![digest], declared: true, ..TasksSpec::default() };
    let fix = TasksFix::new(spec, Criticality::Required).unwrap();
    upholds_the_contract(&fix, || Rig::new(Environment::Staging), world).await;
}
