//! Sees what is published come and go, through broken connections, restarts of etcd and compactions.
//!
//! First everything is read, then the changes from that revision on are followed; after a break they are asked for from the
//! last revision seen, and read whole when those are compacted away. A stream that lies dead looks like one without news, so
//! after some silence everything is read and compared.

use super::{
    Etcd, EtcdError, View,
    key::end_of,
    lines::Lines,
    wire::{Watched, encoded},
};
use serde_json::json;
use std::time::Duration;
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{sleep, timeout},
};

/// After this much silence etcd is asked whether it is still so. Half of the shortest usual lease.
const SILENCE: Duration = Duration::from_secs(5);

/// The shortest and longest wait before the watch begins anew.
const AGAIN: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(2));

/// A view that is kept up to date. Dropping it ends the task and its connections.
#[derive(Debug)]
pub struct Watch {
    view: watch::Receiver<View>,
    _task: JoinSet<()>,
}

impl Watch {
    /// Begins to watch this scope, or one `service` of it. Waits for nobody: the first view is empty and not in touch.
    pub fn start(etcd: &Etcd, service: Option<&str>) -> Self {
        Self::with_silence(etcd, service, SILENCE)
    }

    /// As [`Watch::start`], asking after another time of silence.
    pub fn with_silence(etcd: &Etcd, service: Option<&str>, silence: Duration) -> Self {
        let (tell, view) = watch::channel(View::default());
        let follower =
            Follower { etcd: etcd.clone(), service: service.map(str::to_owned), silence, tell, revision: None };
        let mut task = JoinSet::new();
        task.spawn(follower.follow());
        Self { view, _task: task }
    }

    /// What is seen now.
    pub fn view(&self) -> View {
        self.view.borrow().clone()
    }

    /// Waits until what is seen changes, and gives it.
    pub async fn changed(&mut self) -> View {
        // The task never ends before the handle does.
        let _ = self.view.changed().await;
        self.view.borrow_and_update().clone()
    }
}

struct Follower {
    etcd: Etcd,
    service: Option<String>,
    silence: Duration,
    tell: watch::Sender<View>,
    /// The last revision whose changes are known; none: everything must be read.
    revision: Option<i64>,
}

/// Why a stream of changes was left.
enum Break {
    /// It ended or failed.
    Broken(EtcdError),
    /// It did not tell of a change; everything was read meanwhile.
    Silent,
    /// What was asked for is compacted away.
    Compacted,
}

impl Follower {
    async fn follow(mut self) {
        let mut failures: u32 = 0;
        loop {
            let Err(end) = self.once().await;
            failures = if self.tell.borrow().in_touch { 0 } else { failures + 1 };
            self.note(end);
            let (shortest, longest) = AGAIN;
            sleep(shortest.saturating_mul(1_u32.checked_shl(failures).unwrap_or(u32::MAX)).min(longest)).await;
        }
    }

    fn note(&mut self, end: Break) {
        self.tell.send_modify(|view| match end {
            Break::Broken(why) => {
                view.reconnects += 1;
                (view.in_touch, view.why) = (false, Some(why));
            }
            Break::Silent => view.reconnects += 1,
            Break::Compacted => view.compactions += 1,
        });
    }

    /// Reads everything when needed, then follows one stream to its end.
    async fn once(&mut self) -> Result<std::convert::Infallible, Break> {
        let revision = match self.revision {
            Some(revision) => revision,
            None => self.read().await?,
        };
        let prefix = self.etcd.scope().prefix(self.service.as_deref());
        let question = json!({ "create_request": {
            "key": encoded(&prefix),
            "range_end": encoded(end_of(&prefix)),
            "start_revision": (revision + 1).to_string(),
        }});
        let (endpoint, stream) = self.etcd.open("/v3/watch", &question).await.map_err(Break::Broken)?;
        let mut lines = Lines::of(endpoint, stream);
        loop {
            match timeout(self.silence, lines.next()).await {
                Ok(told) => self.take(told.map_err(Break::Broken)?)?,
                Err(_) => self.compare().await?,
            }
        }
    }

    async fn read(&mut self) -> Result<i64, Break> {
        let snapshot = self.etcd.snapshot(self.service.as_deref()).await.map_err(Break::Broken)?;
        let revision = snapshot.revision;
        self.revision = Some(revision);
        self.tell.send_modify(|view| {
            view.take(snapshot);
            (view.in_touch, view.why) = (true, None);
        });
        Ok(revision)
    }

    /// Reads everything after a silence. Another state than the known one shows that the stream is dead.
    async fn compare(&mut self) -> Result<(), Break> {
        let snapshot = self.etcd.snapshot(self.service.as_deref()).await.map_err(Break::Broken)?;
        self.revision = Some(snapshot.revision);
        let missed = self.tell.send_if_modified(|view| view.take(snapshot));
        if missed { Err(Break::Silent) } else { Ok(()) }
    }

    fn take(&mut self, told: Watched) -> Result<(), Break> {
        if told.compact_revision.0 > 0 {
            self.revision = None;
            return Err(Break::Compacted);
        }
        if told.canceled {
            self.revision = None;
            let why = format!("it cancelled the watch: {}", told.cancel_reason);
            return Err(Break::Broken(EtcdError::Away { tried: vec![(String::new(), why)] }));
        }
        let mut changes: Vec<_> = vec![];
        for event in told.events {
            let deleted = event.kind == "DELETE";
            // That of the change and not the header's, which may be ahead of changes still to come.
            self.revision = self.revision.max(Some(event.kv.mod_revision.0));
            let (key, read) = self.etcd.read(event.kv);
            changes.push((key, if deleted { None } else { Some(read) }));
        }
        self.tell.send_if_modified(|view| {
            let modified = !view.in_touch || !changes.is_empty();
            (view.in_touch, view.why) = (true, None);
            for (key, read) in changes {
                match read {
                    Some(read) => view.put(key, read),
                    None => view.delete(&key),
                }
            }
            modified
        });
        Ok(())
    }
}
