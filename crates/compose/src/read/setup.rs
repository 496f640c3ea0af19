//! Which files a project has, and which variables, before any of them is read: what the options and the environment of
//! `docker compose` decide.

use super::paths::{clean, folder_of};
use super::template::Lookup as _;
use super::values::Values;
use super::{Assignments, Notes, env_file};
use crate::{ComposeError, ComposeWarning, Request};
use std::path::{Path, PathBuf};

/// The names of Compose files, the one that Compose takes first.
const NAMES: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
/// The names of files that are merged over the one of a standard name.
const OVERRIDES: [&str; 4] =
    ["compose.override.yml", "compose.override.yaml", "docker-compose.override.yml", "docker-compose.override.yaml"];

/// What is known before the files are read.
pub(super) struct Setup {
    pub folder: PathBuf,
    pub files: Vec<PathBuf>,
    pub values: Values,
    pub profiles: Vec<String>,
}

/// Finds files and variables. `None` when there is no file, which is noted.
pub(super) fn setup(request: &Request<'_>, notes: &mut Notes) -> Option<Setup> {
    let here = clean(&request.folder);
    let absolute = |path: &Path| clean(&here.join(path));
    let given = request.project_folder.as_deref().map(absolute);
    let mut files: Vec<PathBuf> = request.files.iter().map(|path| absolute(path)).collect();
    let folder = |files: &[PathBuf]| match (&given, files.first()) {
        (Some(folder), _) => folder.clone(),
        (None, Some(file)) => folder_of(file).to_owned(),
        (None, None) => here.clone(),
    };
    let mut values = Values::of(request.vars);
    let first = folder(&files);
    let named_env = named_env_files(request);
    env(named_env.clone().unwrap_or_else(|| own_env_file(request, &first)), &mut values, notes);
    if files.is_empty() {
        files = named(&values, &here).unwrap_or_else(|| search(&first, notes));
    }
    if files.is_empty() {
        notes.error(ComposeError::NoFile { folder: first });
        return None;
    }
    let folder = folder(&files);
    if folder != first && named_env.is_none() {
        env(own_env_file(request, &folder), &mut values, notes);
    }
    let profiles = match request.profiles.as_slice() {
        [] => {
            values.value("COMPOSE_PROFILES").unwrap_or_default().split(',').map(|one| one.trim().to_owned()).collect()
        }
        some => some.to_vec(),
    };
    Some(Setup { folder, files, values, profiles })
}

/// The files of `COMPOSE_FILE`.
fn named(values: &Values, here: &Path) -> Option<Vec<PathBuf>> {
    let separator = values.filled("COMPOSE_PATH_SEPARATOR").unwrap_or(":");
    let files = values.filled("COMPOSE_FILE")?;
    Some(files.split(separator).map(|path| clean(&here.join(path))).collect())
}

/// The file of a standard name in `folder` or in the nearest folder above it, and what is merged over it.
fn search(folder: &Path, notes: &mut Notes) -> Vec<PathBuf> {
    let found = |names: [&str; 4], folder: &Path| -> Vec<PathBuf> {
        names.iter().map(|name| folder.join(name)).filter(|path| path.exists()).collect()
    };
    for folder in folder.ancestors() {
        let main = found(NAMES, folder);
        if main.is_empty() {
            continue;
        }
        let over = found(OVERRIDES, folder);
        for several in [&main, &over].into_iter().filter(|several| several.len() > 1) {
            notes.warn(ComposeWarning::SeveralFiles { found: several.clone() });
        }
        return main.into_iter().take(1).chain(over.into_iter().take(1)).collect();
    }
    vec![]
}

/// The env files that are named by an option or by `COMPOSE_ENV_FILES`.
fn named_env_files(request: &Request<'_>) -> Option<Vec<PathBuf>> {
    let files: Vec<PathBuf> = match (request.env_files.as_slice(), request.vars.text("COMPOSE_ENV_FILES")) {
        ([], None | Some("")) => return None,
        ([], Some(named)) => named.split(',').map(PathBuf::from).collect(),
        (some, _) => some.to_vec(),
    };
    Some(files.into_iter().map(|path| clean(&request.folder.join(path))).collect())
}

/// `.env` in `folder`, when it is there and is wanted.
fn own_env_file(request: &Request<'_>, folder: &Path) -> Vec<PathBuf> {
    let off = request.vars.text("COMPOSE_DISABLE_ENV_FILE");
    let off = off.is_some_and(|text| matches!(text, "1" | "t" | "T" | "true" | "TRUE" | "True"));
    let own = folder.join(".env");
    if !off && own.exists() && !own.is_dir() { vec![own] } else { vec![] }
}

/// Adds the variables of env files to `values`, under what is set already.
fn env(files: Vec<PathBuf>, values: &mut Values, notes: &mut Notes) {
    let mut found = Assignments::new();
    files.iter().for_each(|file| env_file::read(file, None, values, &mut found, notes));
    found.iter().for_each(|(name, set)| values.add(name, &set.value));
}
