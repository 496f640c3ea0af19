//! Telling those who use a moved port: variables of services that name it as a port of this machine.
//!
//! A name between containers (`http://db:5432`) goes past the published port and stays. Where it is unclear what is meant, nothing
//! is changed, and the place is listed. Values are never shown: only the host and the port in them are.

use super::{
    base::Base,
    meant::{Asked, Shift, by_itself, meant},
    plan::Move,
    refer::{Mention, mentions, references},
    written,
};
use crate::{EnvEntry, Place, Project, Protocol, conflict::claims};
use bootproof_core::{Secret, mask_url};
use indexmap::IndexSet;
use std::{collections::BTreeSet, ops::Range};

/// A variable of a service that is told a new port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wire {
    /// The service.
    pub service: String,
    /// The variable.
    pub name: String,
    /// Where it is written.
    pub place: Place,
    /// What of it changes, as it is and as it will be: `localhost:8080`.
    pub shown: [String; 2],
    /// The value that it comes to.
    pub value: Secret,
    /// The text that is written, with the references that it had.
    pub(super) text: Secret,
}

/// A variable that names a port which was moved, and may mean something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unclear {
    /// The service.
    pub service: String,
    /// The variable.
    pub name: String,
    /// Where it is written.
    pub place: Place,
    /// Why it is not changed.
    pub why: String,
}

/// All variables of the project that are told of `moves`, and those that somebody has to look at.
pub(super) fn rewire(base: &Base, moves: &[Move]) -> (Vec<Wire>, Vec<Unclear>) {
    let project = &base.project;
    let shifts = shifts(project, moves);
    let (mut wires, mut unclear) = (vec![], vec![]);
    for service in project.services.values() {
        for (name, entry) in &service.environment {
            match told(Asked { base, service, name }, entry, &shifts) {
                Some(Ok(wire)) => wires.push(wire),
                Some(Err(why)) => {
                    let (service, name) = (service.name.clone(), name.clone());
                    unclear.push(Unclear { service, name, place: entry.place.clone(), why });
                }
                None => {}
            }
        }
    }
    (wires, unclear)
}

fn shifts<'a>(project: &'a Project, moves: &'a [Move]) -> Vec<Shift<'a>> {
    let claims = claims(project);
    let stays = |from: u16, of: &Move| {
        let moved = |seat: &crate::conflict::Seat| moves.iter().any(|one| one.seat == *seat);
        let keeps = |claim: &&crate::conflict::Claim<'_>| {
            claim.service.enabled
                && claim.ports.contains(&from)
                && claim.port().protocol == Protocol::Tcp
                && claim.service.name != of.seat.service
                && !moved(&claim.seat())
        };
        claims.iter().find(keeps).map(|claim| claim.service.name.as_str())
    };
    let tcp = moves.iter().filter(|one| one.from.protocol == Protocol::Tcp);
    let reached = tcp.filter(|one| one.from.host_ip.is_none_or(|ip| ip.is_unspecified() || ip.is_loopback()));
    reached
        .flat_map(|one| {
            let pairs =
                one.from.published.clone().into_iter().flatten().zip(one.to.published.clone().into_iter().flatten());
            pairs.map(move |(from, to)| (one, from, to))
        })
        .map(|(one, from, to)| Shift { service: &one.seat.service, from, to, keeper: stays(from, one) })
        .collect()
}

/// A mention of a port, and where that port is now.
type Found<'s> = (Mention, &'s Shift<'s>);

fn told(asked: Asked<'_>, entry: &EnvEntry, shifts: &[Shift<'_>]) -> Option<Result<Wire, String>> {
    let value = entry.value.as_ref()?.reveal();
    match all_in(asked, value, shifts) {
        Err(why) => Some(Err(why)),
        Ok(found) if !found.is_empty() => Some(in_text(asked, entry, &found)),
        Ok(_) => {
            let alone = by_itself(asked, value, shifts)?;
            Some(alone.map(|(host, shift)| {
                let text = Secret::new(shift.to.to_string());
                wire(asked, entry, &[(host.as_str(), shift)], text.clone(), text)
            }))
        }
    }
}

/// All mentions in `value` of ports that were moved, in their order. One that is unclear makes all of it so.
fn all_in<'s>(asked: Asked<'_>, value: &str, shifts: &'s [Shift<'s>]) -> Result<Vec<Found<'s>>, String> {
    let mut found = vec![];
    for port in shifts.iter().map(|shift| shift.from).collect::<BTreeSet<_>>() {
        for mention in mentions(value, port) {
            if let Some(shift) = meant(asked, mention.side, port, shifts) {
                found.push((mention, shift?));
            }
        }
    }
    found.sort_by_key(|(mention, _)| mention.at.start);
    Ok(found)
}

