//! Start a backend service right, and prove it.
//!
//! Read [`Startup`] first: it takes a `bootproof.toml` (or what the environment says), runs the five startup fixes as a graph,
//! demonstrates each on the real thing, and hands over what it holds: listeners, databases, Redis handles, a task manager.
//!
//! ```no_run
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let boot = bootproof::Startup::from_file("bootproof.toml")?.run().await; // never panics, always a report
//! let boot = boot.or_exit(); // the report to stderr, and the documented exit code
//! let api = boot.listener("api")?; // a bound std::net::TcpListener, never a bare number
//! let db = boot.database("main")?; // db.transaction(|tx| ...) commits or leaves nothing
//! let cache = boot.redis("cache")?; // each answer says where it came from
//! let tasks = boot.tasks()?; // tasks.spawn("reindex", future) is limited, named, counted
//! # drop((api, db, cache, tasks)); Ok(()) }
//! ```
//!
//! Exit codes, words and verdicts are those of the command: see `docs/exit-codes.md` in the repository.

mod assemble;
mod assume;
mod boot;
#[cfg(feature = "compose")]
mod compose_plan;
pub mod diagnose;
#[cfg(feature = "discovery")]
mod discover;
pub mod file;
#[cfg(feature = "discovery")]
mod finder;
mod ordered;
mod policy;
pub mod process;
#[cfg(feature = "discovery")]
mod registry;
mod startup;
mod variables;

pub use boot::{Boot, NotHeld};
pub use bootproof_core::{
    Diagnosis, Environment, ExitCode, Host, Mode, Outcome, Policy, RunState, Scope, Secret, Seed, Strictness, Vars,
    Verdict,
};
pub use bootproof_engine::{Engine, Finished, Observer, Run, Stopper, UNDO_GRACE, View};
pub use bootproof_env as env;
pub use bootproof_env::duration as parse_duration;
pub use bootproof_ports as ports;
#[cfg(target_os = "linux")]
pub use bootproof_ports::hand_over;
pub use bootproof_ports::{Given, Held};
pub use bootproof_probe::wait;
pub use bootproof_tasks::{Limit, Limits, TaskManager};
#[cfg(feature = "discovery")]
pub use finder::Finder;
#[cfg(feature = "discovery")]
pub use registry::{Publication, Publisher};
pub use startup::{Fixes, Prepared, Refused, Startup};
pub use variables::Variables;

#[cfg(feature = "compose")]
pub use bootproof_compose as compose;
#[cfg(feature = "database")]
pub use bootproof_db::Database;
#[cfg(feature = "discovery")]
pub use bootproof_discovery as discovery;
#[cfg(feature = "redis")]
pub use bootproof_redis::Handle as Redis;

/// The code of the README, as a doctest.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
