//! `bootproof compose undo`. Removes our own file, and nothing else.

use super::{refused, shown, still_named};
use crate::{
    args::Common,
    format::Format,
    terminal::{Terminal, print},
};
use bootproof::{
    Refused,
    compose::{
        Request,
        change::{Base, FILE_NAME, Undone, undo as take_back},
    },
};
use bootproof_core::ExitCode;
use bootproof_report::compose::{COMPOSE_SCHEMA_VERSION, ComposeUndo};

/// Removes the override, and tells what is where it was. A project that cannot be read is no reason not to.
pub(super) fn undo(request: &Request<'_>, common: &Common, terminal: &Terminal) -> Result<ExitCode, Refused> {
    let base = Base::read(request).ok();
    let is_read = base.as_ref().is_some_and(|base| base.is_read);
    let path = base.as_ref().map_or_else(|| beside_the_files(request), |base| base.path.clone());
    let done = take_back(&path, base.as_ref().map(|base| &base.owner)).map_err(|error| refused(&error))?;
    let mut notes = vec![];
    if is_read && done != Undone::Nothing {
        notes.push(still_named());
    }
    let back = match &done {
        Undone::Removed(all) => {
            all.iter().map(|one| format!("{}: {} is {} again", one.service, one.to, one.from)).collect()
        }
        Undone::Nothing => vec![],
    };
    let removed = done != Undone::Nothing;
    let document = ComposeUndo { schema_version: COMPOSE_SCHEMA_VERSION, file: shown(&path), removed, back, notes };
    Ok(print(&match common.format() {
        Format::Json => document.json(),
        _ => document.text(&terminal.out),
    }))
}

fn beside_the_files(request: &Request<'_>) -> std::path::PathBuf {
    let first = request.files.first().map(|file| request.folder.join(file));
    first.as_deref().and_then(|file| file.parent()).unwrap_or(&request.folder).join(FILE_NAME)
}
