//! Reading other projects: those that are named, and those that the engine has containers of.

use super::others::{Other, Standing};
use crate::{
    ComposeError, Project, Request,
    change::Base,
    docker::{Container, Engine},
    read,
};
use bootproof_core::Vars;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// Variables that choose a project: those of this process are about ours, and not about others.
const CHOOSING: [&str; 5] =
    ["COMPOSE_FILE", "COMPOSE_PROJECT_NAME", "COMPOSE_PROFILES", "COMPOSE_ENV_FILES", "COMPOSE_PATH_SEPARATOR"];

/// The project in `folder`, as it runs: with the override that bootproof wrote there.
///
/// # Errors
/// When it cannot be read.
pub fn named(folder: &Path, vars: &Vars) -> Result<Other, Vec<ComposeError>> {
    let vars = without_choice(vars);
    let request = Request::new(folder, &vars);
    let project = match Base::read(&request) {
        Ok(base) if base.own().is_some() => base.with(&request, &base.path).unwrap_or(base.project),
        _ => read(&request)?,
    };
    Ok(Other { project, standing: Standing::Named })
}

/// The other projects that `engine` has containers of, and what is to be said of those that cannot be read.
pub fn known(engine: &Engine, ours: &Project, vars: &Vars) -> (Vec<Other>, Vec<String>) {
    let vars = without_choice(vars);
    let mut all: BTreeMap<(&str, &PathBuf), Vec<&Container>> = BTreeMap::new();
    for container in engine.containers().iter().filter(|one| !one.is_of(&ours.name, &ours.folder)) {
        if let (Some(name), Some(folder)) = (&container.project, &container.folder) {
            all.entry((name, folder)).or_default().push(container);
        }
    }
    let (mut others, mut notes) = (vec![], vec![]);
    for ((name, folder), containers) in all {
        let mut request = Request::new(folder, &vars);
        request.files = containers.iter().map(|one| one.files.clone()).max_by_key(Vec::len).unwrap_or_default();
        request.project = Some(name.to_owned());
        let runs = containers.iter().any(|one| one.running);
        let standing = if runs { Standing::Runs } else { Standing::Stopped };
        match read(&request) {
            Ok(project) => others.push(Other { project, standing }),
            Err(_) => notes.push(format!(
                "the project `{name}` in `{}` has containers here, and its files cannot be read: what it publishes when it is started is not known",
                folder.display()
            )),
        }
    }
    (others, notes)
}

fn without_choice(vars: &Vars) -> Vars {
    let mut rest = Vars::default();
    for (name, value) in vars.iter().filter(|(name, _)| !CHOOSING.contains(name)) {
        rest.set(name, value.clone());
    }
    rest
}
