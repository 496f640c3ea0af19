//! What a handle is made from.

use crate::{Fallback, Pace, Target, Use, store::DEFAULT_STORE_BYTES};
use std::{net::SocketAddr, time::Duration};

/// Everything a [`crate::Handle`] is made from. Without a server it is the in-process store alone.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The handle's name in messages.
    pub name: String,
    /// What it is used for.
    pub use_: Use,
    /// The shared server.
    pub remote: Option<Target>,
    /// A server on this machine: the first choice without a remote one, else the next.
    pub local: Option<Target>,
    /// Whether it may fall back.
    pub fallback: Fallback,
    /// How long things may take.
    pub limits: Limits,
    /// Bytes that the in-process store may hold.
    pub store_bytes: usize,
}

/// How long things may take, and when a server counts as away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// One attempt to connect and log in.
    pub connect: Duration,
    /// One call, all servers together.
    pub call: Duration,
    /// Unanswered calls in a row after which a server counts as away. A lost connection or a refusal counts at once.
    pub failures: u32,
    /// How often an away server is tried again.
    pub pace: Pace,
}

impl Default for Limits {
    /// 500 ms to connect, 250 ms a call: an answer from Redis takes one, and a page that makes four calls to a dead one is
    /// still a page. One unanswered call is enough: the keeper asks again at once, on a connection of its own, and a server
    /// that was only slow is back within its next answer.
    fn default() -> Self {
        Self {
            connect: Duration::from_millis(500),
            call: Duration::from_millis(250),
            failures: 1,
            pace: Pace::default(),
        }
    }
}

impl Settings {
    /// The in-process store alone, a cache, the default limits.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            use_: Use::Cache,
            remote: None,
            local: None,
            fallback: Fallback::Free,
            limits: Limits::default(),
            store_bytes: DEFAULT_STORE_BYTES,
        }
    }

    /// The shared server.
    pub fn remote(mut self, target: Target) -> Self {
        self.remote = Some(target);
        self
    }

    /// The server on this machine.
    pub fn local(mut self, target: Target) -> Self {
        self.local = Some(target);
        self
    }

    /// What it is used for, and whether it may fall back.
    pub fn used_as(mut self, use_: Use, fallback: Fallback) -> Self {
        (self.use_, self.fallback) = (use_, fallback);
        self
    }

    /// Other limits.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The same with its servers behind links: the remote one behind `remote`, the local one behind `local`.
    pub(crate) fn behind(&self, remote: Option<SocketAddr>, local: Option<SocketAddr>) -> Self {
        let behind = |target: &Option<Target>, link: Option<SocketAddr>| match (target, link) {
            (Some(target), Some(link)) => Some(target.through(link)),
            (target, _) => target.clone(),
        };
        Self { remote: behind(&self.remote, remote), local: behind(&self.local, local), ..self.clone() }
    }
}
