//! What the ledger knows that helps one port to its number.

use super::{Habit, Life, Memory, Realm, Service};
use crate::{
    PortSpec, Protocol,
    overlap::{Overlap, worst},
};

/// What the ledger knows that helps one port to its number; nothing, when there is no ledger.
#[derive(Debug, Default)]
pub(crate) struct Advice<'a>(Option<Known<'a>>);

#[derive(Debug)]
struct Known<'a> {
    memory: &'a Memory,
    habit: Habit,
    protocol: Protocol,
    here: &'static Realm,
    now: u64,
}

/// In which order numbers of a range are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rank {
    /// Nothing is known of it.
    Untouched,
    /// Another port would come back to it.
    Anothers,
    /// Somebody is said to have it.
    Taken,
}

impl Rank {
    /// The best first.
    pub(crate) const ALL: [Self; 3] = [Self::Untouched, Self::Anothers, Self::Taken];
}

impl<'a> Advice<'a> {
    /// For a port of `service`.
    pub(crate) fn new(memory: &'a Memory, spec: &PortSpec, service: &Service) -> Self {
        let known = |here| Known {
            memory,
            habit: Habit::of(spec, service),
            protocol: spec.protocol,
            here,
            now: super::milliseconds(),
        };
        Self(Realm::here().ok().map(known))
    }

    /// The number it had last.
    pub(crate) fn last(&self) -> Option<u16> {
        self.0.as_ref().and_then(|known| known.memory.last(&known.habit, known.now))
    }

    pub(crate) fn rank(&self, number: u16) -> Rank {
        match &self.0 {
            Some(known) if known.memory.is_taken(number, known.protocol, known.here) => Rank::Taken,
            Some(known) if known.memory.is_anothers(number, &known.habit, known.now) => Rank::Anothers,
            _ => Rank::Untouched,
        }
    }

    /// Who hands `number` over at this moment, so that nobody else may take it: service and pid. A claim from another container
    /// does not count: nobody here could tell when it is over.
    pub(crate) fn claimed(&self, spec: &PortSpec, number: u16) -> Option<String> {
        let known = self.0.as_ref()?;
        let mut claims = known.memory.claims(number, known.protocol, known.here).peekable();
        // Nearly always.
        claims.peek()?;
        let ours = spec.host.addresses(number);
        let in_the_way = |other| worst(&ours, other) == Overlap::Certain;
        let claim = claims.find(|claim| {
            claim.addresses.iter().any(|other| in_the_way(*other)) && claim.owner.life() == Life::Alive
        })?;
        Some(format!("`{}` of `{}` (pid {})", claim.port, claim.service, claim.owner.pid))
    }
}
