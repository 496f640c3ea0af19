//! From the merged tree to the model. What is wrong is noted, and decoding goes on.

mod environment;
mod health;
mod needs;
mod ports;

use super::tree::{Kind, Map, Node};
use crate::{ComposeError, Place, Service};
use std::collections::BTreeMap;

/// What goes wrong on the way.
pub(super) type Errors = Vec<ComposeError>;

/// The services of the tree `root`.
pub(super) fn services(root: &Node, errors: &mut Errors) -> BTreeMap<String, Service> {
    let Some(services) = root.as_map().and_then(|root| root.get("services")) else { return BTreeMap::new() };
    let Some(all) = map(&services.node, "services", errors) else { return BTreeMap::new() };
    let one = |(name, entry): (&String, &super::tree::Entry)| {
        Some((name.clone(), service(name, &entry.key, map(&entry.node, &format!("services.{name}"), errors)?, errors)))
    };
    all.iter().filter_map(one).collect()
}

fn service(name: &str, place: &Place, map: &Map, errors: &mut Errors) -> Service {
    let scale = number(map, "scale", errors);
    let replicas = map.get("deploy").and_then(|deploy| deploy.node.as_map());
    let replicas = replicas.and_then(|deploy| number(deploy, "replicas", errors));
    Service {
        name: name.to_owned(),
        place: place.clone(),
        enabled: true,
        profiles: map.get("profiles").map(|entry| texts(&entry.node, "profiles", errors)).unwrap_or_default(),
        image: text(map, "image", errors),
        has_build: is_set(map, "build"),
        has_command: is_set(map, "command"),
        container_name: text(map, "container_name", errors),
        network_mode: text(map, "network_mode", errors),
        restart: text(map, "restart", errors),
        replicas: scale.or(replicas).unwrap_or(1),
        scale,
        ports: map.get("ports").map(|entry| ports::ports(&entry.node, errors)).unwrap_or_default(),
        depends_on: needs::depends_on(map, errors),
        environment: map.get("environment").map(|entry| environment::entries(&entry.node, errors)).unwrap_or_default(),
        healthcheck: map.get("healthcheck").and_then(|entry| health::healthcheck(entry, errors)),
    }
}

fn is_set(map: &Map, name: &str) -> bool {
    map.get(name).is_some_and(|entry| !entry.node.is_null())
}

/// Notes that `node` is not what `what` should be.
fn wrong(node: &Node, what: &str, errors: &mut Errors) {
    errors.push(ComposeError::Shape { place: node.place.clone(), what: what.to_owned() });
}

fn map<'a>(node: &'a Node, what: &str, errors: &mut Errors) -> Option<&'a Map> {
    if node.as_map().is_none() {
        wrong(node, &format!("`{what}` must be a map"), errors);
    }
    node.as_map()
}

/// A text; null is none. Numbers and truths are refused as Compose refuses them.
fn text(map: &Map, name: &str, errors: &mut Errors) -> Option<String> {
    let node = &map.get(name)?.node;
    match &node.kind {
        Kind::Text(text) => return Some(text.reveal().to_owned()),
        Kind::Null => {}
        _ => wrong(node, &format!("`{name}` must be text: put quotes around it"), errors),
    }
    None
}

fn texts(node: &Node, name: &str, errors: &mut Errors) -> Vec<String> {
    let Some(list) = node.as_list() else {
        wrong(node, &format!("`{name}` must be a list"), errors);
        return vec![];
    };
    let mut all = vec![];
    for one in list {
        match &one.kind {
            Kind::Text(text) => all.push(text.reveal().to_owned()),
            _ => wrong(one, &format!("an entry of `{name}` must be text"), errors),
        }
    }
    all
}

/// A whole number from 0 on, also one in quotes.
fn number(map: &Map, name: &str, errors: &mut Errors) -> Option<u64> {
    let node = &map.get(name)?.node;
    let number = match &node.kind {
        Kind::Null => return None,
        Kind::Int(number) => u64::try_from(*number).ok(),
        Kind::Text(text) => text.reveal().parse().ok(),
        _ => None,
    };
    if number.is_none() {
        wrong(node, &format!("`{name}` must be a whole number"), errors);
    }
    number
}

/// A truth, also one in quotes; `default` when nothing is said.
fn truth(map: &Map, name: &str, default: bool, errors: &mut Errors) -> bool {
    let Some(entry) = map.get(name) else { return default };
    match &entry.node.kind {
        Kind::Null => default,
        Kind::Bool(truth) => *truth,
        Kind::Text(text) if matches!(text.reveal(), "true" | "false") => text.reveal() == "true",
        _ => {
            wrong(&entry.node, &format!("`{name}` must be true or false"), errors);
            default
        }
    }
}
