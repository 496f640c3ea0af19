//! Background tasks with limits that hold.
//!
//! Read [`TaskManager`] first: every task it starts has a name, a place it was started at, and a limit of 120 s at most.
//! What cannot be stopped (a task that blocks its thread) is not hidden but found, named and counted: see
//! [`TaskManager::leaked`]. [`TasksFix`] is the adapter to the engine: at every start it lets canaries loose, tasks that
//! break the rules on purpose, and so proves that the limits hold.
//!
//! ```
//! use bootproof_tasks::{Limit, Limits, TaskManager, Waited};
//! use std::time::Duration;
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let tasks = TaskManager::new(Limit::default())?;
//! let limits = Limits::new(Duration::from_secs(20), Limit::new(Duration::from_secs(30))?)?;
//! let reindex = tasks.spawn_with("reindex", limits, |token| async move {
//!     token.cancelled().await; // the soft limit, a stop or a shutdown: time to clean up
//! })?;
//! assert_eq!(reindex.wait(Duration::from_millis(5)).await, Waited::StillRunning); // waiting is not stopping
//! reindex.stop();
//! assert!(matches!(reindex.wait(Duration::from_secs(1)).await, Waited::Ended(_)));
//! # Ok(()) }
//! ```

mod blocking;
mod canary;
mod command;
pub mod diagnose;
mod entry;
mod error;
mod fix;
#[cfg(test)]
mod fix_tests;
mod group;
mod guarded;
mod handle;
mod info;
mod limit;
mod manager;
mod output;
mod program;
mod registry;
mod settings;
mod shard;
mod shutdown;
mod slot;
mod spec;
mod watchdog;

pub use command::CommandLine;
pub use error::TaskError;
pub use fix::{MANAGER, TasksFix};
pub use handle::{TaskHandle, Waited};
pub use info::{End, Kind, Place, Reason, Snapshot, State, TaskId, TaskInfo, Totals};
pub use limit::{Limit, Limits};
pub use manager::TaskManager;
pub use output::TaskOutput;
pub use settings::Settings;
pub use shutdown::Shutdown;
pub use spec::{TaskSpec, TasksSpec};
