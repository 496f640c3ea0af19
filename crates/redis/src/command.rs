//! The commands of the typed API: each knows how it is said to a server, how its answer reads, and how the store does it.
//!
//! Read [`Command`] first. A new command is one more `impl`; nothing else changes.

use crate::store::{Only, Refusal, Store, Ttl};
use redis::{Cmd, Value, cmd};
use std::time::Duration;

/// One command.
pub(crate) trait Command: Sync {
    /// What it answers.
    type Reply: Send;
    /// As it is said to a server.
    fn said(&self) -> Cmd;
    /// A server's answer; `None` when it is of a kind that this command never has.
    fn heard(&self, value: Value) -> Option<Self::Reply>;
    /// Done by the in-process store.
    fn done(&self, store: &Store) -> Result<Self::Reply, Refusal>;
}

/// GET.
pub(crate) struct Get<'a>(pub(crate) &'a [u8]);

impl Command for Get<'_> {
    type Reply = Option<Vec<u8>>;

    fn said(&self) -> Cmd {
        cmd("GET").arg(self.0).to_owned()
    }

    fn heard(&self, value: Value) -> Option<Self::Reply> {
        match value {
            Value::Nil => Some(None),
            Value::BulkString(bytes) => Some(Some(bytes)),
            _ => None,
        }
    }

    fn done(&self, store: &Store) -> Result<Self::Reply, Refusal> {
        Ok(store.get(self.0).map(|value| value.to_vec()))
    }
}

/// SET with PX, NX, XX. Whether it was made.
pub(crate) struct Set<'a> {
    pub(crate) key: &'a [u8],
    pub(crate) value: &'a [u8],
    pub(crate) ttl: Option<Duration>,
    pub(crate) only: Only,
}

impl Command for Set<'_> {
    type Reply = bool;

    fn said(&self) -> Cmd {
        let mut said = cmd("SET");
        said.arg(self.key).arg(self.value);
        match self.only {
            Only::Always => {}
            Only::Missing => drop(said.arg("NX")),
            Only::Present => drop(said.arg("XX")),
        }
        if let Some(ttl) = self.ttl {
            said.arg("PX").arg(milliseconds(ttl));
        }
        said
    }

    fn heard(&self, value: Value) -> Option<bool> {
        match value {
            Value::Okay => Some(true),
            Value::Nil => Some(false),
            _ => None,
        }
    }

    fn done(&self, store: &Store) -> Result<bool, Refusal> {
        store.set(self.key, self.value, self.ttl.map(milliseconds), self.only)
    }
}

/// DEL. How many there were.
pub(crate) struct Del<'a>(pub(crate) &'a [&'a [u8]]);

impl Command for Del<'_> {
    type Reply = u64;

    fn said(&self) -> Cmd {
        cmd("DEL").arg(self.0).to_owned()
    }

    fn heard(&self, value: Value) -> Option<u64> {
        count(value)
    }

    fn done(&self, store: &Store) -> Result<u64, Refusal> {
        Ok(store.del(self.0))
    }
}

/// EXISTS. How many there are.
pub(crate) struct Exists<'a>(pub(crate) &'a [&'a [u8]]);

impl Command for Exists<'_> {
    type Reply = u64;

    fn said(&self) -> Cmd {
        cmd("EXISTS").arg(self.0).to_owned()
    }

    fn heard(&self, value: Value) -> Option<u64> {
        count(value)
    }

    fn done(&self, store: &Store) -> Result<u64, Refusal> {
        Ok(store.exists(self.0))
    }
}

/// INCRBY. The new number.
pub(crate) struct Incr<'a>(pub(crate) &'a [u8], pub(crate) i64);

impl Command for Incr<'_> {
    type Reply = i64;

    fn said(&self) -> Cmd {
        cmd("INCRBY").arg(self.0).arg(self.1).to_owned()
    }

    fn heard(&self, value: Value) -> Option<i64> {
        integer(value)
    }

    fn done(&self, store: &Store) -> Result<i64, Refusal> {
        store.incr(self.0, self.1)
    }
}

/// PEXPIRE. Whether the key exists.
pub(crate) struct Expire<'a>(pub(crate) &'a [u8], pub(crate) Duration);

impl Command for Expire<'_> {
    type Reply = bool;

    fn said(&self) -> Cmd {
        cmd("PEXPIRE").arg(self.0).arg(milliseconds(self.1)).to_owned()
    }

    fn heard(&self, value: Value) -> Option<bool> {
        integer(value).map(|found| found == 1)
    }

    fn done(&self, store: &Store) -> Result<bool, Refusal> {
        store.expire(self.0, milliseconds(self.1))
    }
}

/// PTTL.
pub(crate) struct PTtl<'a>(pub(crate) &'a [u8]);

impl Command for PTtl<'_> {
    type Reply = Ttl;

    fn said(&self) -> Cmd {
        cmd("PTTL").arg(self.0).to_owned()
    }

    fn heard(&self, value: Value) -> Option<Ttl> {
        Some(match integer(value)? {
            -2 => Ttl::Missing,
            -1 => Ttl::Persistent,
            ms => Ttl::Left(Duration::from_millis(u64::try_from(ms).ok()?)),
        })
    }

    fn done(&self, store: &Store) -> Result<Ttl, Refusal> {
        Ok(store.ttl(self.0))
    }
}

/// Whole milliseconds, rounded up: what is not zero does not become zero. More than Redis can hold stays more.
fn milliseconds(ttl: Duration) -> i64 {
    i64::try_from(ttl.as_nanos().div_ceil(1_000_000)).unwrap_or(i64::MAX)
}

fn integer(value: Value) -> Option<i64> {
    if let Value::Int(number) = value { Some(number) } else { None }
}

fn count(value: Value) -> Option<u64> {
    integer(value).and_then(|number| u64::try_from(number).ok())
}
