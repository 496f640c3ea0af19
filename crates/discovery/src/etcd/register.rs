//! Keeps a process's entries in etcd: one lease, kept alive, taken anew when it was lost, given back at the end.

use super::{Entry, Etcd, EtcdError, tend::Tended};
use std::time::Duration;
use tokio::{
    sync::{oneshot, watch},
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};

/// The most that giving the lease back may take; after that it ends by itself.
const REVOKE: Duration = Duration::from_secs(1);

/// The shortest and longest wait after a turn that failed.
const AGAIN: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

/// Whether what was published stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// etcd has not been reached yet.
    Trying {
        /// What the last try said; none before the first one ended.
        why: Option<EtcdError>,
    },
    /// All entries stand there.
    Published {
        /// How often a lease was taken, from 1: each further one means that the entries were gone meanwhile.
        lease: u32,
    },
    /// etcd is not reached since the entries were last seen there; they are gone when the lease has run out.
    OutOfTouch {
        /// How often a lease was taken.
        lease: u32,
        /// What the last try said.
        why: EtcdError,
        /// Whether the lease has run out by our own clock, so that others do not see the entries any more.
        expired: bool,
    },
}

impl Standing {
    /// Whether all entries stand there as far as is known.
    pub fn is_published(&self) -> bool {
        matches!(self, Self::Published { .. })
    }
}

/// Entries that are kept in etcd. Dropping it ends the task, which gives the lease back as well as it can.
#[derive(Debug)]
pub struct Registration {
    standing: watch::Receiver<Standing>,
    end: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Registration {
    /// Begins to publish `entries` under one lease of `ttl` (whole seconds, at least 1) and waits for it at most `limit`.
    /// When etcd is away, that goes on in the background; see [`Registration::standing`].
    ///
    /// # Errors
    /// When an entry cannot be published, such as one on a loopback address, or there is none.
    pub async fn start(etcd: &Etcd, entries: Vec<Entry>, ttl: Duration, limit: Duration) -> Result<Self, String> {
        if entries.is_empty() {
            return Err("there is nothing to publish".into());
        }
        if let Some((entry, why)) = entries.iter().find_map(|entry| Some((entry, entry.problem()?))) {
            return Err(format!("`{}` cannot be published at `{}`: {why}", entry.service, entry.endpoint()));
        }
        let (tell, mut standing) = watch::channel(Standing::Trying { why: None });
        let (end, ended) = oneshot::channel();
        let tended = Tended { etcd: etcd.clone(), entries, ttl, lease: None };
        let task = tokio::spawn(keep(tended, tell, ended));
        // The limit passing is no failure: the registration goes on.
        let _ = timeout(limit, standing.wait_for(Standing::is_published)).await;
        Ok(Self { standing, end, task })
    }

    /// Whether the entries stand there now, as far as is known here.
    pub fn standing(&self) -> Standing {
        self.standing.borrow().clone()
    }

    /// Waits until what [`Registration::standing`] says changes. False: it never will any more.
    pub async fn changed(&mut self) -> bool {
        self.standing.changed().await.is_ok()
    }

    /// Gives the lease back and ends, within a second.
    pub async fn end(self) {
        let Self { end, task, .. } = self;
        drop(end);
        let _ = task.await;
    }
}

/// Takes turns until the handle is gone.
async fn keep(mut tended: Tended, tell: watch::Sender<Standing>, mut ended: oneshot::Receiver<()>) {
    let mut record = Record { leases: 0, alive: None, failures: 0 };
    loop {
        tokio::select! {
            // A turn that is cut off may have taken a lease that nobody knows: it ends by itself.
            done = tended.turn() => {
                let ttl = tended.ttl;
                tell.send_if_modified(|standing| record.note(done, ttl, standing));
            }
            _ = &mut ended => break,
        }
        tokio::select! {
            () = sleep(record.wait(tended.ttl)) => {}
            _ = &mut ended => break,
        }
    }
    let _ = timeout(REVOKE, tended.revoke()).await;
}

/// What the turns so far came to.
struct Record {
    leases: u32,
    /// When the lease was last seen alive.
    alive: Option<Instant>,
    /// Failures since then.
    failures: u32,
}

impl Record {
    fn note(&mut self, turn: Result<bool, EtcdError>, ttl: Duration, standing: &mut Standing) -> bool {
        let new = match turn {
            Ok(new) => {
                self.leases += u32::from(new);
                (self.alive, self.failures) = (Some(Instant::now()), 0);
                Standing::Published { lease: self.leases }
            }
            Err(why) => {
                self.failures = self.failures.saturating_add(1);
                match self.alive {
                    None => Standing::Trying { why: Some(why) },
                    Some(alive) => Standing::OutOfTouch { lease: self.leases, why, expired: alive.elapsed() >= ttl },
                }
            }
        };
        let changed = *standing != new;
        *standing = new;
        changed
    }

    /// A third of the lease between turns that went well, so that two may fail; less after a failure.
    fn wait(&self, ttl: Duration) -> Duration {
        let third = ttl / 3;
        match self.failures {
            0 => third,
            failures => {
                let (shortest, longest) = AGAIN;
                shortest.saturating_mul(1_u32.checked_shl(failures - 1).unwrap_or(u32::MAX)).min(longest).min(third)
            }
        }
    }
}

#[cfg(test)]
#[path = "register_tests.rs"]
mod tests;
