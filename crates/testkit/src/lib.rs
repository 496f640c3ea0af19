//! Real servers on free ports, and the contract suite every fix must pass.
//!
//! Start with [`servers`]: `Postgres::start().await` gives a running server of its own that ends with the value.
//! [`sandbox`] runs the built command in a clean environment; [`faults`] breaks the way to a server.

pub mod contract;
pub mod port;
pub mod sandbox;
pub mod servers;

pub use bootproof_faults as faults;
pub use port::free_port;
pub use sandbox::Sandbox;
pub use servers::{ClickHouse, Etcd, MariaDb, Postgres, Redis};
