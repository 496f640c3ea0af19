//! Runs a plan of fixes and services: order, deadline, retry, cancellation, undo, events.
//!
//! Read [`Engine`] first. It knows no database, no port and no Redis: only [`Fix`](bootproof_core::Fix) and
//! [`Service`](bootproof_core::Service). Everything a run says is an event, folded into one
//! [`RunState`](bootproof_core::RunState) that is truthful at every moment, also when the run is dropped.

mod attempt;
mod driver;
mod isolate;
mod recorder;
mod run;
mod shared;
mod undo;
mod work;

pub use recorder::Observer;
pub use run::{Finished, Run, Stopper, View};
pub use shared::UNDO_GRACE;
pub use work::{Engine, Settings, Work};
