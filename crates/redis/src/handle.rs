//! The handle: a typed Redis that answers from the remote server, a local one, or this process, and says which.
//!
//! Read [`Handle`] first, then `run`: the way of a call through the layers, within one budget.

use crate::{
    Failure, Settings,
    command::{Command, Del, Exists, Expire, Get, Incr, PTtl, Set},
    server::{Missed, Server},
    store::{Only, Store, Ttl},
};
use std::{fmt, sync::Arc, time::Duration};
use tokio::time::Instant;

/// An answer, and where it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer<T> {
    /// The answer.
    pub value: T,
    /// Who gave it.
    pub from: Source,
}

/// Who answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// The shared server.
    Remote,
    /// The server on this machine.
    Local,
    /// The store in this process.
    InProcess,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Remote => "the remote server",
            Self::Local => "the local server",
            Self::InProcess => "the in-process store",
        })
    }
}

/// Why a call has no answer. "No such key" is none of these: that is an answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The command was answered with an error, in Redis's own words, such as `ERR value is not an integer or out of range`.
    #[error("{text}")]
    Refused {
        /// The words.
        text: String,
    },
    /// The server is away and this use may not fall back.
    #[error("Redis `{name}` is away, and a {use_} may not fall back here")]
    NoServer {
        /// The handle's name.
        name: String,
        /// What it is used for.
        use_: crate::Use,
        /// Why the server is away.
        #[source]
        because: Arc<Failure>,
    },
}

/// A Redis with a fallback. Cheap to clone; connections end with the last clone.
///
/// Each call takes [`crate::Limits::call`] at most, whatever the servers do, and the handle goes back to the first choice by
/// itself. A write that a server did not answer may have been made there too: what falls back is a cache's business. A call
/// fails only as [`Error`] says.
#[derive(Clone)]
pub struct Handle {
    inner: Arc<Inner>,
}

struct Inner {
    settings: Settings,
    servers: Vec<Server>,
    store: Option<Arc<Store>>,
}

/// The part of a call's budget that servers may use; the rest is for the in-process answer.
const SERVERS_PART: f64 = 0.9;
/// The part of what is left that a server gets when another one follows.
const FIRST_PART: f64 = 0.6;

