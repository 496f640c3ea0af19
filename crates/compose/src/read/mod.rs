//! Reading a project, in the order in which Compose does it.

mod decode;
mod duration;
mod file;
mod limits;
mod scalar;
mod tree;

use crate::{ComposeError, Project, Request};
use std::{path::Path, sync::Arc};

/// The names of Compose files, the one that Compose takes first.
const NAMES: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];

/// Reads the project that `docker compose` would read.
///
/// # Errors
/// Everything that is wrong with it, in the order of the files.
pub fn read(request: &Request<'_>) -> Result<Project, Vec<ComposeError>> {
    let mut limits = limits::Limits::default();
    let path = match request.files.first() {
        Some(path) => request.folder.join(path),
        None => NAMES
            .map(|name| request.folder.join(name))
            .into_iter()
            .find(|path| path.exists())
            .ok_or_else(|| vec![ComposeError::NoFile { folder: request.folder.clone() }])?,
    };
    let text = file::text(&path)
        .map_err(|source| vec![ComposeError::Unreadable { path: path.clone(), named_at: None, source }])?;
    let file: Arc<Path> = path.clone().into();
    let documents = tree::parse(text.reveal(), &file, &mut limits).map_err(|error| vec![error])?;
    let Some(root) = documents.into_iter().next() else {
        return Err(vec![ComposeError::NoFile { folder: request.folder.clone() }]);
    };
    let mut errors = vec![];
    let services = decode::services(&root, &mut errors);
    if !errors.is_empty() {
        return Err(errors);
    }
    let name = request.folder.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    Ok(Project { name, folder: request.folder.clone(), files: vec![path], services, warnings: vec![] })
}
