//! Each thing in one form: what Compose lets be written in several ways is brought into the longest one, before files
//! are merged.
//!
//! `environment` and `depends_on` become maps, `env_file` a list of maps with absolute paths, `build` and `extends`
//! maps. Lists of
//! ports stay lists: how they are merged is decided when all are known.

use super::tree::{Entry, Kind, Map, Node};
use std::path::Path;
use std::sync::Arc;

/// Brings every service of `root` into its long form; relative paths are relative to `folder`.
pub(super) fn canon(root: &mut Node, folder: &Path) {
    let Kind::Map(root) = &mut root.kind else { return };
    let Some(Entry { node: Node { kind: Kind::Map(services), .. }, .. }) = root.get_mut("services") else { return };
    for entry in services.values_mut() {
        if let Kind::Map(service) = &mut entry.node.kind {
            self::service(service, folder);
        }
    }
}

fn service(service: &mut Map, folder: &Path) {
    for (name, form) in [
        ("environment", pairs as fn(&mut Node)),
        ("depends_on", needs),
        ("env_file", env_files),
        ("build", |node| single(node, "context")),
        ("extends", |node| single(node, "service")),
        ("networks", names),
        ("healthcheck", health),
    ] {
        if let Some(entry) = service.get_mut(name) {
            form(&mut entry.node);
        }
    }
    absolute_env_files(service, folder);
    if let Some(entry) = service.get_mut("extends")
        && let Kind::Map(extends) = &mut entry.node.kind
        && let Some(file) = extends.get_mut("file")
    {
        absolute(&mut file.node, folder);
    }
}

/// A list of `NAME=value` as a map. An entry without `=` has no value.
fn pairs(node: &mut Node) {
    let Kind::List(list) = &mut node.kind else { return };
    let mut map = Map::new();
    for one in std::mem::take(list) {
        let Some(text) = one.scalar() else {
            // Kept under a name that cannot be one, for the decoder to refuse.
            map.insert(format!("={}", map.len()), Entry { key: one.place.clone(), node: one });
            continue;
        };
        let (name, kind) = match text.reveal().split_once('=') {
            Some((name, value)) => (name, Kind::Text(bootproof_core::Secret::new(value))),
            None => (text.reveal(), Kind::Null),
        };
        let node = Node { place: one.place.clone(), kind, tag: one.tag, references: Arc::clone(&one.references) };
        // Set anew, not replaced: the last one also has the last place in the order.
        map.insert(name.to_owned(), Entry { key: one.place, node });
    }
    node.kind = Kind::Map(map);
}

/// A list of services as a map with what a short entry means.
fn needs(node: &mut Node) {
    names(node);
    let Kind::Map(map) = &mut node.kind else { return };
    for entry in map.values_mut().filter(|entry| entry.node.is_null()) {
        let place = &entry.node.place;
        let text = Node::text(place.clone(), "service_started");
        let truth = Node::new(place.clone(), Kind::Bool(true));
        let of = |node: Node| Entry { key: place.clone(), node };
        let map = Map::from_iter([("condition".to_owned(), of(text)), ("required".to_owned(), of(truth))]);
        entry.node.kind = Kind::Map(map);
    }
}

/// A list of names as a map without values.
fn names(node: &mut Node) {
    let Kind::List(list) = &mut node.kind else { return };
    if list.iter().any(|one| !matches!(one.kind, Kind::Text(_))) {
        return;
    }
    let entry = |one: Node| {
        let name = one.scalar().unwrap_or_default().reveal().to_owned();
        (name, Entry { key: one.place.clone(), node: Node { kind: Kind::Null, ..one } })
    };
    node.kind = Kind::Map(std::mem::take(list).into_iter().map(entry).collect());
}

/// A path, or a list of paths and maps, as a list of maps.
fn env_files(node: &mut Node) {
    if let Kind::Text(_) = node.kind {
        let one = Node { tag: None, ..node.clone() };
        node.kind = Kind::List(vec![one]);
    }
    if let Kind::List(list) = &mut node.kind {
        list.iter_mut().for_each(|one| single(one, "path"));
    }
}

/// A text as a map that has it under `name`.
fn single(node: &mut Node, name: &str) {
    if let Kind::Text(_) = node.kind {
        let text = Node { tag: None, ..node.clone() };
        node.kind = Kind::Map(Map::from_iter([(name.to_owned(), Entry { key: node.place.clone(), node: text })]));
    }
}

/// `test: text` as `[CMD-SHELL, text]`, so that it can be told from what is merged over it.
fn health(node: &mut Node) {
    let Kind::Map(map) = &mut node.kind else { return };
    let Some(test) = map.get_mut("test") else { return };
    if let Kind::Text(_) = test.node.kind {
        let line = Node { tag: None, ..test.node.clone() };
        test.node.kind = Kind::List(vec![Node::text(test.node.place.clone(), "CMD-SHELL"), line]);
    }
}

fn absolute_env_files(service: &mut Map, folder: &Path) {
    let Some(Entry { node: Node { kind: Kind::List(files), .. }, .. }) = service.get_mut("env_file") else { return };
    for file in files {
        if let Kind::Map(map) = &mut file.kind
            && let Some(path) = map.get_mut("path")
        {
            absolute(&mut path.node, folder);
        }
    }
}

fn absolute(node: &mut Node, folder: &Path) {
    if let Kind::Text(text) = &node.kind {
        let path = folder.join(text.reveal());
        node.kind = Kind::Text(bootproof_core::Secret::new(path.to_string_lossy()));
    }
}
