//! Ports that can be published and still make trouble: those that need a right, and those that the kernel hands out.

use super::{
    Around,
    claim::Claim,
    finding::{Finding, Level},
};

/// What is said of the claims that are on.
pub(super) fn find(claims: &[Claim<'_>], around: &Around<'_>) -> Vec<Finding> {
    let on = || claims.iter().filter(|claim| claim.service.enabled);
    let low =
        on().filter(|claim| *claim.ports.start() < around.limits.first_free).map(|claim| privileged(claim, around));
    let high = on()
        .filter(|claim| claim.ports.clone().any(|port| around.limits.is_ephemeral(port)))
        .map(|claim| ephemeral(claim, around));
    low.chain(high).collect()
}

fn privileged(claim: &Claim<'_>, around: &Around<'_>) -> Finding {
    let what = format!(
        "`{}` publishes {}: an engine that runs without root cannot, as ports below {} need a right",
        claim.service.name,
        claim.shown(),
        around.limits.first_free
    );
    Finding::new(Level::Note, "COMPOSE-027", claim.place(), what)
        .action("nothing, when the engine runs as root; else publish a higher port, or lower `net.ipv4.ip_unprivileged_port_start`")
}

fn ephemeral(claim: &Claim<'_>, around: &Around<'_>) -> Finding {
    let range = &around.limits.ephemeral;
    let what = format!(
        "`{}` publishes {}, which the kernel gives to any outgoing connection ({}-{}): now and then it is taken",
        claim.service.name,
        claim.shown(),
        range.start(),
        range.end()
    );
    let action = "publish a port outside of that range, or reserve it (`net.ipv4.ip_local_reserved_ports`)";
    Finding::new(Level::Warning, "COMPOSE-028", claim.place(), what).action(action)
}
