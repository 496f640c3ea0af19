//! Drafts a `bootproof.toml` from what a project has: example files, .env files, a Compose file and its code.
//!
//! Read [`draft`] first. Everything that is found becomes a `Fact` of a name; from the facts come guesses, and guesses are
//! tried on the project's own .env files before they are written down. A value of a .env file decides what is guessed and is
//! never written: it may be a secret.

mod check;
mod compose;
mod example_file;
mod fact;
mod gather;
mod guess;
mod image;
mod servers;
mod shape;
mod sift;
mod toml;
mod write;

use crate::{Schema, audit::AuditError};
use std::path::Path;

/// A `bootproof.toml` that somebody should look through.
#[derive(Debug)]
pub struct Draft {
    /// The text of the file; the same for the same project.
    pub text: String,
    /// What its `[env]` comes to. Empty: nothing was found that says what the service needs.
    pub schema: Schema,
    /// What was read, a line each.
    pub read: Vec<String>,
    /// What was left out, and what to look at, a line each. Holds no value.
    pub left_out: Vec<String>,
}

/// Drafts the file for the project in `root`. Changes nothing.
///
/// # Errors
/// When `root` is no folder that can be opened. A file in it that cannot be read is no error: [`Draft::left_out`] tells of it.
pub fn draft(root: &Path) -> Result<Draft, AuditError> {
    let project = gather::gather(root)?;
    let plan = check::settle(root, &project);
    Ok(Draft {
        text: write::write(root, &project, &plan),
        schema: plan.schema(),
        read: project.read,
        left_out: project.left_out.into_iter().chain(plan.notes).collect(),
    })
}
