//! Probes: is what the program needs up, ready, and does it let us in? Asked in each service's own protocol, afresh each
//! time, changing nothing.
//!
//! Each probe is a [`Service`](bootproof_core::Service): read [`TcpService`] first, the shortest. What can go wrong on the way
//! to any server is told apart in one place, `net.rs`; what a server says, in the file of its protocol.
//!
//! ```
//! use bootproof_core::{Criticality, Service};
//! let api = bootproof_probe::HttpService::new("api", "${API_URL}/health", Criticality::Required);
//! assert_eq!(api.card().id, "http.api");
//! ```

mod address;
mod answer;
mod clickhouse;
mod command;
#[cfg(feature = "db")]
mod database;
pub mod diagnose;
mod exception;
mod exchange;
mod group;
mod hide;
mod http;
mod net;
mod race;
#[cfg(feature = "redis")]
mod redis;
mod resolve;
mod run;
mod service;
mod speaks;
mod status;
mod tap;
mod target;
mod tcp;
mod tls;
pub mod wait;
mod within;

pub use clickhouse::ClickHouseService;
pub use command::CommandService;
#[cfg(feature = "db")]
pub use database::DatabaseService;
pub use http::HttpService;
#[cfg(feature = "redis")]
pub use redis::RedisService;
pub use tcp::TcpService;
pub use within::Within;
