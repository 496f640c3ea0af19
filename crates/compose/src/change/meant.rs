//! Whether a variable that names a port of this machine or of loopback means one that was moved.

use super::{
    base::Base,
    inside,
    refer::{Side, side},
};
use crate::Service;

/// One port that is somewhere else now.
pub(super) struct Shift<'a> {
    pub service: &'a str,
    pub from: u16,
    pub to: u16,
    /// Another service that still publishes the old port.
    pub keeper: Option<&'a str>,
}

/// A variable, and the service that it is of.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub base: &'a Base,
    pub service: &'a Service,
    pub name: &'a str,
}

/// Which of `shifts` is meant by `from` at a host of this `side`. `None`: none of them; an error says why that is unclear.
pub(super) fn meant<'s>(
    asked: Asked<'_>,
    side: Side,
    from: u16,
    shifts: &'s [Shift<'s>],
) -> Option<Result<&'s Shift<'s>, String>> {
    let all: Vec<_> = shifts.iter().filter(|shift| shift.from == from).collect();
    let hinted: Vec<_> = all.iter().copied().filter(|shift| hints_at(asked.name, shift.service)).collect();
    let of = if hinted.is_empty() { all } else { hinted };
    let first = *of.first()?;
    if let Some(other) = of.iter().find(|other| other.to != first.to) {
        let [(a, to_a), (b, to_b)] = [first, other].map(|shift| (shift.service, shift.to));
        return Some(Err(format!("{from} of `{a}` goes to {to_a}, and {from} of `{b}` to {to_b}")));
    }
    Some(decide(asked, side, first)?.map(|()| first))
}

fn decide(asked: Asked<'_>, side: Side, shift: &Shift<'_>) -> Option<Result<(), String>> {
    let Asked { base: Base { project, .. }, service, name } = asked;
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

/// A variable that is only a port: its host stands in another one beside it. `Ok` is that host, and what is meant.
pub(super) fn by_itself<'s>(
    asked: Asked<'_>,
    value: &str,
    shifts: &'s [Shift<'s>],
) -> Option<Result<(String, &'s Shift<'s>), String>> {
    let port = shifts.iter().map(|shift| shift.from).find(|from| value == from.to_string())?;
    let prefix = asked.name.strip_suffix("PORT")?;
    let hosts = ["HOST", "HOSTNAME", "ADDR", "ADDRESS", "SERVER"].map(|end| format!("{prefix}{end}"));
    match hosts.iter().find_map(|host| asked.service.environment.get(host)?.value.as_ref()) {
        Some(host) => {
            let meant = meant(asked, side(host.reveal())?, port, shifts)?;
            Some(meant.map(|shift| (host.reveal().to_owned(), shift)))
        }
        // `PORT` by itself, or a port of the container: what the program listens on.
        None if prefix.is_empty() || inside::listens(&asked.base.project, asked.service, port) => None,
        None => Some(Err(format!("it is {port}, and no variable beside it says of which host"))),
    }
}
