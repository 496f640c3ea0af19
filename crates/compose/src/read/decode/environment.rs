//! The variables of a service: those of its `env_file`, and over them those of its `environment`.

use super::{map, truth, wrong};
use crate::read::setup::Setup;
use crate::read::tree::{Entry, Kind, Map};
use crate::read::values::Values;
use crate::read::{Assignments, Notes, env_file};
use crate::{EnvEntry, Place};
use bootproof_core::Secret;
use std::path::Path;
use std::{collections::BTreeMap, sync::Arc};

/// The variables of `service`. The env files of one that is not enabled are not read, as Compose does not read them.
pub(super) fn environment(
    service: &Map,
    enabled: bool,
    setup: &Setup,
    notes: &mut Notes,
) -> BTreeMap<String, EnvEntry> {
    let mut all = BTreeMap::new();
    if enabled {
        for (name, set) in files(service, setup, notes) {
            all.insert(name, EnvEntry { value: Some(set.value), place: set.place, references: set.references });
        }
    }
    let Some(entry) = service.get("environment").filter(|entry| !entry.node.is_null()) else { return all };
    let Some(own) = map(&entry.node, "environment", notes) else { return all };
    for (name, Entry { key, node }) in own {
        match &node.kind {
            Kind::Date | Kind::List(_) | Kind::Map(_) => {
                wrong(node, "a variable must be text or a number; put quotes around a date", notes);
            }
            _ => {
                let one = env(node.scalar(), key, &node.references);
                all.insert(name.clone(), one);
            }
        }
    }
    all
}

/// What env files may refer to: the project's variables, then those of the service's own `environment`.
fn outside(service: &Map, setup: &Setup) -> Values {
    let mut values = setup.values.clone();
    let own = service.get("environment").and_then(|entry| entry.node.as_map());
    for (name, entry) in own.into_iter().flatten() {
        if let Some(text) = entry.node.scalar() {
            values.add(name, &text);
        }
    }
    values
}

/// What the env files say, the later ones over the earlier ones.
fn files(service: &Map, setup: &Setup, notes: &mut Notes) -> Assignments {
    let mut found = Assignments::new();
    let Some(entry) = service.get("env_file").filter(|entry| !entry.node.is_null()) else { return found };
    let Some(list) = entry.node.as_list() else {
        wrong(&entry.node, "`env_file` must be a path or a list", notes);
        return found;
    };
    let outside = outside(service, setup);
    for one in list {
        let Some(map) = map(one, "env_file", notes) else { continue };
        let required = truth(map, "required", true, notes);
        let Some(path) = map.get("path").and_then(|entry| entry.node.scalar()) else {
            wrong(one, "an entry of `env_file` must have a `path`", notes);
            continue;
        };
        let path = Path::new(path.reveal());
        if required || path.exists() {
            env_file::read(path, Some(&one.place), &outside, &mut found, notes);
        }
    }
    found
}

fn env(value: Option<Secret>, place: &Place, references: &Arc<[String]>) -> EnvEntry {
    EnvEntry { value, place: place.clone(), references: Arc::clone(references) }
}
