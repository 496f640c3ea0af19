//! From the merged tree to the model. What is wrong is noted, and decoding goes on.

mod environment;
mod health;
mod needs;
mod ports;

use super::Notes;
use super::setup::Setup;
use super::tree::{Entry, Kind, Map, Node};
use crate::{ComposeError, Place, Service};
use std::collections::BTreeMap;

/// The services of the tree `root`.
pub(super) fn services(root: &Node, setup: &Setup, notes: &mut Notes) -> BTreeMap<String, Service> {
    let Some(services) = root.as_map().and_then(|root| root.get("services")) else { return BTreeMap::new() };
    let Some(all) = map(&services.node, "services", notes) else { return BTreeMap::new() };
    let mut services = BTreeMap::new();
    for (name, Entry { key, node }) in all {
        if let Some(tree) = map(node, &format!("services.{name}"), notes) {
            services.insert(name.clone(), service(name, key, tree, setup, notes));
        }
    }
    services
}

fn service(name: &str, place: &Place, map: &Map, setup: &Setup, notes: &mut Notes) -> Service {
    let scale = number(map, "scale", notes);
    let replicas = map.get("deploy").and_then(|deploy| deploy.node.as_map());
    let replicas = replicas.and_then(|deploy| number(deploy, "replicas", notes));
    if let (Some(scale), Some(replicas)) = (scale, replicas)
        && scale != replicas
    {
        let what = format!("service `{name}` has {scale} as `scale` and {replicas} as `deploy.replicas`");
        notes.error(ComposeError::Contradiction { place: place.clone(), what });
    }
    let profiles = map.get("profiles").map(|entry| texts(&entry.node, "profiles", notes)).unwrap_or_default();
    let profiles: Vec<String> = profiles.into_iter().collect::<indexmap::IndexSet<_>>().into_iter().collect();
    let enabled = is_enabled(&profiles, &setup.profiles);
    let set = |key| map.get(key).is_some_and(|entry| !entry.node.is_null());
    Service {
        name: name.to_owned(),
        place: place.clone(),
        enabled,
        profiles,
        image: text(map, "image", notes),
        has_build: set("build"),
        has_command: set("command"),
        container_name: text(map, "container_name", notes),
        network_mode: text(map, "network_mode", notes),
        restart: text(map, "restart", notes),
        replicas: scale.or(replicas).unwrap_or(1),
        scale,
        ports: map.get("ports").map(|entry| ports::ports(&entry.node, notes)).unwrap_or_default(),
        expose: map.get("expose").map(|entry| ports::expose(&entry.node)).unwrap_or_default(),
        depends_on: needs::depends_on(map, notes),
        environment: environment::environment(map, enabled, setup, notes),
        healthcheck: map.get("healthcheck").and_then(|entry| health::healthcheck(entry, notes)),
    }
}

/// A service without profiles always, one with profiles when one of them is chosen; `*` chooses all.
fn is_enabled(profiles: &[String], chosen: &[String]) -> bool {
    profiles.is_empty() || chosen.iter().any(|one| one == "*" || profiles.contains(one))
}

/// Notes that `node` is not what `what` should be.
fn wrong(node: &Node, what: &str, notes: &mut Notes) {
    notes.error(ComposeError::Shape { place: node.place.clone(), what: what.to_owned() });
}

fn map<'a>(node: &'a Node, what: &str, notes: &mut Notes) -> Option<&'a Map> {
    if node.as_map().is_none() {
        wrong(node, &format!("`{what}` must be a map"), notes);
    }
    node.as_map()
}

/// A text; null is none. Numbers and truths are refused as Compose refuses them.
fn text(map: &Map, name: &str, notes: &mut Notes) -> Option<String> {
    let node = &map.get(name)?.node;
    match &node.kind {
        Kind::Text(text) => return Some(text.reveal().to_owned()),
        Kind::Null => {}
        _ => wrong(node, &format!("`{name}` must be text: put quotes around it"), notes),
    }
    None
}

fn texts(node: &Node, name: &str, notes: &mut Notes) -> Vec<String> {
    let Some(list) = node.as_list() else {
        wrong(node, &format!("`{name}` must be a list"), notes);
        return vec![];
    };
    let mut all = vec![];
    for one in list {
        match &one.kind {
            Kind::Text(text) => all.push(text.reveal().to_owned()),
            _ => wrong(one, &format!("an entry of `{name}` must be text"), notes),
        }
    }
    all
}

/// A whole number from 0 on, also one in quotes.
fn number(map: &Map, name: &str, notes: &mut Notes) -> Option<u64> {
    let node = &map.get(name)?.node;
    let number = match &node.kind {
        Kind::Null => return None,
        Kind::Int(number) => u64::try_from(*number).ok(),
        Kind::Text(text) => text.reveal().parse().ok(),
        _ => None,
    };
    if number.is_none() {
        wrong(node, &format!("`{name}` must be a whole number"), notes);
    }
    number
}

/// A truth, also one in quotes; `default` when nothing is said.
fn truth(map: &Map, name: &str, default: bool, notes: &mut Notes) -> bool {
    let Some(entry) = map.get(name) else { return default };
    match &entry.node.kind {
        Kind::Null => default,
        Kind::Bool(truth) => *truth,
        Kind::Text(text) if matches!(text.reveal(), "true" | "false") => text.reveal() == "true",
        _ => {
            wrong(&entry.node, &format!("`{name}` must be true or false"), notes);
            default
        }
    }
}
