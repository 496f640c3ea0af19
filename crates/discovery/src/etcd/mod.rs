//! The registry that several machines share: entries in etcd, each alive as long as its owner's lease.
//!
//! Read [`Etcd`] first: it puts questions to etcd's HTTP gateway. [`Registration`] keeps entries there, [`Watch`] sees what comes
//! and goes, [`Entry`] is what stands under one key.

mod client;
mod config;
mod entry;
mod error;
mod key;
mod lines;
mod listing;
mod member;
mod register;
mod reply;
mod tend;
mod view;
mod watch;
mod wire;

pub use client::Etcd;
pub use config::EtcdConfig;
pub(crate) use entry::unreachable_from_elsewhere;
pub use entry::{Entry, Machine, Strange, fresh_instance};
pub use error::EtcdError;
pub use key::Scope;
pub use listing::Listing;
pub use register::{Registration, Standing};
pub use view::View;
pub use watch::Watch;
