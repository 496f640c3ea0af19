//! Moving published ports that are in the way, in a file of our own, and taking that back. The user's files are only read.
//!
//! Read [`Base`] first, then [`plan()`]: it says what would be moved and who would be told. [`write()`] puts it in place once it is proven.

mod as_run;
mod base;
mod choose;
pub mod diagnose;
mod inside;
mod meant;
mod own;
mod owner;
mod plan;
mod refer;
mod render;
mod rewire;
mod stale;
mod undo;
mod write;
mod written;

pub use as_run::read_as_run;
pub use base::{Base, ChangeError};
pub use own::{FILE_NAME, Found, Moved, Own};
pub use owner::Owner;
pub use plan::{Move, Plan, plan};
pub use rewire::{Unclear, Wire};
pub use stale::{check_place, stale};
pub use undo::{Undone, undo};
pub use write::{Written, write};
