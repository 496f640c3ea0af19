//! One tree over another, by Compose's rules: maps key by key, lists appended, anything else replaced; `!reset` takes
//! away what
//! is below, `!override` replaces it whole.

use super::Notes;
use super::tree::{Entry, Kind, Map, Mark, Node};
use crate::ComposeError;

/// Replaced whole, whatever they are.
const WHOLE: [&str; 3] = ["command", "entrypoint", "test"];
/// Compose brings these into one form before it merges them. Nothing here reads them, so the later one is kept.
const LOOSE: [&str; 13] = [
    "additional_contexts",
    "annotations",
    "args",
    "dns",
    "dns_opt",
    "dns_search",
    "extra_hosts",
    "label_file",
    "labels",
    "logging",
    "sysctls",
    "tmpfs",
    "ulimits",
];

/// Merges `over` into `base`, at the path `path`, which errors name.
pub(super) fn merge(base: &mut Node, over: Node, path: &str, notes: &mut Notes) {
    let name = path.rsplit('.').next().unwrap_or_default();
    if over.tag == Some(Mark::Override) || WHOLE.contains(&name) && !over.is_null() || name.starts_with("x-") {
        *base = settled(over);
        return;
    }
    if over.is_null() && !base.is_null() {
        return;
    }
    match (&mut base.kind, over.kind) {
        (Kind::Map(map), Kind::Map(others)) => {
            base.place = over.place;
            merge_maps(map, others, path, notes);
        }
        (Kind::List(list), Kind::List(others)) => {
            base.place = over.place;
            list.extend(others.into_iter().filter(|one| one.tag != Some(Mark::Reset)).map(settled));
        }
        (Kind::Map(_) | Kind::List(_), _) if !LOOSE.contains(&name) => {
            let what = format!("`{path}` cannot be replaced by something of another kind: write `!override` before it");
            notes.error(ComposeError::Shape { place: over.place, what });
        }
        (_, kind) => *base = settled(Node { kind, ..over }),
    }
}

fn merge_maps(map: &mut Map, others: Map, path: &str, notes: &mut Notes) {
    // There, nothing is something: the variable is handed on from outside.
    let nothing_counts = path.starts_with("services.") && path.ends_with(".environment");
    for (name, entry) in others {
        if entry.node.tag == Some(Mark::Reset) {
            map.shift_remove(&name);
            continue;
        }
        match map.get_mut(&name) {
            Some(known) if nothing_counts => *known = Entry { key: entry.key, node: settled(entry.node) },
            Some(known) => {
                known.key = entry.key;
                let path = if path.is_empty() { name } else { format!("{path}.{name}") };
                merge(&mut known.node, entry.node, &path, notes);
            }
            None => {
                map.insert(name, Entry { key: entry.key, node: settled(entry.node) });
            }
        }
    }
}

/// A tree that is merged over nothing: what it resets is gone, its other marks mean nothing any more.
pub(super) fn settled(mut node: Node) -> Node {
    node.tag = None;
    match &mut node.kind {
        Kind::Map(map) => {
            map.retain(|_, entry| entry.node.tag != Some(Mark::Reset));
            for entry in map.values_mut() {
                let place = entry.node.place.clone();
                entry.node = settled(std::mem::replace(&mut entry.node, Node::new(place, Kind::Null)));
            }
        }
        Kind::List(list) => {
            list.retain(|one| one.tag != Some(Mark::Reset));
            for one in list.iter_mut() {
                let place = one.place.clone();
                *one = settled(std::mem::replace(one, Node::new(place, Kind::Null)));
            }
        }
        _ => {}
    }
    node
}
