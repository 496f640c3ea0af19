//! `include`: other projects, each read with its own folder and variables, then brought in whole.

use super::load::{LONGEST_CHAIN, Loader, Scope, path_of};
use super::paths::folder_of;
use super::tree::{Entry, Kind, Map, Node};
use super::values::Values;
use super::{Assignments, env_file};
use crate::{ComposeError, Place};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// What an included project may bring.
const BROUGHT: [&str; 6] = ["services", "volumes", "networks", "secrets", "configs", "models"];

impl Loader {
    /// Brings what `document` includes into it.
    pub fn include_all(&mut self, document: &mut Node, scope: &mut Scope<'_>) {
        let Kind::Map(root) = &mut document.kind else { return };
        let Some(include) = root.shift_remove("include") else { return };
        let list = match include.node.kind {
            Kind::List(list) => list,
            Kind::Null => return,
            _ => {
                let what = "`include` must be a list".to_owned();
                return self.notes.error(ComposeError::Shape { place: include.node.place, what });
            }
        };
        for one in list {
            if let Some(included) = self.include(&one, scope) {
                self.bring(root, included, &one.place);
            }
        }
    }

    fn include(&mut self, one: &Node, scope: &mut Scope<'_>) -> Option<Node> {
        let (paths, given, env) = match &one.kind {
            Kind::Text(_) => (vec![path_of(one, scope.folder)?], None, vec![]),
            Kind::Map(map) => {
                let paths = self.paths(map, "path", scope.folder);
                let folder = map.get("project_directory").and_then(|entry| path_of(&entry.node, scope.folder));
                (paths, folder, self.paths(map, "env_file", scope.folder))
            }
            _ => {
                let what = "an entry of `include` must be a path or a map with `path`".to_owned();
                self.notes.error(ComposeError::Shape { place: one.place.clone(), what });
                return None;
            }
        };
        let Some(first) = paths.first() else {
            let what = "an entry of `include` must have a `path`".to_owned();
            self.notes.error(ComposeError::Shape { place: one.place.clone(), what });
            return None;
        };
        if self.includes_itself(first, &one.place, scope) {
            return None;
        }
        let folder = given.unwrap_or_else(|| folder_of(first).to_owned());
        let values = self.values(&env, &folder, scope.values, &one.place);
        let mut inner =
            Scope { folder: &folder, values: &values, chain: scope.chain.clone(), extended: HashMap::new() };
        Some(self.model(&paths, &mut inner, Some(&one.place)))
    }

    fn includes_itself(&mut self, path: &Path, place: &Place, scope: &Scope<'_>) -> bool {
        let first = scope.chain.iter().position(|known| known == path);
        if first.is_none() && scope.chain.len() < LONGEST_CHAIN {
            return false;
        }
        let shown = |path: &Path| format!("`{}`", path.display());
        let mut ring: Vec<String> = scope.chain[first.unwrap_or(0)..].iter().map(|path| shown(path)).collect();
        ring.push(shown(path));
        self.notes.error(ComposeError::Ring { place: place.clone(), kind: "include", ring });
        true
    }

    /// One path or a list of them.
    fn paths(&mut self, map: &Map, name: &str, folder: &Path) -> Vec<PathBuf> {
        match map.get(name).map(|entry| &entry.node) {
            None => vec![],
            Some(Node { kind: Kind::List(list), .. }) => list.iter().filter_map(|one| path_of(one, folder)).collect(),
            Some(one) => path_of(one, folder).into_iter().collect(),
        }
    }

    /// The variables for an included project: those of who includes it, then its own `.env` or the files that are
    /// named.
    fn values(&mut self, files: &[PathBuf], folder: &Path, outer: &Values, place: &Place) -> Values {
        let own = [folder.join(".env")];
        let files = if files.is_empty() && own[0].is_file() { &own } else { files };
        let mut found = Assignments::new();
        for file in files {
            self.env_file(file, Some(place), outer, &mut found);
        }
        let mut values = outer.clone();
        found.iter().for_each(|(name, set)| values.add(name, &set.value));
        values
    }

    /// Adds the env file at `path` to `found`; what is wrong with it is noted.
    pub fn env_file(&mut self, path: &Path, named_at: Option<&Place>, outside: &Values, found: &mut Assignments) {
        env_file::read(path, named_at, outside, found, &mut self.notes);
    }

    /// Puts what is included beside what the including file says itself. Only the same may be said twice.
    fn bring(&mut self, root: &mut Map, included: Node, place: &Place) {
        let Kind::Map(mut included) = included.kind else { return };
        for kind in BROUGHT {
            let Some(Entry { node: Node { kind: Kind::Map(brought), .. }, key }) = included.shift_remove(kind) else {
                continue;
            };
            let node = Node::new(place.clone(), Kind::Map(Map::new()));
            let into = root.entry(kind.to_owned()).or_insert(Entry { key, node });
            let Kind::Map(into) = &mut into.node.kind else { continue };
            for (name, entry) in brought {
                match into.get(&name) {
                    None => _ = into.insert(name, entry),
                    Some(own) if own.node.says_the_same(&entry.node) => {}
                    Some(own) => {
                        let what = format!("`{kind}.{name}` is in `{}` as well, which is included", entry.key);
                        self.notes.error(ComposeError::Contradiction { place: own.key.clone(), what });
                    }
                }
            }
        }
    }
}
