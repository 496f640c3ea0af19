//! Renders a run: text for people, JSON for programs, plain lines for progress. Also a plan that has not run.
//!
//! Read [`Report`] for the document and [`text()`] for what people see. Both are made from one snapshot, the
//! [`RunState`](bootproof_core::RunState), and say nothing that is not in it. Nothing here prints, and colour and width
//! are parameters.

pub mod compose;
pub mod env;
pub mod find;
pub mod json;
mod notes;
mod page;
mod plan;
pub mod ports;
mod progress;
#[cfg(feature = "schema")]
mod schema;
mod text;
mod time;
pub mod wait;

pub use json::Report;
pub use page::Style;
pub use plan::PlanView;
pub use progress::progress;
#[cfg(feature = "schema")]
pub use schema::schema;
pub use text::{Detail, text};
pub use time::took;
