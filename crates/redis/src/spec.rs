//! What a service declares about one Redis: `[redis.NAME]` of its file.

use crate::Use;

/// One declared Redis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedisSpec {
    /// The name: `cache`.
    pub name: String,
    /// The shared server's URL, a template such as `${REDIS_URL}`; `memory:` for the in-process store as the first choice.
    pub url: Option<String>,
    /// The URL of a server on this machine, a template. None unless declared.
    pub local: Option<String>,
    /// What it is used for.
    pub use_: Use,
    /// Why it may fall back where its use forbids that. Shown at every start.
    pub allow_fallback: Option<String>,
}

impl RedisSpec {
    /// A cache at `url`.
    pub fn new(name: impl Into<String>, url: impl Into<String>) -> Self {
        Self { name: name.into(), url: Some(url.into()), local: None, use_: Use::Cache, allow_fallback: None }
    }

    /// With a server on this machine behind it.
    pub fn local(mut self, url: impl Into<String>) -> Self {
        self.local = Some(url.into());
        self
    }

    /// Used as this.
    pub fn used_as(mut self, use_: Use) -> Self {
        self.use_ = use_;
        self
    }

    /// Allowed to fall back by name, with a reason.
    pub fn allow_fallback(mut self, reason: impl Into<String>) -> Self {
        self.allow_fallback = Some(reason.into());
        self
    }

    /// The key of its handle on the shelf.
    pub(crate) fn key(&self) -> String {
        format!("redis/{}", self.name)
    }
}
