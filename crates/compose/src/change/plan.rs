//! What a fix would do: ports that move, variables that are told, and what it leaves. Looks, and changes nothing.

use super::{
    base::Base,
    choose::{Taken, choose},
    own::{Moved, Own},
    rewire::{Unclear, Wire, rewire},
};
use crate::{
    Place, Port, Project,
    conflict::{Around, Finding, Level, Seat, check, claims},
};
use std::{collections::BTreeMap, ops::RangeInclusive};

/// A published port that is moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// Which.
    pub seat: Seat,
    /// Where it is written.
    pub place: Place,
    /// As it is written.
    pub from: Port,
    /// Where it goes.
    pub to: Port,
    /// Why; `None` when an earlier fix moved it and nothing is in the way any more.
    pub why: Option<Finding>,
}

/// What a fix would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Ports that are moved, in the order of the files.
    pub moves: Vec<Move>,
    /// Variables that are told.
    pub wires: Vec<Wire>,
    /// Variables that somebody has to look at.
    pub unclear: Vec<Unclear>,
    /// Conflicts that a fix does not cure.
    pub left: Vec<Finding>,
    /// What else was found: warnings and notes.
    pub advice: Vec<Finding>,
}

/// What a fix of `base` would do. `range` is where ports may go; without it, near to where they are.
///
/// A port that an earlier fix moved stays where that put it, also when its own port is free again: it moves back with `undo` only.
/// Otherwise it would hop whenever somebody else stops.
pub fn plan(base: &Base, around: &Around<'_>, range: Option<&RangeInclusive<u16>>) -> Plan {
    let project = &base.project;
    let (conflicts, advice): (Vec<_>, Vec<_>) =
        check(project, around).into_iter().partition(|one| one.level == Level::Conflict);
    let mut wanted: BTreeMap<Seat, Option<Finding>> = BTreeMap::new();
    let mut left = vec![];
    for finding in conflicts {
        match &finding.moving {
            Some(seat) => drop(wanted.insert(seat.clone(), Some(finding))),
            None => left.push(finding),
        }
    }
    let earlier = earlier(project, base.own());
    for seat in earlier.keys() {
        wanted.entry(seat.clone()).or_insert(None);
    }
    let moves = moves(project, wanted, &earlier, around, range, &mut left);
    let (wires, unclear) = rewire(base, &moves);
    Plan { moves, wires, unclear, left, advice }
}

/// Where an earlier fix moved ports that are still as they were then.
fn earlier(project: &Project, own: Option<&Own>) -> BTreeMap<Seat, Port> {
    let all = own.map(|own| own.moved.as_slice()).unwrap_or_default();
    let same = |moved: &&Moved, claim: &crate::conflict::Claim<'_>| {
        moved.service == claim.service.name && moved.from == *claim.port()
    };
    let claims = claims(project);
    let seat = |claim: &crate::conflict::Claim<'_>| {
        Some((claim.seat(), all.iter().find(|moved| same(moved, claim))?.to.clone()))
    };
    claims.iter().filter_map(seat).collect()
}

fn moves(
    project: &Project,
    mut wanted: BTreeMap<Seat, Option<Finding>>,
    earlier: &BTreeMap<Seat, Port>,
    around: &Around<'_>,
    range: Option<&RangeInclusive<u16>>,
    left: &mut Vec<Finding>,
) -> Vec<Move> {
    let mut taken = Taken::of(project, around);
    let mut moves: Vec<Move> = vec![];
    // Those with a place from before first: nobody new may get it.
    let mut order = claims(project);
    order.sort_by_key(|claim| !earlier.contains_key(&claim.seat()));
    for claim in order {
        let Some(why) = wanted.remove(&claim.seat()) else { continue };
        let port = claim.port();
        let again = earlier.get(&claim.seat()).filter(|to| stays(project, port, to, &taken, around));
        let to = match again {
            Some(to) => Some(to.clone()),
            None => choose(port, &taken, around, range).map(|range| Port { published: Some(range), ..port.clone() }),
        };
        match (to, why) {
            (Some(to), why) => {
                taken.add(&to);
                moves.push(Move { seat: claim.seat(), place: claim.place().clone(), from: port.clone(), to, why });
            }
            (None, Some(why)) => left.push(no_room(why)),
            (None, None) => {}
        }
    }
    let rank: BTreeMap<Seat, usize> = claims(project).iter().enumerate().map(|(n, claim)| (claim.seat(), n)).collect();
    moves.sort_by_key(|one| rank.get(&one.seat).copied());
    moves
}

/// Whether the place from before is still good: nobody but perhaps this very project has it.
fn stays(project: &Project, from: &Port, to: &Port, taken: &Taken, around: &Around<'_>) -> bool {
    let fits = to.target == from.target && to.protocol == from.protocol && to.host_ip == from.host_ip;
    fits && !taken.meets(to) && super::choose::only_we_have(project, to, around)
}

fn no_room(why: Finding) -> Finding {
    let action = "there is no free port to move it to: free one, or give another `--range`";
    Finding { code: "COMPOSE-030", action: action.to_owned(), moving: None, ..why }
}
