//! Conflicts within one project: two ports that are one, ranges with too little room, names used twice. Pure.

use super::{
    claim::{Claim, shown},
    finding::{Finding, Level},
};
use crate::{Project, Protocol};
use std::{
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

/// All conflicts among `claims`, which are those of `project` in the order of its files. Of two, the later one is to move.
pub(super) fn find(project: &Project, claims: &[Claim<'_>]) -> Vec<Finding> {
    let (on, _): (Vec<_>, Vec<_>) = claims.iter().copied().partition(|claim| claim.service.enabled);
    let mut found = vec![];
    let mut lost = BTreeSet::new();
    for protocol in [Protocol::Tcp, Protocol::Udp, Protocol::Sctp] {
        let of: Vec<_> = on.iter().copied().filter(|claim| claim.port().protocol == protocol).collect();
        for address in addresses(&of) {
            let here: Vec<_> = of.iter().copied().filter(|claim| has(claim.port().host_ip, address)).collect();
            lost.extend(without_a_port(&here).into_iter().map(|claim| claim.seat()));
        }
    }
    found.extend(on.iter().filter(|claim| lost.contains(&claim.seat())).map(|claim| conflict(claim, &on, &lost)));
    found.extend(perhaps(claims));
    found.extend(names(project));
    found
}

/// The addresses at which claims can meet: each that is named, and those that no claim names.
fn addresses(claims: &[Claim<'_>]) -> BTreeSet<IpAddr> {
    let named = claims.iter().filter_map(|claim| claim.port().host_ip);
    named.chain([Ipv4Addr::UNSPECIFIED.into(), Ipv6Addr::UNSPECIFIED.into()]).collect()
}

/// Whether a claim at `ip` takes the port at `address`, which is one of [`addresses`].
fn has(ip: Option<IpAddr>, address: IpAddr) -> bool {
    ip.is_none_or(|ip| ip == address || (ip.is_unspecified() && ip.is_ipv4() == address.is_ipv4()))
}

/// The claims that get no port, or too few, however the ports are given out.
///
/// The one whose range ends first takes the first port that is left in it: for ranges, nobody who could have one goes without.
fn without_a_port<'a>(claims: &[Claim<'a>]) -> Vec<Claim<'a>> {
    let mut order: Vec<_> = claims.iter().collect();
    order.sort_by_key(|claim| *claim.ports.end());
    let (mut taken, mut lost) = (BTreeSet::new(), vec![]);
    for claim in order {
        for _ in 0..claim.service.replicas.min(claim.room() + 1) {
            match claim.ports.clone().find(|port| !taken.contains(port)) {
                Some(port) => drop(taken.insert(port)),
                None => {
                    lost.push(*claim);
                    break;
                }
            }
        }
    }
    lost
}

fn conflict(claim: &Claim<'_>, on: &[Claim<'_>], lost: &BTreeSet<super::Seat>) -> Finding {
    let (name, port) = (&claim.service.name, claim.port());
    let replicas = claim.service.replicas;
    if replicas > claim.room() {
        let what = format!(
            "`{name}` runs {replicas} containers, and `{port}` publishes {} of them",
            if claim.is_one() { "one".to_owned() } else { claim.room().to_string() }
        );
        let action = "publish a range with a port for each container, or leave the published port out";
        return Finding::new(Level::Conflict, "COMPOSE-021", claim.place(), what).action(action);
    }
    let rivals = || on.iter().filter(|other| other.seat() != claim.seat() && other.meets(claim));
    let rival = rivals().find(|other| !lost.contains(&other.seat())).or_else(|| rivals().next());
    let what = format!("`{name}` wants to publish {}/{}, which is given away already", claim.shown(), port.protocol);
    let finding = Finding::new(Level::Conflict, "COMPOSE-020", claim.place(), what)
        .action("`bootproof compose fix` moves it, or publish it elsewhere yourself")
        .moving(claim.seat());
    match rival {
        Some(rival) => finding
            .other(format!("`{}` publishes {}", rival.service.name, shown_with_address(rival)), Some(rival.place())),
        None => finding,
    }
}

pub(super) fn shown_with_address(claim: &Claim<'_>) -> String {
    let at = claim.port().host_ip.map(|ip| format!(" at {ip}")).unwrap_or_default();
    format!("{}/{}{at}", shown(claim.ports), claim.port().protocol)
}

/// What may meet: a service of a profile that is off, and one port inside of another's range.
fn perhaps(claims: &[Claim<'_>]) -> Vec<Finding> {
    let mut found = vec![];
    for (n, claim) in claims.iter().enumerate() {
        for other in claims[..n].iter().filter(|other| other.meets(claim)) {
            let both_on = claim.service.enabled && other.service.enabled;
            let one_is_one = claim.is_one() != other.is_one();
            let what = if !both_on && claim.is_one() && other.is_one() && claim.service.name != other.service.name {
                format!("`{}` and `{}` cannot run at the same time", claim.service.name, other.service.name)
            } else if both_on && one_is_one && claim.service.name != other.service.name {
                format!(
                    "`{}` or `{}` gets port {}: whichever is started first",
                    claim.service.name,
                    other.service.name,
                    if claim.is_one() { claim.shown() } else { other.shown() }
                )
            } else {
                continue;
            };
            let who = format!("`{}` publishes {}", other.service.name, shown_with_address(other));
            let action = "publish one of them elsewhere, unless that is meant";
            let finding = Finding::new(Level::Warning, "COMPOSE-020", claim.place(), what);
            found.push(finding.other(who, Some(other.place())).action(action));
        }
    }
    found
}

/// `container_name` twice, or of a service with more than one container.
fn names(project: &Project) -> Vec<Finding> {
    let mut first: BTreeMap<&str, &crate::Service> = BTreeMap::new();
    let mut found = vec![];
    for service in project.services.values() {
        let Some(name) = service.container_name.as_deref() else { continue };
        let level = |on: bool| if on { Level::Conflict } else { Level::Warning };
        if service.replicas > 1 {
            let what = format!("`{}` runs {} containers under one name, `{name}`", service.name, service.replicas);
            let finding = Finding::new(level(service.enabled), "COMPOSE-022", &service.place, what);
            found.push(finding.action("take `container_name` out, or run one container"));
        }
        if let Some(other) = first.insert(name, service) {
            let what = format!("`{}` and `{}` both call their container `{name}`", other.name, service.name);
            let both = service.enabled && other.enabled;
            let finding = Finding::new(level(both), "COMPOSE-022", &service.place, what);
            let who = format!("`{}`", other.name);
            found.push(finding.other(who, Some(&other.place)).action("give each its own `container_name`, or none"));
        }
    }
    found
}
