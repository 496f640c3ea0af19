//! Putting the override in place: written beside its place, read with the project and checked there, and only then renamed.

use super::{
    base::{Base, ChangeError},
    own::{self, Found, Moved},
    plan::Plan,
    render,
};
use crate::{
    Place, Project, Request,
    conflict::{Around, Finding, Level, check},
};
use nix::fcntl::{Flock, FlockArg};
use std::{
    fs::{self, File},
    io::Write as _,
    path::Path,
    sync::Arc,
};
use tempfile::NamedTempFile;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// Nothing moves, and there is no override.
    Nothing,
    /// The override is as it should be already.
    Same,
    /// It was written.
    New,
    /// Nothing moves any more: it was removed.
    Removed,
}

/// Writes the override that `plan` asks for, and removes ours when nothing moves. Nothing is in place until it is proven that the project with it has exactly the planned ports
/// and variables, everything else as it was, and no conflict but those that are left.
///
/// # Errors
/// When the file at its place is not ours, it cannot be written, or it does not do what it should. Nothing is changed then.
pub fn write(request: &Request<'_>, base: &Base, plan: &Plan, around: &Around<'_>) -> Result<Written, ChangeError> {
    let folder = base.path.parent().unwrap_or(Path::new("."));
    let _lock = lock(folder)?;
    // Another fix may have been here since the plan was made.
    let found = own::look(&base.path, Some(&base.owner)).map_err(ChangeError::file(&base.path, "read"))?;
    refuse(&found, &base.path)?;
    if plan.moves.is_empty() {
        if found == Found::Nothing {
            return Ok(Written::Nothing);
        }
        fs::remove_file(&base.path).map_err(ChangeError::file(&base.path, "removed"))?;
        return Ok(Written::Removed);
    }
    let (text, kept) = match proven(request, base, plan, around, folder, true) {
        Err(ChangeError::Unproven { .. } | ChangeError::Unreadable(_)) => {
            proven(request, base, plan, around, folder, false)?
        }
        other => other?,
    };
    if matches!(&found, Found::Ours(own) if own.text == text) {
        return Ok(Written::Same);
    }
    kept.persist(&base.path).map_err(|error| ChangeError::file(&base.path, "written")(error.error))?;
    Ok(Written::New)
}

/// Refuses what is not ours.
pub(super) fn refuse(found: &Found, path: &Path) -> Result<(), ChangeError> {
    match found {
        Found::Foreign => Err(ChangeError::Foreign { path: path.to_owned() }),
        Found::Changed => Err(ChangeError::Changed { path: path.to_owned() }),
        Found::Others(owner) => Err(ChangeError::Others { path: path.to_owned(), owner: owner.clone() }),
        Found::Nothing | Found::Ours(_) => Ok(()),
    }
}

/// One fix or undo at a time in a folder. The lock ends with the process.
pub(super) fn lock(folder: &Path) -> Result<Flock<File>, ChangeError> {
    let file = File::open(folder).map_err(ChangeError::file(folder, "read"))?;
    Flock::lock(file, FlockArg::LockExclusive).map_err(|(_, error)| ChangeError::file(folder, "read")(error.into()))
}

/// The text of the override in a file beside its place, proven. The file is gone when it is dropped.
fn proven(
    request: &Request<'_>,
    base: &Base,
    plan: &Plan,
    around: &Around<'_>,
    folder: &Path,
    keep: bool,
) -> Result<(String, NamedTempFile), ChangeError> {
    let text = text(base, plan, keep);
    let failed = || ChangeError::file(&base.path, "written");
    let mut file =
        tempfile::Builder::new().prefix(".compose.bootproof.").suffix(".yaml").tempfile_in(folder).map_err(failed())?;
    file.write_all(text.as_bytes()).and_then(|()| file.as_file().sync_all()).map_err(failed())?;
    // As readable as the file that it belongs to: who may read that one must be able to run the project.
    if let Some(about) = base.project.files.first().and_then(|first| fs::metadata(first).ok()) {
        file.as_file().set_permissions(about.permissions()).map_err(failed())?;
    }
    let seen = base.with(request, file.path())?;
    compare(&base.project, plan, &seen)?;
    no_new_conflict(plan, &seen, around)?;
    Ok((text, file))
}

pub(super) fn text(base: &Base, plan: &Plan, keep: bool) -> String {
    let of =
        |one: &super::Move| Moved { service: one.seat.service.clone(), from: one.from.clone(), to: one.to.clone() };
    let moved: Vec<_> = plan.moves.iter().map(of).collect();
    own::compose(&base.owner, &moved, &base.command(), &render::body(&base.project, plan, keep))
}

/// Exactly what was planned must be different.
fn compare(base: &Project, plan: &Plan, seen: &Project) -> Result<(), ChangeError> {
    let unproven = |what: String| Err(ChangeError::Unproven { what });
    let (wanted, seen) = (bare(expected(base, plan)), bare(seen.clone()));
    for (name, service) in &wanted.services {
        match seen.services.get(name) {
            Some(seen) if *seen == *service => {}
            Some(seen) if seen.ports != service.ports => {
                return unproven(format!("the ports of `{name}` are others than planned"));
            }
            Some(seen) if seen.environment != service.environment => {
                return unproven(format!("the variables of `{name}` are others than planned"));
            }
            _ => return unproven(format!("`{name}` is not what it was")),
        }
    }
    if seen.services.len() == base.services.len() { Ok(()) } else { unproven("there are other services".to_owned()) }
}

/// The project as it should be read, all places the same: they differ for what the override says.
fn expected(base: &Project, plan: &Plan) -> Project {
    let mut wanted = base.clone();
    for one in &plan.moves {
        let mapping =
            wanted.services.get_mut(&one.seat.service).and_then(|service| service.ports.get_mut(one.seat.index));
        if let Some(mapping) = mapping {
            mapping.port = one.to.clone();
        }
    }
    for wire in &plan.wires {
        let entry = wanted.services.get_mut(&wire.service).and_then(|service| service.environment.get_mut(&wire.name));
        if let Some(entry) = entry {
            entry.value = Some(wire.value.clone());
        }
    }
    wanted
}

/// Without places and references, which an override changes.
fn bare(mut project: Project) -> Project {
    let nowhere = Place::file(Path::new(""));
    for service in project.services.values_mut() {
        service.place = nowhere.clone();
        service.depends_on.iter_mut().for_each(|one| one.place = nowhere.clone());
        service.healthcheck.iter_mut().for_each(|one| one.place = nowhere.clone());
        for mapping in &mut service.ports {
            (mapping.place, mapping.references) = (nowhere.clone(), Arc::new([]));
        }
        for entry in service.environment.values_mut() {
            (entry.place, entry.references) = (nowhere.clone(), Arc::new([]));
        }
    }
    project
}

fn no_new_conflict(plan: &Plan, seen: &Project, around: &Around<'_>) -> Result<(), ChangeError> {
    let left = |what: &str| plan.left.iter().any(|left| left.what == what);
    // A port from an earlier fix that somebody unknown has is this very project's own, as far as can be told.
    let is_new = |one: &Finding| one.level == Level::Conflict && one.code != "COMPOSE-025";
    let conflicts = check(seen, around).into_iter().filter(is_new);
    match conflicts.filter(|one| !left(&one.what)).map(|one| one.what).next() {
        Some(what) => Err(ChangeError::Unproven { what }),
        None => Ok(()),
    }
}
