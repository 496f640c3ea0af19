//! `depends_on`: a list of names, or a map with conditions.

use super::{map, truth, wrong};
use crate::read::Notes;
use crate::read::tree::{Kind, Map, Node};
use crate::{Condition, Dependency, Place};
use std::collections::BTreeSet;

/// What the service `service` depends on: what it says, then what follows from how it shares with others.
pub(super) fn depends_on(service: &Map, notes: &mut Notes) -> Vec<Dependency> {
    let mut all = vec![];
    if let Some(entry) = service.get("depends_on").filter(|entry| !entry.node.is_null())
        && let Some(needs) = map(&entry.node, "depends_on", notes)
    {
        for (name, entry) in needs {
            if let Some(map) = map(&entry.node, &format!("depends_on.{name}"), notes) {
                all.push(need(name, &entry.key, map, notes));
            }
        }
    }
    let mut known: BTreeSet<String> = all.iter().map(|need| need.service.clone()).collect();
    all.extend(implied(service).into_iter().filter(|need| known.insert(need.service.clone())));
    all
}

/// `links`, `network_mode: service:x` and its like, and `volumes_from`: without the other one, they would mean nothing.
fn implied(service: &Map) -> Vec<Dependency> {
    let list = |name: &str| service.get(name).and_then(|entry| entry.node.as_list()).unwrap_or_default();
    let text = |node: &Node| node.scalar().unwrap_or_default().reveal().to_owned();
    let before_colon = |text: &str| text.split(':').next().unwrap_or_default().to_owned();
    let mut all = vec![];
    for link in list("links") {
        all.push(Dependency { restart: true, ..started(&before_colon(&text(link)), &link.place) });
    }
    for name in ["network_mode", "ipc", "pid", "uts", "cgroup"] {
        if let Some(entry) = service.get(name)
            && let Some(other) = text(&entry.node).strip_prefix("service:")
        {
            all.push(Dependency { restart: true, ..started(other, &entry.node.place) });
        }
    }
    for volume in list("volumes_from") {
        let from = text(volume);
        if !from.starts_with("container:") {
            all.push(started(&before_colon(&from), &volume.place));
        }
    }
    all
}

fn started(name: &str, place: &Place) -> Dependency {
    let (service, place) = (name.to_owned(), place.clone());
    Dependency { service, condition: Condition::Started, required: true, restart: false, place }
}

fn need(name: &str, place: &Place, map: &Map, notes: &mut Notes) -> Dependency {
    let condition = map.get("condition").and_then(|entry| {
        let text = entry.node.scalar()?;
        let all = [Condition::Started, Condition::Healthy, Condition::Completed];
        let found = all.into_iter().find(|known| known.as_str() == text.reveal());
        if found.is_none() {
            wrong(
                &entry.node,
                "`condition` must be `service_started`, `service_healthy` or `service_completed_successfully`",
                notes,
            );
        }
        found
    });
    if let Some(entry) = map.get("required").filter(|entry| !matches!(entry.node.kind, Kind::Bool(_))) {
        wrong(&entry.node, "`required` must be true or false, without quotes", notes);
    }
    Dependency {
        condition: condition.unwrap_or(Condition::Started),
        required: !map.get("required").is_some_and(|entry| matches!(entry.node.kind, Kind::Bool(false))),
        restart: truth(map, "restart", false, notes),
        ..started(name, place)
    }
}
