//! What the fix `ports` does with the declared Unix sockets, phase by phase.

use super::{
    HeldUnix, UnixSpec, UnixTrouble, bind::error, hold_unix, occupant::Occupant, occupant::look, prove::prove,
};
use crate::{PortError, PortSpec};
use bootproof_core::{Cx, Seen};
use std::sync::Arc;

/// One fact for each of `specs`; `held` says which of them are held already. Blocks for some milliseconds.
///
/// # Errors
/// All that cannot be had.
pub(crate) fn inspect(specs: Vec<(UnixSpec, bool)>) -> Result<Vec<String>, Vec<PortError>> {
    let (mut facts, mut errors) = (vec![], vec![]);
    for (spec, ours) in specs {
        let (name, path) = (&spec.name, spec.path.display());
        if ours {
            facts.push(format!("`{name}` is held by this start"));
            continue;
        }
        match look(&spec) {
            Ok(Occupant::Nothing) => facts.push(format!("`{name}`: nothing is at `{path}`")),
            Ok(Occupant::Dead(_)) => {
                facts
                    .push(format!("`{name}`: nobody listens on the socket file `{path}` any more; it can be replaced"));
            }
            Err(trouble) => errors.push(error(&spec, trouble)),
        }
    }
    if errors.is_empty() { Ok(facts) } else { Err(errors) }
}

/// Holds all of `specs`, or none. Blocks for some milliseconds.
///
/// # Errors
/// All that cannot be had.
pub(crate) fn hold_all(specs: &[UnixSpec]) -> Result<Vec<HeldUnix>, Vec<PortError>> {
    let (mut held, mut errors) = (vec![], vec![]);
    for spec in specs {
        match hold_unix(spec) {
            Ok(one) => held.push(one),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() { Ok(held) } else { Err(errors) }
}

/// Puts `held` on the shelf; says what was made.
pub(crate) fn shelve(cx: &Cx, held: Vec<HeldUnix>) -> Vec<String> {
    let put = |held: HeldUnix| {
        let made = summary(&held);
        cx.shelf().put(held.spec().key(), Arc::new(held));
        format!("holds {made}")
    };
    held.into_iter().map(put).collect()
}

/// Where it is, and what it replaced.
fn summary(held: &HeldUnix) -> String {
    let replaced = if held.has_replaced() { ", in the place of a file on which nobody listened any more" } else { "" };
    let given = if held.was_given() { ", which this process was given" } else { "" };
    format!("`{}` at `{}`{replaced}{given}", held.spec().name, held.path().display())
}

/// Shows that each of `specs` is ours; gives what was seen last, and where each is.
///
/// # Errors
/// The first that does not hold.
pub(crate) async fn prove_all(cx: &Cx, specs: &[UnixSpec]) -> Result<Option<(Seen, Vec<String>)>, PortError> {
    let (mut last, mut all) = (None, vec![]);
    for spec in specs {
        let held = cx.shelf().get::<HeldUnix>(&spec.key()).filter(|held| held.spec() == spec);
        let held =
            held.ok_or_else(|| PortError::NotHeld { name: spec.name.clone(), because: "nothing holds it".into() })?;
        last = Some(prove(cx, &held).await.map_err(|trouble: UnixTrouble| error(spec, trouble))?);
        all.push(summary(&held));
    }
    Ok(last.map(|seen| (seen, all)))
}

/// Whether what is on the shelf is what `spec` asks for.
fn is_ours(cx: &Cx, spec: &UnixSpec) -> bool {
    cx.shelf().get::<HeldUnix>(&spec.key()).is_some_and(|held| held.spec() == spec && held.is_in_place())
}

/// Takes all of them from the shelf again.
pub(crate) fn release(cx: &Cx, specs: &[UnixSpec]) {
    for spec in specs.iter().rev() {
        drop(cx.shelf().take::<HeldUnix>(&spec.key()));
    }
}

/// The sockets among `specs` that are not held yet.
pub(crate) fn missing(cx: &Cx, specs: &[UnixSpec]) -> Vec<UnixSpec> {
    specs.iter().filter(|spec| !is_ours(cx, spec)).cloned().collect()
}

/// All of `specs`, each with whether it is held already.
pub(crate) fn pending(cx: &Cx, specs: &[UnixSpec]) -> Vec<(UnixSpec, bool)> {
    specs.iter().map(|spec| (spec.clone(), is_ours(cx, spec))).collect()
}

/// What two looks saw, or everything that is wrong.
pub(crate) fn both(
    ports: Result<Vec<String>, Vec<PortError>>,
    sockets: Result<Vec<String>, Vec<PortError>>,
) -> Result<Vec<String>, Vec<PortError>> {
    match (ports, sockets) {
        (Ok(ports), Ok(sockets)) => Ok([ports, sockets].concat()),
        (ports, sockets) => Err([ports.err(), sockets.err()].into_iter().flatten().flatten().collect()),
    }
}

/// Refuses a name, or a path, that is declared twice.
pub(crate) fn no_name_twice(ports: &[PortSpec], sockets: &[UnixSpec]) -> Result<(), PortError> {
    let clash = |first: &str, second: &str, what: &str| {
        Err(PortError::Clash { first: first.into(), second: second.into(), what: what.into() })
    };
    for (n, socket) in sockets.iter().enumerate() {
        let earlier = &sockets[..n];
        if ports.iter().map(|port| &port.name).chain(earlier.iter().map(|s| &s.name)).any(|name| *name == socket.name) {
            return clash(&socket.name, &socket.name, "are declared under one name");
        }
        if let Some(other) = earlier.iter().find(|other| other.path == socket.path) {
            return clash(&other.name, &socket.name, "both want one path");
        }
    }
    Ok(())
}
