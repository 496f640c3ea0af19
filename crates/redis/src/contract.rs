//! What a handle is used for, and what may therefore fall back where.
//!
//! A cache may fall back anywhere. A lock, a session, a rate limit, a queue or a channel loses its meaning when it is split
//! between machines: in staging and production it refuses instead, unless it is allowed by name with a reason.

use bootproof_core::Environment;
use std::{fmt, str::FromStr};

/// What a handle is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Use {
    /// Values that can be made again.
    Cache,
    /// Who is logged in.
    Session,
    /// How often somebody may.
    RateLimit,
    /// Who may, alone.
    Lock,
    /// Work to be done.
    Queue,
    /// Messages between processes.
    Pubsub,
}

impl Use {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Cache, Self::Session, Self::RateLimit, Self::Lock, Self::Queue, Self::Pubsub];

    /// The word used in files and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cache => "cache",
            Self::Session => "session",
            Self::RateLimit => "rate-limit",
            Self::Lock => "lock",
            Self::Queue => "queue",
            Self::Pubsub => "pubsub",
        }
    }
}

impl fmt::Display for Use {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A use that does not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no use of Redis; it must be `cache`, `session`, `rate-limit`, `lock`, `queue` or `pubsub`")]
pub struct UnknownUse(pub String);

impl FromStr for Use {
    type Err = UnknownUse;

    fn from_str(text: &str) -> Result<Self, UnknownUse> {
        Self::ALL.into_iter().find(|known| known.as_str() == text).ok_or_else(|| UnknownUse(text.into()))
    }
}

/// Whether a handle may fall back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fallback {
    /// It may.
    Free,
    /// It may, because somebody said so; the reason is shown at every start.
    ByName(String),
    /// It must refuse.
    Refused,
}

impl Fallback {
    /// What holds for `use_` in `environment`, when `allowed` is the reason for which it is allowed by name. A blank reason is
    /// none.
    pub fn of(use_: Use, environment: Environment, allowed: Option<&str>) -> Self {
        let shared = matches!(environment, Environment::Staging | Environment::Production);
        match allowed.map(str::trim).filter(|reason| !reason.is_empty()) {
            _ if use_ == Use::Cache || !shared => Self::Free,
            Some(reason) => Self::ByName(reason.to_owned()),
            None => Self::Refused,
        }
    }

    /// Whether it may.
    pub fn is_allowed(&self) -> bool {
        *self != Self::Refused
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_cache_falls_back_in_staging_and_production_without_being_named() {
        for environment in Environment::ALL {
            let shared = matches!(environment, Environment::Staging | Environment::Production);
            for use_ in Use::ALL {
                let without = Fallback::of(use_, environment, None);
                assert_eq!(without.is_allowed(), use_ == Use::Cache || !shared, "{use_} in {environment}");
                assert_eq!(without, Fallback::of(use_, environment, Some("  ")), "a blank reason is none");
                let named = Fallback::of(use_, environment, Some("one machine"));
                assert!(named.is_allowed());
                assert_eq!(named == Fallback::ByName("one machine".into()), shared && use_ != Use::Cache);
            }
        }
    }

    #[test]
    fn every_use_is_read_as_it_is_written() {
        for use_ in Use::ALL {
            assert_eq!(use_.as_str().parse(), Ok(use_));
        }
        assert!("locks".parse::<Use>().unwrap_err().to_string().contains("`rate-limit`"));
    }
}
