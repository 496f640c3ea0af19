//! Telling those who use a moved port: variables of services that name it as a port of this machine.
//!
//! A name between containers (`http://db:5432`) goes past the published port and stays. Where it is unclear what is meant, nothing
//! is changed, and the place is listed. Values are never shown: only the host and the port in them are.

use super::{
    inside,
    plan::Move,
    refer::{Mention, Side, mentions, references, side},
    written,
};
use crate::{EnvEntry, Place, Project, Protocol, Service, conflict::claims};
use bootproof_core::{Secret, mask_url};

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

/// One port that is somewhere else now.
struct Shift<'a> {
    service: &'a str,
    from: u16,
    to: u16,
    /// Another service that still publishes the old port.
    keeper: Option<&'a str>,
}

/// All variables of `project` that are told of `moves`, and those that somebody has to look at.
pub(super) fn rewire(project: &Project, moves: &[Move]) -> (Vec<Wire>, Vec<Unclear>) {
    let shifts = shifts(project, moves);
    let (mut wires, mut unclear) = (vec![], vec![]);
    for service in project.services.values() {
        for (name, entry) in &service.environment {
            match told(project, service, name, entry, &shifts) {
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

fn told(
    project: &Project,
    service: &Service,
    name: &str,
    entry: &EnvEntry,
    shifts: &[Shift<'_>],
) -> Option<Result<Wire, String>> {
    let value = entry.value.as_ref()?.reveal();
    for shift in shifts {
        let found = mentions(value, shift.from);
        if let Some(first) = found.first() {
            return Some(
                decide(project, service, name, first.side, shift)?
                    .and_then(|()| in_text(project, service, name, entry, &found, shift)),
            );
        }
        if let Some(decided) = by_itself(project, service, name, value, shift) {
            return Some(decided.and_then(|host| alone(service, name, entry, &host, shift)));
        }
    }
    None
}

/// Whether the mention means the moved port. `None`: it does not.
fn decide(
    project: &Project,
    service: &Service,
    name: &str,
    side: Side,
    shift: &Shift<'_>,
) -> Option<Result<(), String>> {
    let is_inside = side == Side::Loopback && !inside::on_host(project, service);
    if is_inside && inside::listens(project, service, shift.from) {
        return Some(Err(format!("inside of the container, {} is a port of its own", shift.from)));
    }
    let hinted = hints_at(name, shift.service);
    match shift.keeper.map(|keeper| (keeper, hints_at(name, keeper))) {
        Some((_, true)) if !hinted => None,
        Some((keeper, is_hinted)) if is_hinted == hinted => {
            Some(Err(format!("`{keeper}` still publishes {}, and `{}` did", shift.from, shift.service)))
        }
        // One that publishes nothing has no browser as its user, and its image may listen there.
        None if is_inside && service.ports.is_empty() && !hinted => {
            Some(Err("inside of the container, loopback is the container itself".to_owned()))
        }
        _ => Some(Ok(())),
    }
}

/// Whether the name of a variable has that of a service in it: `API_URL` and `api`.
fn hints_at(name: &str, service: &str) -> bool {
    let plain = |text: &str| -> String {
        let text = text.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' });
        format!("_{}_", text.collect::<String>())
    };
    plain(name).contains(&plain(service))
}

/// A variable that is only a port: its host stands in another one beside it. `Ok` is that host.
fn by_itself(
    project: &Project,
    service: &Service,
    name: &str,
    value: &str,
    shift: &Shift<'_>,
) -> Option<Result<String, String>> {
    let prefix = name.strip_suffix("PORT").filter(|_| value == shift.from.to_string())?;
    let hosts = ["HOST", "HOSTNAME", "ADDR", "ADDRESS", "SERVER"].map(|end| format!("{prefix}{end}"));
    let host = hosts.iter().find_map(|host| service.environment.get(host)?.value.as_ref());
    let own = inside::listens(project, service, shift.from);
    match host {
        Some(host) => {
            let decided = decide(project, service, name, side(host.reveal())?, shift)?;
            Some(decided.map(|()| host.reveal().to_owned()))
        }
        // `PORT` by itself, or a port of the container: what the program listens on.
        None if own || prefix.is_empty() => None,
        None => Some(Err(format!("it is {}, and no variable beside it says of which host", shift.from))),
    }
}

fn alone(service: &Service, name: &str, entry: &EnvEntry, host: &str, shift: &Shift<'_>) -> Result<Wire, String> {
    let text = Secret::new(shift.to.to_string());
    Ok(wire(service, name, entry, host, shift, text.clone(), text))
}

fn in_text(
    project: &Project,
    service: &Service,
    name: &str,
    entry: &EnvEntry,
    found: &[Mention],
    shift: &Shift<'_>,
) -> Result<Wire, String> {
    let value = entry.value.as_ref().map_or("", Secret::reveal);
    let new = replaced(value, found, shift.to);
    let in_compose_file = project.files.iter().any(|file| **file == *entry.place.file) || is_yaml(&entry.place);
    let written = if in_compose_file { written::variable(&entry.place, name) } else { None };
    let text = match written.and_then(|raw| kept(raw.reveal(), found.len(), shift)) {
        Some(text) => text,
        None if !entry.references.is_empty() => return Err("its text has references that cannot be kept".to_owned()),
        None if !in_compose_file && may_be_secret(name, value) => {
            return Err(
                "it may hold a secret and stands in an env file, from where it is not copied: change the port there"
                    .to_owned(),
            );
        }
        None => Secret::new(new.reveal().replace('$', "$$")),
    };
    Ok(wire(service, name, entry, &found[0].host, shift, new, text))
}

fn is_yaml(place: &Place) -> bool {
    place.file.extension().is_some_and(|end| end == "yaml" || end == "yml")
}

fn wire(
    service: &Service,
    name: &str,
    entry: &EnvEntry,
    host: &str,
    shift: &Shift<'_>,
    value: Secret,
    text: Secret,
) -> Wire {
    let shown = [shift.from, shift.to].map(|port| format!("{host}:{port}"));
    Wire { service: service.name.clone(), name: name.to_owned(), place: entry.place.clone(), shown, value, text }
}

/// The text as it is written, with the new port in it, when that can be told for each of the `wanted` mentions.
fn kept(raw: &str, wanted: usize, shift: &Shift<'_>) -> Option<Secret> {
    let found = mentions(raw, shift.from);
    if found.len() == wanted {
        return Some(replaced(raw, &found, shift.to));
    }
    let found = references(raw);
    (found.len() == wanted).then(|| replaced(raw, &found, shift.to))
}

fn replaced(text: &str, found: &[Mention], port: u16) -> Secret {
    let mut pieces = vec![];
    let (port, mut from) = (port.to_string(), 0);
    for mention in found {
        pieces.extend([&text[from..mention.at.start], port.as_str()]);
        from = mention.at.end;
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
