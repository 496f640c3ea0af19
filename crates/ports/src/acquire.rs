//! Binds all wanted ports in one go, with the ledger where there is one: looking for claims, binding and publishing are one turn.

use crate::{
    Held, Owner, PortError, PortSpec,
    bound::Blanks,
    ledger::{Advice, Entry, LedgerError, ProcessId, Published, Service, Turn},
    listen::{Listeners, Refusal, Refused, listen_all, listen_all_with},
    place::Place,
    search::Search,
    wanted::Wanted,
};
use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

/// How often any free port is asked for anew when the number is claimed. Claims last for moments, so one is met hardly ever.
const UNCLAIMED_TRIES: u32 = 16;

/// A port that was bound, or could not be.
pub(crate) struct Acquired {
    search: Search<Listeners>,
    entry: Option<Result<Published, Arc<LedgerError>>>,
}

/// Binds `wanted`: first all at their own number, then those that have to move, so that no port moves onto another one's number.
pub(crate) fn acquire(wanted: Vec<Wanted>) -> Vec<Acquired> {
    let mut searches: Vec<_> = wanted.into_iter().map(|wanted| Search::begin(wanted, &listen_all)).collect();
    searches.iter_mut().for_each(|search| search.move_on(&listen_all));
    searches.into_iter().map(|search| Acquired { search, entry: None }).collect()
}

/// [`acquire`] in a turn at the ledger, with sockets that may be there already: publishes the ports in the name of `service` when all of them were found.
pub(crate) fn acquire_in(
    turn: &mut Turn<'_>,
    wanted: Vec<Wanted>,
    service: &Service,
    blanks: &Blanks,
) -> Vec<Acquired> {
    let searches = search_in(turn, wanted, service, blanks);
    let entries: Option<Vec<Entry>> = match ProcessId::ours() {
        Ok(owner) => searches.iter().map(|search| entry(search, service, &owner)).collect(),
        Err(source) => return lost(searches, LedgerError::NoProcess { pid: std::process::id(), source }),
    };
    // Those that are dropped right away need not be published.
    let Some(entries) = entries else {
        return searches.into_iter().map(|search| Acquired { search, entry: None }).collect();
    };
    match turn.publish(entries) {
        Ok(published) => {
            let pairs = searches.into_iter().zip(published);
            pairs.map(|(search, entry)| Acquired { search, entry: Some(Ok(entry)) }).collect()
        }
        Err(error) => lost(searches, error),
    }
}

/// [`acquire`] when the ledger does not serve.
pub(crate) fn acquire_without(error: LedgerError, wanted: Vec<Wanted>) -> Vec<Acquired> {
    lost(acquire(wanted).into_iter().map(|bound| bound.search).collect(), error)
}

fn lost(searches: Vec<Search<Listeners>>, error: LedgerError) -> Vec<Acquired> {
    let error = Arc::new(error);
    searches.into_iter().map(|search| Acquired { search, entry: Some(Err(Arc::clone(&error))) }).collect()
}

fn search_in(turn: &Turn<'_>, wanted: Vec<Wanted>, service: &Service, blanks: &Blanks) -> Vec<Search<Listeners>> {
    let listen = |spec: &PortSpec, port| listen_all_with(spec, port, blanks);
    let with_advice = |wanted: Wanted| {
        let advice = Advice::new(turn.memory(), &wanted.spec, service);
        (Search::begin_with(wanted, &advice, &listen), advice)
    };
    let mut searches: Vec<_> = wanted.into_iter().map(with_advice).collect();
    for (search, advice) in &mut searches {
        search.move_on_with(advice, &|spec, port| unclaimed(advice, spec, port, blanks));
    }
    searches.into_iter().map(|(search, _)| search).collect()
}

/// Listens at `port`. A number that the system chooses may be one that is claimed: then it is asked for another.
fn unclaimed(advice: &Advice<'_>, spec: &PortSpec, port: u16, blanks: &Blanks) -> Result<Listeners, Refused> {
    for _ in 0..UNCLAIMED_TRIES {
        let listeners = listen_all_with(spec, port, blanks)?;
        if port != 0 || advice.claimed(spec, listeners.port).is_none() {
            return Ok(listeners);
        }
    }
    Err(Refused { at: SocketAddr::new(spec.host.ips()[0], port), why: Refusal::Busy })
}

fn entry(search: &Search<Listeners>, service: &Service, owner: &ProcessId) -> Option<Entry> {
    let (found, wanted) = (search.found()?, search.wanted());
    let is_here = |ip: &IpAddr| !found.absent.contains(ip);
    let ips = wanted.spec.host.ips().into_iter().filter(is_here);
    let addresses = ips.map(|ip| SocketAddr::new(ip, found.port)).collect();
    Some(Entry::new(&wanted.spec, wanted.port, addresses, service, owner.clone()))
}

impl Acquired {
    /// The places whose owners [`Acquired::end`] wants to know.
    pub(crate) fn questions(&self) -> Vec<Place> {
        self.search.questions()
    }

    /// Ends it with the `owners` asked for.
    pub(crate) fn end(self, owners: &[Owner]) -> Result<Held, PortError> {
        let mut held = Held::new(self.search.end(owners)?);
        held.entry = self.entry;
        Ok(held)
    }
}

#[cfg(test)]
#[path = "acquire_tests.rs"]
mod tests;
