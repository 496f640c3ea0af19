//! The service graph of a project as data: what to ask of each service from outside, and what it waits for.
//!
//! Read [`graph()`] first. Nothing is asked here, and nothing of bootproof's plan is known: whoever has both puts them together.

mod ask;
mod order;

pub use ask::{Ask, Login};

use crate::{Condition, HealthTest, Healthcheck, Place, Project, Service};
use std::time::Duration;

/// A project as a graph, in an order in which nobody comes before what he waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Graph {
    /// The services that are on, each after those that it waits for.
    pub nodes: Vec<ServiceNode>,
    /// Services of which nothing can be asked from outside, with the reason.
    pub silent: Vec<(String, String)>,
}

/// A service, as it is seen from the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceNode {
    /// Its name.
    pub service: String,
    /// Where its name stands.
    pub place: Place,
    /// What is asked. `None`: it publishes nothing that can be asked; it stays in the graph for those who wait for it.
    pub ask: Option<Ask>,
    /// What it waits for.
    pub needs: Vec<Edge>,
    /// Whether somebody cannot start without it, or nobody waits for it at all.
    pub required: bool,
    /// The most time that its health check gives it until it counts as healthy: `start_period` and all retries. `None`: no check says.
    pub patience: Option<Duration>,
}

/// A wait for another service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// The other one.
    pub service: String,
    /// What of it is waited for.
    pub condition: Condition,
    /// Whether this one may not start without it.
    pub required: bool,
    /// Where it is written.
    pub place: Place,
}

/// Services that wait for each other.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("services wait for each other: {}", shown(.steps))]
pub struct Ring {
    /// Each with the place where it waits for the next; the last one waits for the first.
    pub steps: Vec<(String, Place)>,
}

fn shown(steps: &[(String, Place)]) -> String {
    let first = steps.first().map(|(name, _)| name.as_str()).unwrap_or_default();
    let arrows = steps.iter().map(|(name, place)| format!("`{name}` ({place}) -> "));
    format!("{}`{first}`", arrows.collect::<String>())
}

/// The graph of the services of `project` that are on.
///
/// # Errors
/// When services wait for each other in a ring.
pub fn graph(project: &Project) -> Result<Graph, Ring> {
    let on: Vec<&Service> = project.enabled().filter(|service| service.replicas > 0).collect();
    let ordered = order::order(&on)?;
    let nodes: Vec<_> = ordered.into_iter().map(|service| node(&on, service)).collect();
    let silent =
        nodes.iter().filter(|node| node.ask.is_none()).map(|node| (node.service.clone(), why_silent(project, node)));
    Ok(Graph { silent: silent.collect(), nodes })
}

fn node(on: &[&Service], service: &Service) -> ServiceNode {
    let is_on = |name: &str| on.iter().any(|other| other.name == name);
    let needs = service.depends_on.iter().filter(|need| is_on(&need.service)).map(|need| Edge {
        service: need.service.clone(),
        condition: need.condition,
        required: need.required,
        place: need.place.clone(),
    });
    let mut waits =
        on.iter().flat_map(|other| &other.depends_on).filter(|need| need.service == service.name).peekable();
    let required = waits.peek().is_none() || waits.any(|need| need.required);
    ServiceNode {
        service: service.name.clone(),
        place: service.place.clone(),
        ask: ask::ask(service, on),
        needs: needs.collect(),
        required,
        patience: service.healthcheck.as_ref().and_then(patience),
    }
}

fn why_silent(project: &Project, node: &ServiceNode) -> String {
    let host = project.services.get(&node.service).and_then(|service| service.network_mode.as_deref()) == Some("host");
    match host {
        true => "it is on the host's network, and its image does not say on which port".to_owned(),
        false => "it publishes no TCP port".to_owned(),
    }
}

/// `start_period`, and then as many failures as make it unhealthy. The numbers that are not written are Docker's: 30 s, 30 s, 3, 0 s.
fn patience(check: &Healthcheck) -> Option<Duration> {
    if matches!(check.test, HealthTest::Disabled) {
        return None;
    }
    let often = u32::try_from(check.retries.filter(|retries| *retries > 0).unwrap_or(3)).unwrap_or(u32::MAX);
    let default = Duration::from_secs(30);
    let each = check.interval.unwrap_or(default).saturating_add(check.timeout.unwrap_or(default));
    Some(check.start_period.unwrap_or_default().saturating_add(each.saturating_mul(often)))
}

#[cfg(test)]
#[path = "graph/tests.rs"]
mod tests;
