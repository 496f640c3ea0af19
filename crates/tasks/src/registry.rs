//! All tasks of one manager. Tasks hold it, and it does not hold the manager: so the manager can end before them.

use crate::{End, Reason, Settings, Snapshot, TaskError, TaskId, TaskInfo, entry::Entry, shard::Shard, watchdog::Bell};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::Instant as WallInstant,
};
use tokio::{runtime::Handle, sync::Notify};

/// With 16 tasks each, the shards keep the latest 256 ended tasks (ids go round them in turn).
const SHARDS: usize = 16;

/// All tasks of one manager.
#[derive(Debug)]
pub(crate) struct Registry {
    pub(crate) runtime: Handle,
    pub(crate) settings: Settings,
    pub(crate) bell: Bell,
    shards: [Mutex<Shard>; SHARDS],
    live: AtomicUsize,
    emptied: Notify,
    closed: AtomicBool,
    /// Tasks that the watchdog looks at, because they may not end although they should.
    watched: Mutex<Vec<Arc<Entry>>>,
    leaked: Mutex<BTreeMap<TaskId, Arc<Entry>>>,
    leaks: AtomicU64,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // No use of these maps can be cut short half done by a panic.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Registry {
    pub(crate) fn new(runtime: Handle, settings: Settings) -> Self {
        Self {
            runtime,
            settings,
            bell: Bell::default(),
            shards: Default::default(),
            live: AtomicUsize::new(0),
            emptied: Notify::new(),
            closed: AtomicBool::new(false),
            watched: Mutex::default(),
            leaked: Mutex::default(),
            leaks: AtomicU64::new(0),
        }
    }

    fn shard(&self, id: TaskId) -> MutexGuard<'_, Shard> {
        lock(&self.shards[id.0 as usize % SHARDS])
    }

    /// Takes a new task in, unless the manager is shutting down.
    pub(crate) fn admit(&self, entry: Entry) -> Result<Arc<Entry>, TaskError> {
        let entry = Arc::new(entry);
        {
            let mut shard = self.shard(entry.id);
            // Asked under the lock: `close` is seen here, or its walk over the shards sees this task.
            if self.closed.load(Ordering::SeqCst) {
                return Err(TaskError::ShuttingDown { name: entry.name.clone().into_owned() });
            }
            self.live.fetch_add(1, Ordering::SeqCst);
            shard.live.insert(entry.id, Arc::clone(&entry));
        }
        self.bell.ring_if_idle();
        Ok(entry)
    }

    /// Notes the end of a task, once.
    pub(crate) fn finish(&self, entry: &Arc<Entry>, end: End) {
        if !entry.set_end(end) {
            return;
        }
        if entry.retire() {
            lock(&self.leaked).remove(&entry.id);
        }
        let oldest = self.shard(entry.id).retire(entry);
        drop(oldest);
        entry.tell();
        if self.live.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.emptied.notify_waiters();
        }
    }

    /// Removes an ended task from history and counts.
    pub(crate) fn forget(&self, id: TaskId) {
        self.shard(id).forget(id);
    }

    /// Ends a task by force, and has the watchdog see whether it does end.
    pub(crate) fn abort(&self, entry: &Arc<Entry>, because: Reason) {
        entry.abort(because);
        self.watch(entry);
    }

    /// Has the watchdog look at a task until it ends.
    pub(crate) fn watch(&self, entry: &Arc<Entry>) {
        if entry.end().is_none() {
            lock(&self.watched).push(Arc::clone(entry));
        }
    }

    /// Those the watchdog looks at and that are not over.
    pub(crate) fn watched(&self) -> Vec<Arc<Entry>> {
        let mut watched = lock(&self.watched);
        watched.retain(|entry| entry.end().is_none());
        watched.clone()
    }

    /// Counts a task as leaked, once.
    pub(crate) fn leak(&self, entry: &Arc<Entry>, now: WallInstant) {
        entry.set_leaked(now, || {
            self.leaks.fetch_add(1, Ordering::Relaxed);
            lock(&self.leaked).insert(entry.id, Arc::clone(entry));
        });
    }

    /// A living task.
    pub(crate) fn get(&self, id: TaskId) -> Option<Arc<Entry>> {
        self.shard(id).live.get(&id).cloned()
    }

    /// How many tasks are not over.
    pub(crate) fn count_live(&self) -> usize {
        self.live.load(Ordering::SeqCst)
    }

    /// All tasks that are not over, oldest first.
    pub(crate) fn live(&self) -> Vec<Arc<Entry>> {
        let mut live: Vec<_> =
            self.shards.iter().flat_map(|s| lock(s).live.values().cloned().collect::<Vec<_>>()).collect();
        live.sort_unstable_by_key(|entry| entry.id);
        live
    }

    /// Refuses tasks from now on.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
    }

    /// Waits until no task lives.
    pub(crate) async fn emptied(&self) {
        loop {
            let emptied = self.emptied.notified();
            if self.count_live() == 0 {
                return;
            }
            emptied.await;
        }
    }

    /// The leaked ones that still live, oldest first.
    pub(crate) fn leaked(&self) -> Vec<TaskInfo> {
        let leaked: Vec<_> = lock(&self.leaked).values().cloned().collect();
        leaked.iter().map(|entry| entry.info()).collect()
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        let mut snapshot =
            Snapshot { live: self.live().iter().map(|entry| entry.info()).collect(), ..Snapshot::default() };
        for shard in &self.shards {
            let shard = lock(shard);
            snapshot.ended.extend(shard.ended.iter().map(|entry| entry.info()));
            snapshot.totals.done += shard.totals.done;
            snapshot.totals.failed += shard.totals.failed;
            snapshot.totals.panicked += shard.totals.panicked;
            snapshot.totals.aborted += shard.totals.aborted;
        }
        snapshot.totals.leaked = self.leaks.load(Ordering::Relaxed);
        snapshot.ended.sort_unstable_by_key(|info| info.id);
        snapshot
    }
}
