//! The keys that a proof makes on servers, and their removal, whatever becomes of the proof.
//!
//! A proof may be dropped at any await, with a write still on its way: then a task of its own removes the keys, and holds the
//! run meanwhile. What even that cannot reach expires by itself after ten seconds.

use crate::{
    Target,
    command::{Command, Del},
    connection::connect,
    greeting::Ask,
    random,
};
use bootproof_core::{Cx, Hold};
use std::{
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// One attempt to reach a server for cleaning.
const LIMIT: Duration = Duration::from_millis(500);
/// A write that was on its way when the proof was dropped has arrived after this: it left this machine before.
const LATE: Duration = Duration::from_millis(30);

/// Keys, and the servers that they may be on.
pub(super) struct Leavings {
    keys: Mutex<Vec<String>>,
    servers: Mutex<Vec<Arc<Target>>>,
    hold: Hold,
}

impl Leavings {
    /// None so far, and nowhere.
    pub(super) fn none(cx: &Cx) -> Self {
        Self { keys: Mutex::default(), servers: Mutex::default(), hold: cx.hold() }
    }

    /// The proof may write to `server` from now on. One that did not answer is left out: nothing waits for it twice.
    pub(super) fn may_be_on(&self, server: &Arc<Target>) {
        lock(&self.servers).push(Arc::clone(server));
    }

    /// A key that nobody has, to be removed.
    pub(super) fn fresh(&self) -> String {
        let key = random::proof_key();
        lock(&self.keys).push(key.clone());
        key
    }

    /// Removes what is left, on fresh connections. How many keys there were; `None` when none can be anywhere.
    ///
    /// # Errors
    /// When a server could not be reached; the keys expire there.
    pub(super) async fn clear(&self) -> Result<Option<u64>, crate::Failure> {
        let (keys, servers) = (lock(&self.keys).clone(), lock(&self.servers).clone());
        if keys.is_empty() || servers.is_empty() {
            return Ok(None);
        }
        let mut removed = 0;
        for server in &servers {
            removed += remove(server, &keys).await?;
        }
        lock(&self.keys).clear();
        Ok(Some(removed))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Every use is one call that cannot leave it half changed.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Leavings {
    fn drop(&mut self) {
        let (keys, servers) = (mem::take(&mut *lock(&self.keys)), mem::take(&mut *lock(&self.servers)));
        let hold = self.hold.clone();
        if keys.is_empty() || servers.is_empty() {
            return;
        }
        // Without a runtime nothing can be sent any more; the keys expire.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                let _hold = hold;
                for pause in [Duration::ZERO, LATE] {
                    tokio::time::sleep(pause).await;
                    for server in &servers {
                        // A server that is away has nobody to tell; its keys expire.
                        let _ = remove(server, &keys).await;
                    }
                }
            });
        }
    }
}

async fn remove(server: &Arc<Target>, keys: &[String]) -> Result<u64, crate::Failure> {
    let connection = connect(server, Ask::Nothing, LIMIT).await?;
    let keys: Vec<&[u8]> = keys.iter().map(String::as_bytes).collect();
    let del = Del(&keys);
    match connection.send(&del.said(), Instant::now() + LIMIT).await {
        Ok(value) => Ok(del.heard(value).unwrap_or_default()),
        Err(no) => Err(no.into_failure(server)),
    }
}
