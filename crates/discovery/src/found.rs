//! What came of looking: where the service is and who said so, or what each source said.

use crate::Endpoint;
use bootproof_core::Secret;
use std::{fmt, net::SocketAddr};

/// Who may know where a service is, in the order of asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A variable that says it explicitly.
    Variable(String),
    /// The registry of this machine's user.
    Local,
    /// The registry that machines share.
    Etcd,
    /// An SRV record of DNS.
    Srv(String),
    /// An address record of DNS.
    Address(String),
    /// The port that a Compose service publishes.
    Compose {
        /// The service.
        service: String,
        /// The port within the container.
        target: u16,
    },
    /// The default that is declared for it.
    Default,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(name) => write!(f, "variable `{name}`"),
            Self::Local => f.write_str("local registry"),
            Self::Etcd => f.write_str("etcd"),
            Self::Srv(name) => write!(f, "DNS SRV `{name}`"),
            Self::Address(name) => write!(f, "DNS `{name}`"),
            Self::Compose { service, target } => write!(f, "Compose port {target} of `{service}`"),
            Self::Default => f.write_str("declared default"),
        }
    }
}

/// A source that was asked and not taken, and why. One for each endpoint that it named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassedOver {
    /// Who was asked.
    pub source: Source,
    /// What it said and why that was not taken. Holds no secrets.
    pub why: String,
    /// Whether somebody answered there who is not the one that was wanted.
    pub another: bool,
}

impl fmt::Display for PassedOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.source, self.why)
    }
}

/// A service that was found, seen alive in this very search.
#[derive(Debug, Clone)]
pub struct Found {
    /// The name that was looked for.
    pub name: String,
    /// Where it is.
    pub endpoint: Endpoint,
    /// The address that answered, when it was reached by a connection of ours and not by [`crate::Sources::speak`].
    pub address: Option<SocketAddr>,
    /// The whole value of the explicit variable or the default that named it: a login, a path, parameters.
    pub url: Option<Secret>,
    /// Who said so.
    pub source: Source,
    /// The instance, when a registry named it.
    pub instance: Option<String>,
    /// What was seen of its life, such as `accepts connections`.
    pub alive: String,
    /// What showed that it is who it claims; none: nothing did, since nothing was demanded that could.
    pub identity: Option<String>,
    /// The sources that were asked before, and why they were not taken.
    pub passed_over: Vec<PassedOver>,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is at {}, says {}", self.name, self.endpoint, self.source)?;
        if let Some(instance) = &self.instance {
            write!(f, " (instance `{instance}`)")?;
        }
        write!(f, "; it {}", self.alive)?;
        match &self.identity {
            Some(shown) => write!(f, "; {shown}"),
            None => f.write_str("; who answers was not asked"),
        }
    }
}

/// Nobody fit was found.
#[derive(Debug, Clone, thiserror::Error)]
#[error("`{name}` was not found: {reason}")]
pub struct NotFound {
    /// The name that was looked for.
    pub name: String,
    /// The kind of failure.
    pub reason: Reason,
    /// What each source said, in the order of asking.
    pub passed_over: Vec<PassedOver>,
}

/// Why a service was not found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// It is declared in a way that cannot work.
    #[error("{0}")]
    Declared(String),
    /// The explicit variable is set and cannot be used or leads to nobody. Explicit is explicit: no other source was asked.
    #[error("`{variable}` says where it is, and {why}")]
    Explicit {
        /// The variable.
        variable: String,
        /// What is wrong.
        why: String,
        /// Whether its value is none that can be used; else the server is away.
        unusable: bool,
    },
    /// Somebody answers who is not the one that was wanted, and nobody else was found.
    #[error("who answers is not the one that is wanted")]
    Another,
    /// No source knows a living one.
    #[error("no source knows a living one")]
    Nowhere,
}
