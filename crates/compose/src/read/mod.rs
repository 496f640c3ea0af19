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
use std::collections::HashMap;
pub(crate) use values::Values;

/// Reads the project that `docker compose` would read.
///
/// # Errors
/// Everything that is wrong with it, in the order in which it was found.
pub fn read(request: &Request<'_>) -> Result<Project, Vec<ComposeError>> {
    read_with_values(request).map(|(project, _)| project)
}

/// The project, and the variables that its references were filled in from.
pub(crate) fn read_with_values(request: &Request<'_>) -> Result<(Project, Values), Vec<ComposeError>> {
    let mut loader = Loader::default();
    let project = project(request, &mut loader);
    let Notes { errors, warnings, .. } = loader.notes;
    match project {
        Some((project, values)) if errors.is_empty() => Ok((Project { warnings, ..project }, values)),
        _ => Err(errors),
    }
}

/// The project; `None` when so much is wrong that there is none.
fn project(request: &Request<'_>, loader: &mut Loader) -> Option<(Project, Values)> {
    let mut setup = setup::setup(request, &mut loader.notes)?;
    let name = name::name(request, &setup, loader)?;
    setup.values.set("COMPOSE_PROJECT_NAME", Secret::new(name.as_str()));
    let mut scope = Scope { folder: &setup.folder, values: &setup.values, chain: vec![], extended: HashMap::new() };
    let root = loader.model(&setup.files, &mut scope, None);
    known::check(&root, &mut loader.notes);
    let services = decode::services(&root, &setup, &mut loader.notes);
    if loader.notes.errors.is_empty() {
        check::check(&root, &services, &mut loader.notes);
    }
    Some((Project { name, folder: setup.folder, files: setup.files, services, warnings: vec![] }, setup.values))
}
