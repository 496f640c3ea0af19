//! `[database.NAME]`, `[redis.NAME]` and `[clickhouse.NAME]`: the servers that keep the service's data.

use super::{
    place::{At, Position},
    section::Section,
};
use bootproof_core::Secret;
use bootproof_env::Environments;

/// `[database.NAME]`: PostgreSQL, MySQL, MariaDB or SQLite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseSection {
    /// Its name: `main`.
    pub name: String,
    /// Where its name stands.
    pub at: Position,
    /// Where it is: a template with `${NAME}`s.
    pub url: At<Secret>,
    /// Connections of its pool. `None`: 5.
    pub pool: Option<u32>,
}

/// `[redis.NAME]`: Redis and what may stand in for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedisSection {
    /// Its name: `cache`.
    pub name: String,
    /// Where its name stands.
    pub at: Position,
    /// Where it is: a template with `${NAME}`s; `memory:` for the in-process store.
    pub url: Option<At<Secret>>,
    /// What it is used for. `None`: as a cache.
    pub r#use: Option<At<RedisUse>>,
    /// The address of a local server to fall back to.
    pub local: Option<At<Secret>>,
    /// Why a fallback is allowed that is unsafe for its use.
    pub fallback: Option<At<String>>,
    /// Where its failure fails the start. `None`: nowhere.
    pub required: Option<Environments>,
}

/// What Redis is used for: decides where it may fall back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RedisUse {
    /// `cache`.
    Cache,
    /// `session`.
    Session,
    /// `rate-limit`.
    RateLimit,
    /// `lock`.
    Lock,
    /// `queue`.
    Queue,
    /// `pubsub`.
    Pubsub,
}

/// The words of `use`.
pub(super) const USES: [(&str, RedisUse); 6] = [
    ("cache", RedisUse::Cache),
    ("session", RedisUse::Session),
    ("rate-limit", RedisUse::RateLimit),
    ("lock", RedisUse::Lock),
    ("queue", RedisUse::Queue),
    ("pubsub", RedisUse::Pubsub),
];

/// `[clickhouse.NAME]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClickHouseSection {
    /// Its name: `analytics`.
    pub name: String,
    /// Where its name stands.
    pub at: Position,
    /// Where it is: a template with `${NAME}`s.
    pub url: At<Secret>,
    /// Where its failure fails the start. `None`: as `CLICKHOUSE_REQUIRED` says.
    pub required: Option<Environments>,
}

impl<'a> Section<'a> {
    /// A text that may be a secret, such as a URL.
    pub(super) fn secret(&mut self, key: &'static str) -> Option<At<Secret>> {
        self.text(key).map(|text| At { value: Secret::new(text.value), at: text.at })
    }

    /// A text that may be a secret and must be there.
    pub(super) fn needed(&mut self, key: &'static str) -> Option<At<Secret>> {
        if self.value(key).is_none() {
            self.missing(&format!("`{key}`"));
        }
        self.secret(key)
    }
}

impl DatabaseSection {
    pub(super) fn read(mut section: Section<'_>) -> Option<Self> {
        let good_name = section.has_good_name();
        let (name, at, url) = (section.name.clone(), section.at, section.needed("url"));
        let pool = section.integer("pool", 1..=10_000).and_then(|n| u32::try_from(n.value).ok());
        section.finish();
        Some(Self { name, at, url: url.filter(|_| good_name)?, pool })
    }
}

impl RedisSection {
    pub(super) fn read(mut section: Section<'_>) -> Option<Self> {
        let good_name = section.has_good_name();
        let given = section.value("url").is_some() || section.value("local").is_some();
        if !given {
            section.missing("`url` (`memory:` for the in-process store)");
        }
        let read = Self {
            name: section.name.clone(),
            at: section.at,
            url: section.secret("url"),
            r#use: section.one_of("use", &USES),
            local: section.secret("local"),
            fallback: section.text("fallback"),
            required: section.required(),
        };
        section.finish();
        good_name.then_some(read)
    }
}

impl ClickHouseSection {
    pub(super) fn read(mut section: Section<'_>) -> Option<Self> {
        let good_name = section.has_good_name();
        let (name, at, url) = (section.name.clone(), section.at, section.needed("url"));
        let required = section.required();
        section.finish();
        Some(Self { name, at, url: url.filter(|_| good_name)?, required })
    }
}
