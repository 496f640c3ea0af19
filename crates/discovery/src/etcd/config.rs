//! Where etcd is and how it is asked.

use super::key::Scope;
use crate::Dns;
use bootproof_core::Secret;
use std::time::Duration;

/// Where etcd is, as whom it is asked, and what part of it is ours.
#[derive(Debug, Clone)]
pub struct EtcdConfig {
    /// URLs of its members, `http` or `https`, tried in this order.
    pub endpoints: Vec<String>,
    /// User and password, when it asks for them.
    pub login: Option<(String, Secret)>,
    /// Authorities trusted besides Mozilla's, each in DER.
    pub authorities: Vec<Vec<u8>>,
    /// Which services are seen and published.
    pub scope: Scope,
    /// The most that one question takes, all endpoints together.
    pub limit: Duration,
    /// Finds the members' addresses.
    pub dns: Dns,
}

/// A healthy etcd answers in milliseconds and repeats an election in a second or two; it has to leave time for other sources.
const LIMIT: Duration = Duration::from_millis(1500);

impl EtcdConfig {
    /// These members, without a login, with the system's DNS and 1.5 s for a question.
    pub fn new(endpoints: impl IntoIterator<Item = impl Into<String>>, scope: Scope) -> Self {
        let endpoints = endpoints.into_iter().map(Into::into).collect();
        Self { endpoints, login: None, authorities: vec![], scope, limit: LIMIT, dns: Dns::system() }
    }
}
