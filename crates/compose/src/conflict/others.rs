//! Conflicts with other Compose projects of this machine, with the places of both sides.

use super::{
    Around,
    claim::{Claim, claims},
    finding::{Finding, Level},
    inside::shown_with_address,
};
use crate::{Place, Project, docker::Container};

/// Another project.
#[derive(Debug, Clone)]
pub struct Other {
    /// What it says.
    pub project: Project,
    /// How it is known.
    pub standing: Standing,
}

/// How another project is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It was named: both are to run at the same time.
    Named,
    /// It has containers that run: what they publish is known from the engine.
    Runs,
    /// It has containers that are stopped.
    Stopped,
}

/// Where the files of the others publish the `port` of `container`.
pub(super) fn place_of(others: &[Other], container: &Container, port: u16) -> Option<Place> {
    let folder = container.folder.as_deref()?;
    let other = others.iter().find(|other| other.project.folder == folder)?;
    let service = other.project.services.get(container.service.as_deref()?)?;
    let published = |mapping: &&crate::PortMapping| mapping.port.published.as_ref().is_some_and(|p| p.contains(&port));
    service.ports.iter().find(published).map(|mapping| mapping.place.clone())
}

/// Ports of this project that others publish, too.
pub(super) fn find(project: &Project, ours: &[Claim<'_>], around: &Around<'_>) -> Vec<Finding> {
    let others = around.others.iter().filter(|other| other.project.folder != project.folder);
    others.flat_map(|other| with(other, ours)).collect()
}

fn with(other: &Other, ours: &[Claim<'_>]) -> Vec<Finding> {
    let theirs: Vec<_> = claims(&other.project).into_iter().filter(|claim| claim.service.enabled).collect();
    let level = match other.standing {
        Standing::Named => Level::Conflict,
        Standing::Stopped => Level::Warning,
        // The engine knows better what they publish now.
        Standing::Runs => return vec![],
    };
    let on = ours.iter().filter(|claim| claim.service.enabled);
    on.filter_map(|claim| {
        let rival = theirs.iter().find(|rival| claim.is_one() && rival.is_one() && rival.meets(claim))?;
        let (name, port) = (&claim.service.name, claim.shown());
        let what = format!("`{name}` wants to publish {port}/{}, as another project does", claim.port().protocol);
        let (service, theirs) = (&rival.service.name, &other.project.name);
        let who = format!("service `{service}` of the project `{theirs}` publishes {}", shown_with_address(rival));
        let finding = Finding::new(level, "COMPOSE-024", claim.place(), what).other(who, Some(rival.place()));
        Some(match level {
            Level::Conflict => finding.action("`bootproof compose fix` moves ours").moving(claim.seat()),
            _ => finding.action("name it with `--with` when both are to run at the same time"),
        })
    })
    .collect()
}
