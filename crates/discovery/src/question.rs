//! How a protocol that this crate does not speak is asked: by a function of the caller's, who has the probes.

use crate::Endpoint;
use bootproof_core::{Diagnosis, Secret};
use std::{pin::Pin, time::Duration};

/// Asks the server at an endpoint who it is. Fill [`crate::Sources::speak`] with one.
pub type Speak<'a> = dyn Fn(Question) -> Answer<'a> + Sync + 'a;

/// Who answered, such as `PostgreSQL 15.18, database app`, or why nobody fit did. A diagnosis whose cause is the configuration
/// says that somebody answers who is not the one that was wanted; it is never connected to.
pub type Answer<'a> = Pin<Box<dyn Future<Output = Result<String, Diagnosis>> + Send + 'a>>;

/// What to ask, and where.
#[derive(Debug, Clone)]
pub struct Question {
    /// The protocol, as [`crate::Check::Protocol`] names it.
    pub protocol: String,
    /// Where.
    pub endpoint: Endpoint,
    /// The whole value of the explicit variable or the default, which may hold a login and a database's name.
    pub url: Option<Secret>,
    /// The most it may take. It is dropped after that.
    pub limit: Duration,
}
