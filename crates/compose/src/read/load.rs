//! From files to one merged tree: each document is parsed, its references are filled in, what it extends and includes
//! is brought
//! in, and it is merged over those before it.

use super::limits::Limits;
use super::merge::{merge, settled};
use super::tree::{Entry, Kind, Map, Node};
use super::values::Values;
use super::{Notes, canon, file, interpolate, paths, tree};
use crate::{ComposeError, ComposeWarning, Place};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How long a chain of `include` and `extends` may be. Chosen by hand; rings are found before.
pub(super) const LONGEST_CHAIN: usize = 50;

/// Reads files, and keeps what is used up and what went wrong.
#[derive(Debug, Default)]
pub(super) struct Loader {
    pub limits: Limits,
    pub notes: Notes,
}

/// Files that are merged with each other: those of the project, or those of one `include`.
#[derive(Debug)]
pub(super) struct Scope<'a> {
    /// What relative paths in its files are relative to.
    pub folder: &'a Path,
    pub values: &'a Values,
    /// The files that led here, the outermost first.
    pub chain: Vec<PathBuf>,
    /// The services of files that were extended from, so that each is read once.
    pub extended: HashMap<PathBuf, Map>,
}

impl Loader {
    /// The merged tree of `files`, a map. `named_at` is where they are named, when a file names them.
    pub fn model(&mut self, files: &[PathBuf], scope: &mut Scope<'_>, named_at: Option<&Place>) -> Node {
        let first = files.first().map(|path| Place::file(path.as_path())).unwrap_or_else(|| Place::file(scope.folder));
        let mut merged = Node::new(first, Kind::Map(Map::new()));
        for path in files {
            for mut document in self.documents(path, scope.folder, scope.values, named_at) {
                self.version(&mut document);
                self.extend_all(&mut document, path, scope);
                scope.chain.push(path.clone());
                self.include_all(&mut document, scope);
                scope.chain.pop();
                merge(&mut merged, document, "", &mut self.notes);
            }
        }
        let mut merged = settled(merged);
        resolve_environment(&mut merged, scope.values);
        merged
    }

    /// The documents of the file at `path`, references filled in, in long form. None when it cannot be read, which is
    /// noted.
    pub fn documents(&mut self, path: &Path, folder: &Path, values: &Values, named_at: Option<&Place>) -> Vec<Node> {
        let text = match file::text(path) {
            Ok(text) => text,
            Err(source) => {
                let (path, named_at) = (path.to_owned(), named_at.cloned());
                self.notes.error(ComposeError::Unreadable { path, named_at, source });
                return vec![];
            }
        };
        let name: Arc<Path> = path.into();
        let parsed = self.limits.file(named_at.unwrap_or(&Place::file(Arc::clone(&name))));
        let mut documents = match parsed.and_then(|()| tree::parse(text.reveal(), &name, &mut self.limits)) {
            Ok(documents) => documents,
            Err(error) => {
                self.notes.error(error);
                return vec![];
            }
        };
        documents.retain(|document| {
            if document.as_map().is_none() && !document.is_null() {
                let what = "a Compose file is a map, with `services` in it".to_owned();
                self.notes.error(ComposeError::Shape { place: document.place.clone(), what });
            }
            document.as_map().is_some()
        });
        if documents.is_empty() && self.notes.errors.is_empty() {
            let what = "the file is empty".to_owned();
            self.notes.error(ComposeError::Shape { place: Place::file(name), what });
        }
        for document in &mut documents {
            interpolate::interpolate(document, values, &mut self.notes);
            canon::canon(document, folder);
        }
        documents
    }

    /// Warns of `version`, which means nothing.
    fn version(&mut self, document: &mut Node) {
        if let Kind::Map(map) = &mut document.kind
            && let Some(version) = map.shift_remove("version")
        {
            self.notes.warn(ComposeWarning::Version { place: version.key });
        }
    }
}

/// The services of `root`, when it has a map of them.
pub(super) fn services_of(root: &mut Node) -> Option<&mut Map> {
    let Kind::Map(root) = &mut root.kind else { return None };
    match root.get_mut("services") {
        Some(Entry { node: Node { kind: Kind::Map(services), .. }, .. }) => Some(services),
        _ => None,
    }
}

/// Gives variables that are handed on from outside the values that they have there.
fn resolve_environment(root: &mut Node, values: &Values) {
    let Some(services) = services_of(root) else { return };
    for service in services.values_mut() {
        let Kind::Map(service) = &mut service.node.kind else { continue };
        let Some(Entry { node: Node { kind: Kind::Map(all), .. }, .. }) = service.get_mut("environment") else {
            continue;
        };
        for (name, entry) in all {
            if let (true, Some(value)) = (entry.node.is_null(), values.secret(name)) {
                entry.node.kind = Kind::Text(value.clone());
                entry.node.references = Arc::new([name.clone()]);
            }
        }
    }
}

/// The path that the text `node` says, relative to `folder`.
pub(super) fn path_of(node: &Node, folder: &Path) -> Option<PathBuf> {
    match &node.kind {
        Kind::Text(text) => Some(paths::clean(&folder.join(text.reveal()))),
        _ => None,
    }
}
