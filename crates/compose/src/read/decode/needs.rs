//! `depends_on`: a list of names, or a map with conditions.

use super::{Errors, map, truth, wrong};
use crate::read::tree::{Kind, Map};
use crate::{Condition, Dependency, Place};

/// What the service `service` depends on.
pub(super) fn depends_on(service: &Map, errors: &mut Errors) -> Vec<Dependency> {
    let Some(entry) = service.get("depends_on") else { return vec![] };
    match &entry.node.kind {
        Kind::Null => vec![],
        Kind::List(list) => list.iter().filter_map(|one| Some(started(one.scalar()?.reveal(), &one.place))).collect(),
        Kind::Map(needs) => {
            let mut all = vec![];
            for (name, entry) in needs {
                if let Some(map) = map(&entry.node, &format!("depends_on.{name}"), errors) {
                    all.push(need(name, &entry.key, map, errors));
                }
            }
            all
        }
        _ => {
            wrong(&entry.node, "`depends_on` must be a list or a map", errors);
            vec![]
        }
    }
}

fn started(name: &str, place: &Place) -> Dependency {
    let (service, place) = (name.to_owned(), place.clone());
    Dependency { service, condition: Condition::Started, required: true, restart: false, place }
}

fn need(name: &str, place: &Place, map: &Map, errors: &mut Errors) -> Dependency {
    let condition = map.get("condition").and_then(|entry| {
        let text = entry.node.scalar()?;
        let all = [Condition::Started, Condition::Healthy, Condition::Completed];
        let found = all.into_iter().find(|known| known.as_str() == text.reveal());
        if found.is_none() {
            wrong(
                &entry.node,
                "`condition` must be `service_started`, `service_healthy` or `service_completed_successfully`",
                errors,
            );
        }
        found
    });
    Dependency {
        condition: condition.unwrap_or(Condition::Started),
        required: truth(map, "required", true, errors),
        restart: truth(map, "restart", false, errors),
        ..started(name, place)
    }
}
