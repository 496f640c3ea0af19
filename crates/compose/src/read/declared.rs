//! Networks, volumes, secrets and configs: what a service names must be declared.

use super::Notes;
use super::tree::{Kind, Map, Node};
use crate::{ComposeError, Place};

/// Notes what the service `service` names and the merged tree `root` does not declare.
pub(super) fn check(root: &Node, service: &Map, notes: &mut Notes) {
    let mut wanted = |kind: &'static str, name: String, place: &Place| {
        let all = root.as_map().and_then(|root| root.get(&format!("{kind}s"))).and_then(|entry| entry.node.as_map());
        if !all.is_some_and(|all| all.contains_key(&name)) {
            notes.error(ComposeError::Undeclared { place: place.clone(), kind, wanted: name });
        }
    };
    let node = |name: &str| service.get(name).map(|entry| &entry.node);
    for (name, entry) in node("networks").and_then(Node::as_map).into_iter().flatten() {
        // That one is there without being declared.
        if name != "default" {
            wanted("network", name.clone(), &entry.key);
        }
    }
    for one in node("volumes").and_then(Node::as_list).unwrap_or_default() {
        if let Some(name) = volume(one) {
            wanted("volume", name, &one.place);
        }
    }
    for (list, kind) in [("secrets", "secret"), ("configs", "config")] {
        for one in node(list).and_then(Node::as_list).unwrap_or_default() {
            if let Some(name) = source(one) {
                wanted(kind, name, &one.place);
            }
        }
    }
}

/// The name of the volume that an entry of `volumes` mounts; `None` for a folder of this machine and for one without a
/// name.
fn volume(one: &Node) -> Option<String> {
    match &one.kind {
        Kind::Map(map) => {
            let is_volume = map.get("type").and_then(|entry| entry.node.scalar())?.reveal() == "volume";
            if is_volume { source(one) } else { None }
        }
        Kind::Text(text) => {
            let (name, _) = text.reveal().split_once(':')?;
            let is_path = name.starts_with(['.', '/', '~', '\\']) || name.len() == 1;
            (!is_path).then(|| name.to_owned())
        }
        _ => None,
    }
}

/// A name, or the `source` of a map.
fn source(one: &Node) -> Option<String> {
    let node = one.as_map().map_or(Some(one), |map| map.get("source").map(|entry| &entry.node))?;
    let text = node.scalar()?;
    (!text.reveal().is_empty()).then(|| text.reveal().to_owned())
}
