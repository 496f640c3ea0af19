//! Reading a project, in the order in which Compose does it.
//!
//! [`setup`] finds files and variables, [`load`] merges the files into one tree (parse, fill in references, bring into
//! long form,
//! `extends`, `include`, merge), [`decode`] makes the model of it, and [`check`] looks whether it holds together.

mod canon;
mod check;
mod declared;
mod decode;
mod dotenv;
mod duration;
mod env_file;
mod extends;
mod file;
mod include;
mod interpolate;
mod known;
mod limits;
mod load;
mod merge;
mod name;
mod notes;
mod paths;
mod scalar;
mod setup;
mod template;
mod tree;
mod values;

use crate::{ComposeError, Project, Request};
use bootproof_core::Secret;
use dotenv::Assignments;
use load::{Loader, Scope};
use notes::Notes;
use std::{collections::HashMap, ffi::OsStr};
pub(crate) use values::Values;

/// Reads the project that `docker compose` would read.
///
/// # Errors
/// Everything that is wrong with it, in the order in which it was found.
pub fn read(request: &Request<'_>) -> Result<Project, Vec<ComposeError>> {
    reading(request, None).map(|reading| reading.project)
}

/// A project, and what else was found out on the way to it.
pub(crate) struct Reading {
    pub project: Project,
    /// The variables that references in its files were filled in from.
    pub values: Values,
    /// Whether a file was left out.
    pub left_out: bool,
}

/// Reads the project without those of its files that are called `leave_out`; they need not be there.
pub(crate) fn reading(request: &Request<'_>, leave_out: Option<&str>) -> Result<Reading, Vec<ComposeError>> {
    let mut loader = Loader::default();
    let reading = whole(request, leave_out, &mut loader);
    let Notes { errors, warnings, .. } = loader.notes;
    match reading {
        Some(reading) if errors.is_empty() => {
            Ok(Reading { project: Project { warnings, ..reading.project }, ..reading })
        }
        _ => Err(errors),
    }
}

/// The project; `None` when so much is wrong that there is none.
fn whole(request: &Request<'_>, leave_out: Option<&str>, loader: &mut Loader) -> Option<Reading> {
    let mut setup = setup::setup(request, &mut loader.notes)?;
    let named = setup.files.len();
    setup.files.retain(|file| leave_out.is_none() || file.file_name() != leave_out.map(OsStr::new));
    let left_out = setup.files.len() < named;
    if setup.files.is_empty() {
        loader.notes.error(ComposeError::NoFile { folder: setup.folder });
        return None;
    }
    let name = name::name(request, &setup, loader)?;
    setup.values.set("COMPOSE_PROJECT_NAME", Secret::new(name.as_str()));
    let mut scope = Scope { folder: &setup.folder, values: &setup.values, chain: vec![], extended: HashMap::new() };
    let root = loader.model(&setup.files, &mut scope, None);
    known::check(&root, &mut loader.notes);
    let services = decode::services(&root, &setup, &mut loader.notes);
    if loader.notes.errors.is_empty() {
        check::check(&root, &services, &mut loader.notes);
    }
    let project = Project { name, folder: setup.folder, files: setup.files, services, warnings: vec![] };
    Some(Reading { project, values: setup.values, left_out })
}
