//! Filling references into every text of a tree, before anything else looks at it.

use super::template::{Lookup, Problem, fill};
use super::tree::{Kind, Node};
use super::{Notes, values::Values};
use crate::{ComposeError, ComposeWarning};

/// Fills in the references of `node` and of all below it. Keys are left as they are, as Compose leaves them.
pub(super) fn interpolate(node: &mut Node, values: &Values, notes: &mut Notes) {
    match &mut node.kind {
        Kind::List(list) => list.iter_mut().for_each(|one| interpolate(one, values, notes)),
        Kind::Map(map) => map.values_mut().for_each(|entry| interpolate(&mut entry.node, values, notes)),
        Kind::Text(text) if text.reveal().contains('$') => {
            match fill(text.reveal(), values as &dyn Lookup) {
                Ok(filled) => {
                    for name in filled.unset {
                        notes.warn_unset(ComposeWarning::Unset { place: node.place.clone(), name });
                    }
                    (*text, node.references) = (filled.text, filled.names.into());
                }
                Err(problem) => notes.error(error(problem, node)),
            };
        }
        _ => {}
    }
}

fn error(problem: Problem, node: &Node) -> ComposeError {
    let place = node.place.clone();
    match problem {
        Problem::Format(what) => ComposeError::Reference { place, what: what.to_owned() },
        Problem::Required { name, message } => ComposeError::Required { place, name, message },
    }
}
