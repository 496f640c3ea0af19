//! Says what is in the way of each port without touching it: reads the table of sockets instead of binding.
//!
//! What the table cannot tell (a socket that is bound and does not listen; on some systems, whether a listener on `::` takes
//! IPv4 too) is left to `apply`, where binding is the check. Only a system without such a table is asked by binding for a moment.

use crate::{
    Held, KernelView, PortError, PortSpec, Protocol,
    ledger::{Advice, Memory, Service},
    listen::{Refusal, Refused, is_here, listen_all},
    overlap::Overlap,
    owner::owners_of,
    place::Place,
    rights,
    search::{Hit, Search},
    table::{self, Row},
    wanted::Wanted,
};
use std::net::{IpAddr, SocketAddr};

/// What is in the way of one port.
#[derive(Debug)]
struct Outlook {
    port: u16,
    here: Vec<IpAddr>,
    absent: Vec<IpAddr>,
    /// Whether a listener on `::` may be in the way of IPv4.
    unsure: bool,
}

/// One fact for each of `ports`, those that are held already among them. What the ledger `said`, in the name of a service, is heeded as
/// when binding: a number that is claimed is not free. Blocks for some milliseconds.
///
/// # Errors
/// All ports that cannot be had.
pub(crate) fn inspect(
    ports: Vec<(Wanted, bool)>,
    said: Option<&(Memory, Service)>,
) -> Result<Vec<String>, Vec<PortError>> {
    let rows = table::listeners(None).ok();
    let take = |spec: &PortSpec, port| look(rows.as_deref(), spec, port);
    let (mut facts, mut errors) = (vec![], vec![]);
    for (wanted, ours) in ports {
        if ours {
            facts.push(format!("`{}` is held by this start", wanted.spec.name));
            continue;
        }
        let advice = said.map(|(memory, service)| Advice::new(memory, &wanted.spec, service)).unwrap_or_default();
        let mut search = Search::begin_with(wanted, &advice, &take);
        search.move_on_with(&advice, &take);
        let owners = owners_of(&search.questions());
        match search.end(&owners) {
            Ok(hit) => facts.push(fact(&hit)),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() { Ok(facts) } else { Err(errors) }
}

/// Whether `held`, if anything, is what `wanted` asks for.
pub(crate) fn is_ours(wanted: &Wanted, held: Option<&Held>) -> bool {
    held.is_some_and(|held| held.is_for(wanted))
}

fn look(rows: Option<&[Row]>, spec: &PortSpec, port: u16) -> Result<Outlook, Refused> {
    let (here, absent): (Vec<_>, Vec<_>) = spec.host.ips().into_iter().partition(|ip| is_here(*ip));
    let refuse = |ip, why| Err(Refused { at: SocketAddr::new(ip, port), why });
    match (here.first(), absent.first()) {
        (None, Some(ip)) => return refuse(*ip, Refusal::NotHere),
        (_, Some(ip)) if !spec.host.may_lack_a_family() => return refuse(*ip, Refusal::NotHere),
        (Some(ip), _) if rights::are_missing_for(port) => return refuse(*ip, Refusal::Privileged),
        _ => {}
    }
    let Some(rows) = rows else {
        return listen_all(spec, port).map(|_| Outlook { port, here, absent, unsure: false });
    };
    let addresses = here.iter().map(|ip| SocketAddr::new(*ip, port)).collect();
    let place = Place { protocol: spec.protocol, addresses };
    match rows.iter().map(|row| (row.worst(&place), row.local)).min_by_key(|(overlap, _)| *overlap) {
        Some((Overlap::Certain, at)) => refuse(at.ip(), Refusal::Busy),
        worst => Ok(Outlook { port, here, absent, unsure: matches!(worst, Some((Overlap::Possible, _))) }),
    }
}

fn fact(hit: &Hit<Outlook>) -> String {
    let Hit { wanted, thing: seen, moved } = hit;
    let name = &wanted.spec.name;
    let mut fact = match (moved, wanted.spec.may_move_within()) {
        (Some(moved), Some(range)) => {
            let (first, last) = (range.start(), range.end());
            format!("`{name}`: port {} is held by {}; it can move within {first}-{last}", moved.from, moved.owner)
        }
        _ if seen.port == 0 => format!("`{name}`: any free port"),
        _ => {
            let at: Vec<_> = seen.here.iter().map(|ip| SocketAddr::new(*ip, seen.port).to_string()).collect();
            match wanted.spec.protocol {
                Protocol::Tcp => format!("`{name}`: nobody listens at {}", at.join(" or ")),
                Protocol::Udp => format!("`{name}`: nobody has {} for UDP", at.join(" or ")),
            }
        }
    };
    if seen.unsure {
        fact += "; somebody listens on `::`, and only binding tells whether that takes IPv4 too";
    }
    for note in KernelView::of(seen.port).notes(seen.port) {
        fact += &format!("; {note}");
    }
    for ip in &seen.absent {
        fact += &format!("; this machine has no `{ip}`");
    }
    fact
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_that_does_not_tell_who_listens_is_asked_by_binding_and_the_port_is_free_afterwards() {
        let port = bootproof_testkit::free_port();
        let spec = PortSpec::new("api", port);
        let busy = std::net::TcpListener::bind(("::1", port)).unwrap();
        assert!(matches!(look(None, &spec, port), Err(Refused { why: Refusal::Busy, .. })));
        drop(busy);
        assert_eq!(look(None, &spec, port).unwrap().port, port);
        std::net::TcpListener::bind(("::1", port)).unwrap();
    }
}
