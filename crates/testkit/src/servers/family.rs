//! A process and all it started, read from /proc: PostgreSQL answers through its children.

use std::collections::HashMap;
use std::fs;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// The fields of `/proc/PID/stat` that are used here.
struct Stat {
    state: String,
    parent: i32,
    started: String,
}

fn stat(pid: i32) -> Option<Stat> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in brackets may hold anything; after its last bracket come state, parent, ... and the 22nd, start.
    let fields: Vec<_> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let (state, parent, started) = (fields.first()?, fields.get(1)?, fields.get(19)?);
    Some(Stat { state: (*state).to_owned(), parent: parent.parse().ok()?, started: (*started).to_owned() })
}

/// When `pid` was started, in the kernel's ticks since boot: with the pid it names one process for ever.
pub(crate) fn started(pid: i32) -> Option<String> {
    stat(pid).map(|stat| stat.started)
}

/// Whether `pid` still runs; one that ended and was not waited for does not.
pub(crate) fn is_alive(pid: i32) -> bool {
    stat(pid).is_some_and(|stat| stat.state != "Z" && stat.state != "X")
}

/// `pid` and everything below it, parents before their children.
pub(crate) fn of(pid: i32) -> Vec<i32> {
    let mut below: HashMap<i32, Vec<i32>> = HashMap::new();
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    for child in entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok()) {
        if let Some(stat) = stat(child) {
            below.entry(stat.parent).or_default().push(child);
        }
    }
    let mut all = vec![pid];
    let mut at = 0;
    while let Some(parent) = all.get(at) {
        all.extend(below.remove(parent).unwrap_or_default());
        at += 1;
    }
    all
}

/// Sends `signal` to each; those that are gone do not matter.
pub(crate) fn signal(pids: &[i32], signal: Signal) {
    for pid in pids {
        let _ = kill(Pid::from_raw(*pid), signal);
    }
}

/// Stops the whole family: the parent first, so that it starts no more, until nobody new is found.
pub(crate) fn stop(pid: i32) -> Vec<i32> {
    let mut stopped = Vec::new();
    loop {
        let new: Vec<_> = of(pid).into_iter().filter(|one| !stopped.contains(one)).collect();
        if new.is_empty() {
            return stopped;
        }
        signal(&new, Signal::SIGSTOP);
        // The signal is only noted by then: a busy machine lets a thread answer once more.
        let start = Instant::now();
        while new.iter().any(|pid| runs(*pid)) && start.elapsed() < MOST_TO_STOP {
            std::thread::sleep(Duration::from_millis(1));
        }
        stopped.extend(new);
    }
}

/// A thread stops when it next comes back from the kernel: at once, but for one that waits for a disk.
const MOST_TO_STOP: Duration = Duration::from_secs(2);

/// Whether a thread of `pid` may still do something.
fn runs(pid: i32) -> bool {
    let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else { return false };
    threads.flatten().any(|thread| {
        let text = fs::read_to_string(thread.path().join("stat")).unwrap_or_default();
        let state = text.rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().next());
        state.is_some_and(|state| !matches!(state, "T" | "t" | "Z" | "X"))
    })
}

/// Waits until none of them runs any more. False: some still do after `limit`.
pub(crate) fn gone(pids: &[i32], limit: Duration) -> bool {
    let start = Instant::now();
    while pids.iter().any(|pid| is_alive(*pid)) {
        if start.elapsed() > limit {
            return false;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    true
}