impl Handle {
    /// Opens a handle and begins to connect; returns at once.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn open(settings: Settings) -> Self {
        let store = Arc::new(Store::new(settings.store_bytes));
        Self::with_store(settings, store)
    }

    pub(crate) fn with_store(settings: Settings, store: Arc<Store>) -> Self {
        let falls_back = settings.fallback.is_allowed();
        let declared = [(Source::Remote, &settings.remote), (Source::Local, &settings.local)];
        let mut targets: Vec<_> =
            declared.into_iter().filter_map(|(place, target)| Some((place, target.clone()?))).collect();
        if !falls_back {
            targets.truncate(1);
        }
        let alone = !falls_back;
        let store = (falls_back || targets.is_empty()).then_some(store);
        let open = |(place, target)| Server::open(place, target, settings.limits, alone);
        let servers = targets.into_iter().map(open).collect();
        Self { inner: Arc::new(Inner { servers, store, settings }) }
    }

    /// The value of `key`; `None` when there is no such key.
    pub async fn get(&self, key: impl AsRef<[u8]>) -> Result<Answer<Option<Vec<u8>>>, Error> {
        self.run(&Get(key.as_ref())).await
    }

    /// Sets `key`, to expire after `ttl` (in whole milliseconds, rounded up) or never.
    pub async fn set(
        &self,
        key: impl AsRef<[u8]>,
        value: impl AsRef<[u8]>,
        ttl: Option<Duration>,
    ) -> Result<Answer<()>, Error> {
        let set = Set { key: key.as_ref(), value: value.as_ref(), ttl, only: Only::Always };
        self.run(&set).await.map(|Answer { from, .. }| Answer { value: (), from })
    }

    /// Sets `key` unless it exists. Whether it was set.
    pub async fn set_nx(
        &self,
        key: impl AsRef<[u8]>,
        value: impl AsRef<[u8]>,
        ttl: Option<Duration>,
    ) -> Result<Answer<bool>, Error> {
        self.run(&Set { key: key.as_ref(), value: value.as_ref(), ttl, only: Only::Missing }).await
    }

    /// Removes `keys`. How many there were.
    pub async fn del(&self, keys: &[impl AsRef<[u8]>]) -> Result<Answer<u64>, Error> {
        let keys: Vec<&[u8]> = keys.iter().map(AsRef::as_ref).collect();
        if keys.is_empty() { self.nothing_asked().await } else { self.run(&Del(&keys)).await }
    }

    /// How many of `keys` exist; one that is named twice counts twice.
    pub async fn exists(&self, keys: &[impl AsRef<[u8]>]) -> Result<Answer<u64>, Error> {
        let keys: Vec<&[u8]> = keys.iter().map(AsRef::as_ref).collect();
        if keys.is_empty() { self.nothing_asked().await } else { self.run(&Exists(&keys)).await }
    }

    /// Adds `by` to the number at `key` (0 when there is none). The new number.
    pub async fn incr(&self, key: impl AsRef<[u8]>, by: i64) -> Result<Answer<i64>, Error> {
        self.run(&Incr(key.as_ref(), by)).await
    }

    /// Lets `key` expire after `ttl`; zero removes it. Whether it exists.
    pub async fn expire(&self, key: impl AsRef<[u8]>, ttl: Duration) -> Result<Answer<bool>, Error> {
        self.run(&Expire(key.as_ref(), ttl)).await
    }

    /// How long `key` lives still.
    pub async fn ttl(&self, key: impl AsRef<[u8]>) -> Result<Answer<Ttl>, Error> {
        self.run(&PTtl(key.as_ref())).await
    }

    /// Who would answer a call that is made now. `None` when nobody would.
    pub fn serves_now(&self) -> Option<Source> {
        let up = self.inner.servers.iter().find(|server| server.away().is_none()).map(|server| server.place);
        up.or(self.inner.store.as_ref().map(|_| Source::InProcess))
    }

    /// Why the first choice does not serve now; `None` when it does, or is the in-process store.
    pub fn first_choice_away(&self) -> Option<Arc<Failure>> {
        self.inner.servers.first().and_then(Server::away)
    }

    /// What it was made from.
    pub fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    /// Waits until each server is known to be there or away, [`crate::Limits::connect`] at most.
    pub async fn settled(&self) {
        for server in &self.inner.servers {
            server.settled(self.inner.settings.limits.connect).await;
        }
    }

    /// Ends all connections, for all clones; on return nothing of them runs. The fallback, where allowed, still answers.
    pub async fn close(&self) {
        for server in &self.inner.servers {
            server.close().await;
        }
    }

    /// The first choice, by what was declared.
    pub(crate) fn first_choice(&self) -> Source {
        self.inner.servers.first().map_or(Source::InProcess, |server| server.place)
    }

    /// The servers that it uses, in their order.
    pub(crate) fn servers(&self) -> impl Iterator<Item = (Source, crate::Target)> {
        self.inner.servers.iter().map(|server| (server.place, server.target().clone()))
    }

    /// The same store without servers: to show what it does without touching any.
    pub(crate) fn in_process(&self) -> Option<Self> {
        let store = Arc::clone(self.inner.store.as_ref()?);
        let settings = Settings { remote: None, local: None, ..self.inner.settings.clone() };
        Some(Self { inner: Arc::new(Inner { settings, servers: vec![], store: Some(store) }) })
    }

    /// Another handle of these settings, whose store is like this one's and empty.
    pub(crate) fn twin(&self, settings: Settings) -> Self {
        let store = match &self.inner.store {
            Some(store) => store.fresh(),
            None => Store::new(settings.store_bytes),
        };
        Self::with_store(settings, Arc::new(store))
    }

    async fn nothing_asked(&self) -> Result<Answer<u64>, Error> {
        // Redis refuses a command without keys; asking for nothing is answered with nothing by whoever serves.
        let from = self.serves_now().unwrap_or(self.first_choice());
        Ok(Answer { value: 0, from })
    }

    /// The way of a call: each server in its turn, then the store.
    pub(crate) async fn run<C: Command>(&self, command: &C) -> Result<Answer<C::Reply>, Error> {
        let inner = &*self.inner;
        let until = Instant::now() + inner.settings.limits.call.mul_f64(SERVERS_PART);
        let mut because = None;
        for (turn, server) in inner.servers.iter().enumerate() {
            let left = until.saturating_duration_since(Instant::now());
            let last = turn + 1 == inner.servers.len();
            match server.call(command, if last { left } else { left.mul_f64(FIRST_PART) }).await {
                Ok(value) => return Ok(Answer { value, from: server.place }),
                Err(Missed::Refused(text)) => return Err(Error::Refused { text }),
                Err(Missed::Away(failure)) => because = because.or(Some(failure)),
            }
        }
        match (&inner.store, because) {
            (Some(store), _) => {
                let done = command.done(store).map_err(|refusal| Error::Refused { text: refusal.0 })?;
                Ok(Answer { value: done, from: Source::InProcess })
            }
            (None, because) => Err(self.no_server(because)),
        }
    }

    fn no_server(&self, because: Option<Arc<Failure>>) -> Error {
        let Settings { name, use_, .. } = &self.inner.settings;
        // Without a store there is a server, and it was asked.
        let because = because.unwrap_or_else(|| Arc::new(Failure::new(crate::Trouble::Unexpected, name, "")));
        Error::NoServer { name: name.clone(), use_: *use_, because }
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle")
            .field("name", &self.inner.settings.name)
            .field("servers", &self.inner.servers)
            .field("store", &self.inner.store)
            .finish()
    }
}
