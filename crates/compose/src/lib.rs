//! Docker Compose files, read as `docker compose` reads them: files found and merged, `.env` and references filled in,
//! profiles, `extends`, `include`, `!override` and `!reset`. Every fact carries the file, line and column that had the
//! last word.
//!
//! Read [`read`] first: from a [`Request`] to a [`Project`], or to everything that is wrong with it.
//! [`parse_short`] is the short syntax of ports by itself.

pub mod change;
pub mod conflict;
pub mod diagnose;
pub mod docker;
mod error;
pub mod graph;
pub mod machine;
mod model;
mod place;
mod port;
mod read;
mod request;

pub use error::{ComposeError, ComposeWarning, FileError};
pub use model::{Condition, Dependency, EnvEntry, HealthTest, Healthcheck, Project, Service};
pub use place::Place;
pub use port::{Port, PortMapping, PortSyntaxError, Protocol, parse_short};
pub use read::read;
pub use request::Request;