fn in_text(asked: Asked<'_>, entry: &EnvEntry, found: &[Found<'_>]) -> Result<Wire, String> {
    let value = entry.value.as_ref().map_or("", Secret::reveal);
    let new = replaced(value, found.iter().map(|(mention, shift)| (&mention.at, shift.to)));
    let in_compose_file =
        asked.base.project.files.iter().any(|file| **file == *entry.place.file) || is_yaml(&entry.place);
    let written = if in_compose_file { written::variable(&entry.place, asked.name) } else { None };
    // Where the port comes out of a reference, another text around it changes nothing: `${URL:-http://localhost:8080}`.
    let does_it = |text: &Secret| asked.base.values.fill(text.reveal()).as_ref() == Some(&new);
    let text = match written.and_then(|raw| kept(raw.reveal(), found)).filter(does_it) {
        Some(text) => text,
        None if !entry.references.is_empty() => {
            let names: Vec<_> = entry.references.iter().map(|name| format!("`{name}`")).collect();
            return Err(format!("its port may come from {}: change it there", names.join(", ")));
        }
        None if !in_compose_file && may_be_secret(asked.name, value) => {
            return Err(
                "it may hold a secret and stands in an env file, from where it is not copied: change the port there"
                    .to_owned(),
            );
        }
        None => Secret::new(new.reveal().replace('$', "$$")),
    };
    let hosts: Vec<_> = found.iter().map(|(mention, shift)| (mention.host.as_str(), *shift)).collect();
    Ok(wire(asked, entry, &hosts, new, text))
}

fn is_yaml(place: &Place) -> bool {
    place.file.extension().is_some_and(|end| end == "yaml" || end == "yml")
}

fn wire(asked: Asked<'_>, entry: &EnvEntry, hosts: &[(&str, &Shift<'_>)], value: Secret, text: Secret) -> Wire {
    let shown = |port: fn(&Shift<'_>) -> u16| {
        let all: IndexSet<_> = hosts.iter().map(|(host, shift)| format!("{host}:{}", port(shift))).collect();
        all.into_iter().collect::<Vec<_>>().join(", ")
    };
    let shown = [shown(|shift| shift.from), shown(|shift| shift.to)];
    let (service, name) = (asked.service.name.clone(), asked.name.to_owned());
    Wire { service, name, place: entry.place.clone(), shown, value, text }
}

/// The text as it is written, with the new ports in it, when each mention in the value can be told in it: as a port, or else as a reference
/// that stands for one.
fn kept(raw: &str, found: &[Found<'_>]) -> Option<Secret> {
    let ports: BTreeSet<u16> = found.iter().map(|(_, shift)| shift.from).collect();
    let plain = ports.iter().flat_map(|port| mentions(raw, *port).into_iter().map(|one| (one.at, Some(*port))));
    let mut spots: Vec<_> = plain.collect();
    spots.sort_by_key(|(at, _)| at.start);
    if !spots.iter().map(|(_, port)| *port).eq(found.iter().map(|(_, shift)| Some(shift.from))) {
        spots.extend(references(raw).into_iter().map(|one| (one.at, None)));
        spots.sort_by_key(|(at, _)| at.start);
    }
    let apart = spots.windows(2).all(|two| two[0].0.end <= two[1].0.start);
    let fits = |(spot, one): (&(Range<usize>, Option<u16>), &Found<'_>)| spot.1.is_none_or(|port| port == one.1.from);
    (apart && spots.len() == found.len() && spots.iter().zip(found).all(fits))
        .then(|| replaced(raw, spots.iter().zip(found).map(|((at, _), (_, shift))| (at, shift.to))))
}

/// `text` with ports in these places, which are in order and apart.
fn replaced<'r>(text: &str, spots: impl Iterator<Item = (&'r Range<usize>, u16)>) -> Secret {
    let spots: Vec<_> = spots.map(|(at, port)| (at, port.to_string())).collect();
    let (mut pieces, mut from) = (vec![], 0);
    for (at, port) in &spots {
        pieces.extend([&text[from..at.start], port.as_str()]);
        from = at.end;
    }
    pieces.push(&text[from..]);
    Secret::concat(pieces)
}

/// Whether a value must not be copied into another file: it has a password in it, or its name says so.
fn may_be_secret(name: &str, value: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let words = ["PASS", "SECRET", "TOKEN", "KEY", "CREDENTIAL", "DSN"];
    words.iter().any(|word| name.contains(word)) || mask_url(value) != value
}
