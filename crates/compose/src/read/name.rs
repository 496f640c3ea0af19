//! The project's name: an option, `COMPOSE_PROJECT_NAME`, `name:` of the last file that has one, or the folder.

use super::load::Loader;
use super::setup::Setup;
use super::tree::Kind;
use super::{file, interpolate, tree};
use crate::{ComposeError, Request};

/// The name. `None` when there is none, which is noted.
pub(super) fn name(request: &Request<'_>, setup: &Setup, loader: &mut Loader) -> Option<String> {
    let given = request.project.as_deref().filter(|name| !name.is_empty());
    if let Some(name) = given.or_else(|| setup.values.filled("COMPOSE_PROJECT_NAME")) {
        if name == normal(name) {
            return Some(name.to_owned());
        }
        loader.notes.error(ComposeError::Name { name: name.to_owned() });
        return None;
    }
    let written = written(setup);
    let name = match &written {
        Some(name) => normal(name),
        None => normal(&setup.folder.file_name().unwrap_or_default().to_string_lossy()),
    };
    if name.is_empty() {
        loader.notes.error(ComposeError::Name { name: written.unwrap_or_default() });
        return None;
    }
    Some(name)
}

/// `name:` of the last file that has one. What is wrong with a file is told when all of it is read.
fn written(setup: &Setup) -> Option<String> {
    let mut silent = Loader::default();
    let mut found = None;
    for path in &setup.files {
        let Ok(text) = file::text(path) else { continue };
        let file = path.as_path().into();
        for document in tree::parse(text.reveal(), &file, &mut silent.limits).unwrap_or_default() {
            if let Kind::Map(mut map) = document.kind
                && let Some(mut entry) = map.shift_remove("name")
            {
                interpolate::interpolate(&mut entry.node, &setup.values, &mut silent.notes);
                if let Kind::Text(name) = &entry.node.kind
                    && !name.reveal().is_empty()
                {
                    found = Some(name.reveal().to_owned());
                }
            }
        }
    }
    found
}

/// What Compose makes of a name: lower case, without what no name may hold.
fn normal(name: &str) -> String {
    let kept: String = name
        .to_lowercase()
        .chars()
        .filter(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_'))
        .collect();
    kept.trim_start_matches(['-', '_']).to_owned()
}
