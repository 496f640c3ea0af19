//! The order of services: each after those that it waits for. A ring is refused, and printed whole.

use super::Ring;
use crate::{Place, Service};
use std::collections::BTreeMap;

/// How far a service is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Open,
    Done,
}

/// `all`, in order. Services without an order between them stay as they are given.
pub(super) fn order<'a>(all: &[&'a Service]) -> Result<Vec<&'a Service>, Ring> {
    let by_name: BTreeMap<&str, &'a Service> = all.iter().map(|service| (service.name.as_str(), *service)).collect();
    let (mut marks, mut done) = (BTreeMap::new(), vec![]);
    for service in all {
        visit(service, &by_name, &mut marks, &mut done)?;
    }
    Ok(done)
}

/// Without recursion: a project may have a long chain of services.
fn visit<'a>(
    first: &'a Service,
    by_name: &BTreeMap<&str, &'a Service>,
    marks: &mut BTreeMap<&'a str, Mark>,
    done: &mut Vec<&'a Service>,
) -> Result<(), Ring> {
    let mut way: Vec<(&'a Service, usize)> = vec![];
    if marks.get(first.name.as_str()).is_none() {
        marks.insert(&first.name, Mark::Open);
        way.push((first, 0));
    }
    while let Some((service, next)) = way.last_mut() {
        let service = *service;
        let Some(need) = service.depends_on.get(*next) else {
            marks.insert(&service.name, Mark::Done);
            done.push(service);
            way.pop();
            continue;
        };
        *next += 1;
        let Some(needed) = by_name.get(need.service.as_str()).copied() else { continue };
        match marks.get(needed.name.as_str()) {
            Some(Mark::Done) => {}
            Some(Mark::Open) => return Err(ring(&way, needed)),
            None => {
                marks.insert(&needed.name, Mark::Open);
                way.push((needed, 0));
            }
        }
    }
    Ok(())
}

/// The part of `way` from `first` on; each step waits for what its counter stands behind.
fn ring(way: &[(&Service, usize)], first: &Service) -> Ring {
    let place = |service: &Service, next: usize| {
        service.depends_on.get(next - 1).map_or_else(|| service.place.clone(), |need| -> Place { need.place.clone() })
    };
    let from = way.iter().skip_while(|(service, _)| service.name != first.name);
    Ring { steps: from.map(|(service, next)| (service.name.clone(), place(service, *next))).collect() }
}
