//! Reading one env file from the disk.

use super::dotenv::{Assignments, parse};
use super::values::Values;
use super::{Notes, file};
use crate::{ComposeError, ComposeWarning, Place};
use std::path::Path;

/// Adds what the env file at `path` says to `found`; what is wrong with it is noted.
pub(super) fn read(
    path: &Path,
    named_at: Option<&Place>,
    outside: &Values,
    found: &mut Assignments,
    notes: &mut Notes,
) {
    let text = match file::text(path) {
        Ok(text) => text,
        Err(source) => {
            let (path, named_at) = (path.to_owned(), named_at.cloned());
            return notes.error(ComposeError::Unreadable { path, named_at, source });
        }
    };
    if !notes.may_read(text.reveal().len()) {
        let what = "the services of the project name more env files than are read".to_owned();
        return notes.error(ComposeError::EnvFile { place: Place::file(path), what });
    }
    match parse(text.reveal(), &path.into(), outside, found) {
        Err(error) => notes.error(error),
        Ok(unset) => {
            unset.into_iter().for_each(|(name, place)| notes.warn_unset(ComposeWarning::Unset { place, name }));
        }
    }
}
