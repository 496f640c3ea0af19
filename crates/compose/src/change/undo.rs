//! Taking the override away again.

use super::{
    base::ChangeError,
    own::{Found, Moved, look},
    owner::Owner,
    write::{lock, refuse},
};
use std::{fs, path::Path};

/// What was taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undone {
    /// There was no override.
    Nothing,
    /// The override is gone; these ports are where they were.
    Removed(Vec<Moved>),
}

/// Removes our override at `path`, when it is as we wrote it, and for `owner`. Without one, for whomever: the project cannot be read.
///
/// # Errors
/// When it is not ours or that of another project, was changed, or cannot be removed. It is left as it is then.
pub fn undo(path: &Path, owner: Option<&Owner>) -> Result<Undone, ChangeError> {
    let found = look(path, owner).map_err(ChangeError::file(path, "read"))?;
    if found == Found::Nothing {
        return Ok(Undone::Nothing);
    }
    let _lock = lock(path.parent().unwrap_or(Path::new(".")))?;
    let found = look(path, owner).map_err(ChangeError::file(path, "read"))?;
    refuse(&found, path)?;
    let Found::Ours(own) = found else { return Ok(Undone::Nothing) };
    fs::remove_file(path).map_err(ChangeError::file(path, "removed"))?;
    Ok(Undone::Removed(own.moved))
}
