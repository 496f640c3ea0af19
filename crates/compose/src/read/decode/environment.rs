//! `environment`: a map, or a list of `NAME=value`.

use super::{Errors, wrong};
use crate::EnvEntry;
use crate::Place;
use crate::read::tree::{Kind, Node};
use bootproof_core::Secret;
use std::{collections::BTreeMap, sync::Arc};

/// The variables of `node`.
pub(super) fn entries(node: &Node, errors: &mut Errors) -> BTreeMap<String, EnvEntry> {
    let mut all = BTreeMap::new();
    match &node.kind {
        Kind::Null => {}
        Kind::Map(map) => {
            for (name, entry) in map {
                all.insert(name.clone(), env(entry.node.scalar(), &entry.key, &entry.node.references));
            }
        }
        Kind::List(list) => {
            for one in list {
                let text = one.scalar().unwrap_or_default();
                let (name, value) = match text.reveal().split_once('=') {
                    Some((name, value)) => (name, Some(Secret::new(value))),
                    None => (text.reveal(), None),
                };
                all.insert(name.to_owned(), env(value, &one.place, &one.references));
            }
        }
        _ => wrong(node, "`environment` must be a map or a list of `NAME=value`", errors),
    }
    all
}

fn env(value: Option<Secret>, place: &Place, references: &Arc<[String]>) -> EnvEntry {
    EnvEntry { value, place: place.clone(), references: Arc::clone(references) }
}
