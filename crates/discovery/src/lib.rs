//! Finds a service by its name, says which source answered, and keeps the registry that several machines share in etcd.
//!
//! Read [`resolve`] first: it asks the sources of [`Sources`] one after another for what is [`Wanted`], and gives only what
//! was seen alive and shown to be who it claims. [`Registration`] publishes an endpoint in etcd and keeps it there;
//! [`Watch`] sees what others publish. Nothing here reads the process environment or decides what to do after a failure.

mod advertise;
mod candidates;
mod check;
mod compose;
mod diagnose;
mod dns;
mod endpoint;
mod etcd;
mod found;
mod http;
mod local;
mod local_registry;
mod question;
mod race;
mod resolve;
mod settings;
mod sources;
mod srv;
mod tls;
mod wanted;

pub use advertise::{Reachable, advertise, interfaces};
pub use compose::Published;
pub use diagnose::CODES;
pub use dns::{Dns, DnsError};
pub use endpoint::{BadEndpoint, Endpoint};
pub use etcd::{
    Entry, Etcd, EtcdConfig, EtcdError, Listing, Machine, Registration, Scope, Standing, Strange, View, Watch,
    fresh_instance,
};
pub use found::{Found, NotFound, PassedOver, Reason, Source};
pub use local::LocalEntry;
pub use local_registry::LocalRegistry;
pub use question::{Answer, Question, Speak};
pub use resolve::resolve;
pub use settings::{DiscoverySettings, LEASE};
pub use sources::Sources;
pub use wanted::{Check, Wanted};
