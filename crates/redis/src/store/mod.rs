//! The in-process store: answers as Redis does, for the commands it has, and ends with this process.
//!
//! Read [`Store`] first. Sixteen shards, each a locked map with exact expiry on tokio's clock and, when its part of the size
//! limit is used up, eviction of the key that was used the longest ago.

mod number;
mod shard;

use shard::{Entry, Full, Shard};
use std::{
    fmt,
    hash::{BuildHasher, RandomState},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio::time::Instant;

/// Enough that as many threads as machines have rarely meet, and few enough that each holds large values.
const SHARDS: usize = 16;

/// Keys and values that a store may hold by default, 64 MiB: small beside any service, large for what bridges an outage.
pub const DEFAULT_STORE_BYTES: usize = 64 << 20;

/// An error that answers one command, in Redis's own words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Refusal(pub(crate) String);

/// When a `SET` is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Only {
    Always,
    /// Only when the key does not exist.
    Missing,
    /// Only when the key exists.
    Present,
}

/// How long a key lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ttl {
    /// There is no such key.
    Missing,
    /// It never expires.
    Persistent,
    /// It expires after this.
    Left(Duration),
}

/// A map of keys to texts with expiry and a size limit.
pub(crate) struct Store {
    shards: Vec<Mutex<Shard>>,
    hasher: RandomState,
    limit: usize,
    #[cfg(test)]
    pub(crate) loses_writes: bool,
}

impl Store {
    /// An empty store of at most `limit` bytes, keys, values and 128 bytes of bookkeeping a key included. Each of its 16
    /// shards has a sixteenth of that; what is larger is refused, as Redis refuses it when `maxmemory` is reached.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            shards: (0..SHARDS).map(|_| Mutex::new(Shard::new(limit / SHARDS))).collect(),
            hasher: RandomState::new(),
            limit,
            #[cfg(test)]
            loses_writes: false,
        }
    }

    /// An empty store like this one.
    pub(crate) fn fresh(&self) -> Self {
        #[cfg_attr(not(test), expect(unused_mut, reason = "only tests break a store"))]
        let mut store = Self::new(self.limit);
        #[cfg(test)]
        {
            store.loses_writes = self.loses_writes;
        }
        store
    }

    fn shard(&self, key: &[u8]) -> MutexGuard<'_, Shard> {
        let hash = self.hasher.hash_one(key) as usize;
        // A panic cannot leave a shard half changed: it has no code that panics.
        self.shards[hash % SHARDS].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// GET.
    pub(crate) fn get(&self, key: &[u8]) -> Option<Arc<[u8]>> {
        self.shard(key).get(key, Instant::now()).map(|entry| Arc::clone(&entry.value))
    }

    /// SET, with PX, NX and XX. Whether it was made.
    pub(crate) fn set(&self, key: &[u8], value: &[u8], ttl: Option<i64>, only: Only) -> Result<bool, Refusal> {
        let (now, expires) = (Instant::now(), ttl.map(|ms| expiry(ms, "set")).transpose()?);
        let mut shard = self.shard(key);
        let exists = only != Only::Always && shard.get(key, now).is_some();
        if exists == (only == Only::Missing) && only != Only::Always {
            return Ok(false);
        }
        #[cfg(test)]
        if self.loses_writes {
            return Ok(true);
        }
        let entry = Entry { value: value.into(), expires: expires.flatten() };
        shard.put(key, entry, now).map_err(full)?;
        Ok(true)
    }

    /// DEL. How many there were.
    pub(crate) fn del(&self, keys: &[&[u8]]) -> u64 {
        let now = Instant::now();
        keys.iter().filter(|key| self.shard(key).remove(key, now)).count() as u64
    }

    /// EXISTS: a key that is named twice counts twice.
    pub(crate) fn exists(&self, keys: &[&[u8]]) -> u64 {
        let now = Instant::now();
        keys.iter().filter(|key| self.shard(key).get(key, now).is_some()).count() as u64
    }

    /// INCRBY. The time to live stays as it was.
    pub(crate) fn incr(&self, key: &[u8], by: i64) -> Result<i64, Refusal> {
        let now = Instant::now();
        let mut shard = self.shard(key);
        let (old, expires) = match shard.get(key, now) {
            Some(entry) => (number::read(&entry.value).ok_or_else(not_an_integer)?, entry.expires),
            None => (0, None),
        };
        let new = old.checked_add(by).ok_or_else(|| Refusal("ERR increment or decrement would overflow".into()))?;
        shard.put(key, Entry { value: new.to_string().into_bytes().into(), expires }, now).map_err(full)?;
        Ok(new)
    }

    /// PEXPIRE. Whether the key exists; not in the future, it is removed.
    pub(crate) fn expire(&self, key: &[u8], ms: i64) -> Result<bool, Refusal> {
        let now = Instant::now();
        let expires = if ms > 0 { Some(expiry(ms, "pexpire")?) } else { None };
        let mut shard = self.shard(key);
        match expires {
            None => Ok(shard.remove(key, now)),
            Some(expires) => Ok(shard.set_expiry(key, expires, now)),
        }
    }

    /// PTTL, in milliseconds rounded as Redis does.
    pub(crate) fn ttl(&self, key: &[u8]) -> Ttl {
        let now = Instant::now();
        match self.shard(key).get(key, now) {
            None => Ttl::Missing,
            Some(Entry { expires: None, .. }) => Ttl::Persistent,
            Some(Entry { expires: Some(at), .. }) => Ttl::Left(at.saturating_duration_since(now)),
        }
    }

    /// How many keys are held; expired ones that nobody asked for since count too.
    pub(crate) fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.lock().unwrap_or_else(PoisonError::into_inner).len()).sum()
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("keys", &self.len()).field("limit", &self.limit).finish_non_exhaustive()
    }
}

/// When a key of `ms` milliseconds expires: `None` when that is farther than the clock reaches. Redis keeps the moment as
/// signed milliseconds since 1970, and refuses what does not fit.
fn expiry(ms: i64, command: &str) -> Result<Option<Instant>, Refusal> {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    let latest = i64::MAX - i64::try_from(since_1970).unwrap_or(i64::MAX);
    match u64::try_from(ms) {
        Ok(ms @ 1..) if ms <= latest.unsigned_abs() => Ok(Instant::now().checked_add(Duration::from_millis(ms))),
        _ => Err(Refusal(format!("ERR invalid expire time in '{command}' command"))),
    }
}

fn not_an_integer() -> Refusal {
    Refusal("ERR value is not an integer or out of range".into())
}

fn full(_: Full) -> Refusal {
    Refusal("OOM command not allowed when used memory > 'maxmemory'.".into())
}

#[cfg(test)]
mod tests;
