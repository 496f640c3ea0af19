//! The container behind a port: the one its process runs in, or for which a proxy of the engine listens.

use super::{Owner, docker::Docker, docker::Listed};
use crate::place::Place;
use std::{fmt, fs};

/// Programs that listen on the machine for a container, by their names as the kernel keeps them (15 characters).
const PROXIES: [&str; 8] = [
    "docker-proxy",
    "dockerd",
    "rootlesskit",
    "rootlessport",
    "slirp4netns",
    "com.docker.back",
    "com.docker.vpnk",
    "vpnkit-bridge",
];
/// Digits of a container's id, and as many of them as people are shown.
const ID: usize = 64;
const SHORT: usize = 12;

/// A container.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Container {
    /// The first 12 digits of its id.
    pub id: String,
    /// Its name, when the `docker` client answers.
    pub name: Option<String>,
    /// Its Compose project.
    pub project: Option<String>,
    /// Its service within that project.
    pub service: Option<String>,
}

impl fmt::Display for Container {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "container `{}`", self.name.as_ref().unwrap_or(&self.id))?;
        match (&self.service, &self.project) {
            (Some(service), Some(project)) => write!(f, " (service `{service}` of the Compose project `{project}`)"),
            (None, Some(project)) => write!(f, " (of the Compose project `{project}`)"),
            _ => Ok(()),
        }
    }
}

/// The container that a process runs in, by its id alone.
pub(super) fn of_process(pid: u32) -> Option<Container> {
    let id = id_in(&fs::read_to_string(format!("/proc/{pid}/cgroup")).ok()?)?;
    Some(Container { id, name: None, project: None, service: None })
}

/// The id in the text of `/proc/PID/cgroup`: 64 hexadecimal digits, as Docker, Podman, containerd and Kubernetes write it
/// (`/docker/ID`, `docker-ID.scope`, `libpod-ID.scope`, `cri-containerd-ID.scope`).
fn id_in(cgroup: &str) -> Option<String> {
    let hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    let id = cgroup.split(|c| !hex(c)).find(|run| run.len() == ID)?;
    Some(id[..SHORT].to_owned())
}

/// Names the containers behind `owners`, which have `places`. The client is asked once, and only when there may be one.
pub(super) fn name(places: &[Place], owners: &mut [Owner], docker: &Docker) {
    if !owners.iter().any(may_be_a_container) {
        return;
    }
    let Some(listed) = docker.containers() else { return };
    for (place, owner) in places.iter().zip(owners) {
        let publisher = listed.iter().find(|listed| listed.publishes(place)).map(Listed::container);
        match owner {
            Owner::Hidden { container, .. } => *container = publisher.map(Box::new),
            Owner::Process { command, about, .. } => match &about.container {
                Some(known) => {
                    let same = |listed: &&Listed| listed.id.starts_with(&known.id);
                    about.container = listed.iter().find(same).map(Listed::container).or(about.container.take());
                }
                None if is_proxy(command) => about.container = publisher,
                None => {}
            },
            Owner::Remembered | Owner::Unknown => {}
        }
    }
}

fn may_be_a_container(owner: &Owner) -> bool {
    match owner {
        Owner::Hidden { .. } => true,
        Owner::Process { command, about, .. } => about.container.is_some() || is_proxy(command),
        Owner::Remembered | Owner::Unknown => false,
    }
}

fn is_proxy(command: &str) -> bool {
    PROXIES.contains(&command)
}

/// The first digits of `id`, as people are shown.
pub(super) fn short(id: &str) -> String {
    id.chars().take(SHORT).collect()
}

#[cfg(test)]
#[path = "container_tests.rs"]
mod tests;
