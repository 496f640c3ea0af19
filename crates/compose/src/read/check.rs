//! Whether a project holds together: what is named is there, nothing waits for itself, and no two settings contradict.

use super::tree::{Map, Node};
use super::{Notes, declared};
use crate::{ComposeError, Dependency, Service};
use std::collections::{BTreeMap, BTreeSet};

type Services = BTreeMap<String, Service>;

/// Notes what does not hold together in `services`, which the merged tree `root` says.
pub(super) fn check(root: &Node, services: &Services, notes: &mut Notes) {
    let trees = root.as_map().and_then(|root| root.get("services")).and_then(|entry| entry.node.as_map());
    for service in services.values().filter(|service| service.enabled) {
        if let Some(tree) = trees.and_then(|trees| trees.get(&service.name)).and_then(|entry| entry.node.as_map()) {
            alone(service, tree, notes);
            declared::check(root, tree, notes);
        }
        service.depends_on.iter().for_each(|need| needed(need, services, notes));
    }
    container_names(services, notes);
    if notes.errors.is_empty() {
        rings(services, notes);
    }
}

/// What can be wrong with one service by itself.
fn alone(service: &Service, tree: &Map, notes: &mut Notes) {
    let name = &service.name;
    let mut clash = |key: &str, what: String| {
        let place = tree.get(key).map_or(&service.place, |entry| &entry.key).clone();
        notes.error(ComposeError::Contradiction { place, what });
    };
    if service.image.is_none() && !service.has_build && !tree.contains_key("provider") {
        clash("", format!("service `{name}` has neither an `image` nor a `build`"));
    }
    let networks = tree.get("networks").and_then(|entry| entry.node.as_map());
    if service.network_mode.is_some() && networks.is_some_and(|networks| !networks.is_empty()) {
        clash("network_mode", format!("service `{name}` has both `network_mode` and `networks`"));
    }
    if service.container_name.is_some() && service.replicas > 1 {
        clash("container_name", format!("service `{name}` has a `container_name` and {} containers", service.replicas));
    }
}

fn needed(need: &Dependency, services: &Services, notes: &mut Notes) {
    let wanted = need.service.clone();
    match services.get(&wanted) {
        _ if !need.required => {}
        None => {
            let nearest = notes.nearest(&wanted, services.keys().map(String::as_str));
            notes.error(ComposeError::NoService { place: need.place.clone(), wanted, nearest });
        }
        Some(service) if !service.enabled => {
            let profiles = service.profiles.clone();
            notes.error(ComposeError::Disabled { place: need.place.clone(), wanted, profiles });
        }
        Some(_) => {}
    }
}

/// No two services may have one name of a container.
fn container_names(services: &Services, notes: &mut Notes) {
    let mut taken: BTreeMap<&str, &Service> = BTreeMap::new();
    for service in services.values().filter(|service| service.enabled) {
        let Some(name) = service.container_name.as_deref() else { continue };
        if let Some(first) = taken.insert(name, service) {
            let what = format!("the container name `{name}` is taken by service `{}` already", first.name);
            notes.error(ComposeError::Contradiction { place: service.place.clone(), what });
        }
    }
}

/// Notes the first ring of each service that is on one.
fn rings(services: &Services, notes: &mut Notes) {
    let mut done: BTreeSet<&str> = BTreeSet::new();
    for name in services.keys().filter(|name| services[*name].enabled) {
        // A stack of our own: a chain may be as long as the project.
        let mut path: Vec<(&str, usize)> = vec![(name, 0)];
        let mut at: BTreeMap<&str, usize> = BTreeMap::from([(name.as_str(), 0)]);
        while let Some((name, next)) = path.last_mut() {
            let needs = services.get(*name).map_or(&[][..], |service| &service.depends_on);
            let Some(need) = needs.get(*next).filter(|_| !done.contains(*name)) else {
                done.insert(name);
                at.remove(*name);
                path.pop();
                continue;
            };
            *next += 1;
            match at.get(need.service.as_str()) {
                None => {
                    at.insert(&need.service, path.len());
                    path.push((&need.service, 0));
                }
                Some(first) => {
                    let mut ring: Vec<String> = path[*first..].iter().map(|(name, _)| format!("`{name}`")).collect();
                    ring.push(format!("`{}`", need.service));
                    notes.error(ComposeError::Ring { place: need.place.clone(), kind: "depends_on", ring });
                }
            }
        }
    }
}
