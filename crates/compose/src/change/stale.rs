//! Whether our override still fits: it replaces whole lists of ports, so that what is added to the project's own files later is hidden by it.

use super::{
    base::{Base, ChangeError},
    own::{FILE_NAME, Found, Own},
    write::refuse,
};
use crate::{
    Place, Port, Project, Request, Service,
    conflict::{Finding, Level},
};
use std::collections::BTreeSet;

/// What is wrong with the override that is there. It is told also when Compose does not read it yet.
pub fn stale(request: &Request<'_>, base: &Base) -> Vec<Finding> {
    let place = Place::file(base.path.as_path());
    let warning = |code, what: String| Finding::new(Level::Warning, code, &place, what);
    let own = match &base.found {
        Found::Ours(own) => own,
        Found::Nothing => return vec![],
        Found::Changed => {
            let finding = warning("COMPOSE-032", format!("`{FILE_NAME}` was changed since bootproof wrote it"));
            return vec![
                finding
                    .action("keep the change in a file of your own, remove this one, and run `bootproof compose fix`"),
            ];
        }
        // It is in nobody's way unless Compose reads it here.
        Found::Others(_) if !base.is_read => return vec![],
        Found::Others(owner) => {
            let finding = warning("COMPOSE-032", format!("`{FILE_NAME}` is the override of another project: {owner}"));
            return vec![finding.action("take it out of the files of this project")];
        }
        Found::Foreign => {
            let finding = warning("COMPOSE-032", format!("`{FILE_NAME}` is not a file that bootproof wrote"));
            return vec![finding.action("give it another name, if bootproof is to write there")];
        }
    };
    let seen = base.with(request, &base.path).ok();
    let fits = |name: &&str| seen.as_ref().is_some_and(|seen| same_ports(base, own, seen, name));
    let services: BTreeSet<_> = own.moved.iter().map(|moved| moved.service.as_str()).collect();
    let unfit = services.into_iter().filter(|name| !fits(name));
    // Compose reads it, and cannot read the project with it.
    let level = if base.is_read && seen.is_none() { Level::Conflict } else { Level::Warning };
    unfit
        .map(|name| {
            let what = match base.project.services.contains_key(name) {
                true => format!(
                    "the ports of `{name}` were changed, and the override still publishes what it was written for"
                ),
                false => format!("there is no service `{name}` any more, and the override still publishes its ports"),
            };
            Finding::new(level, "COMPOSE-034", &place, what).action("run `bootproof compose fix` again")
        })
        .collect()
}

/// Whether a fix may write at its place.
///
/// # Errors
/// When somebody else's file is there, or ours was changed.
pub fn check_place(base: &Base) -> Result<(), ChangeError> {
    refuse(&base.found, &base.path)
}

fn same_ports(base: &Base, own: &Own, seen: &Project, name: &str) -> bool {
    let (Some(service), Some(seen)) = (base.project.services.get(name), seen.services.get(name)) else { return false };
    let moved = |port: &Port| {
        let to = own.moved.iter().find(|moved| moved.service == name && moved.from == *port).map(|moved| &moved.to);
        to.unwrap_or(port).clone()
    };
    let expected: Vec<_> = ports(service).map(moved).collect();
    expected == ports(seen).cloned().collect::<Vec<_>>()
}

fn ports(service: &Service) -> impl Iterator<Item = &Port> {
    service.ports.iter().map(|mapping| &mapping.port)
}
