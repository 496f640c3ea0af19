//! The way from a wanted number to one that can be had: the same for looking as for binding.

use crate::{
    Moved, Owner, PortError, PortSpec,
    ledger::Advice,
    listen::{Refusal, Refused},
    place::Place,
    wanted::Wanted,
};

/// Takes one port number for a declaration, or says why not.
pub(crate) type Take<'a, T> = &'a dyn Fn(&PortSpec, u16) -> Result<T, Refused>;

/// A search under way. [`Search::begin`] tries the wanted number only, so that all ports of a service get a chance at
/// theirs before any of them moves.
pub(crate) struct Search<T> {
    wanted: Wanted,
    busy: Vec<u16>,
    /// Who hands the wanted number over at this moment.
    claim: Option<String>,
    found: Option<Result<T, Refused>>,
}

/// What a search came to.
pub(crate) struct Hit<T> {
    pub(crate) wanted: Wanted,
    pub(crate) thing: T,
    pub(crate) moved: Option<Moved>,
}

impl<T> Search<T> {
    /// Tries the wanted number.
    pub(crate) fn begin(wanted: Wanted, take: Take<'_, T>) -> Self {
        Self::begin_with(wanted, &Advice::default(), take)
    }

    /// Tries the wanted number, knowing the ledger.
    pub(crate) fn begin_with(wanted: Wanted, advice: &Advice<'_>, take: Take<'_, T>) -> Self {
        let first = wanted.port;
        let mut search = Self { wanted, busy: vec![], claim: None, found: None };
        if first != 0 {
            search.claim = advice.claimed(&search.wanted.spec, first);
            search.attempt(first, advice, take);
        }
        search
    }

    /// Tries the others, in order, when the wanted number is busy.
    pub(crate) fn move_on(&mut self, take: Take<'_, T>) {
        self.move_on_with(&Advice::default(), take);
    }

    /// Tries the others, in order, when the wanted number is busy, knowing the ledger.
    pub(crate) fn move_on_with(&mut self, advice: &Advice<'_>, take: Take<'_, T>) {
        if self.found.is_some() {
            return;
        }
        let wanted = self.wanted.clone();
        for number in wanted.others(advice) {
            self.attempt(number, advice, take);
            if self.found.is_some() {
                return;
            }
        }
    }

    fn attempt(&mut self, port: u16, advice: &Advice<'_>, take: Take<'_, T>) {
        if advice.claimed(&self.wanted.spec, port).is_some() {
            self.busy.push(port);
            return;
        }
        match take(&self.wanted.spec, port) {
            Err(Refused { why: Refusal::Busy, .. }) => self.busy.push(port),
            other => self.found = Some(other),
        }
    }

    /// What was wanted.
    pub(crate) fn wanted(&self) -> &Wanted {
        &self.wanted
    }

    /// What was found.
    pub(crate) fn found(&self) -> Option<&T> {
        self.found.as_ref()?.as_ref().ok()
    }

    /// The places whose owners [`Search::end`] wants to know.
    pub(crate) fn questions(&self) -> Vec<Place> {
        self.asked().iter().map(|port| Place::of(&self.wanted.spec, *port)).collect()
    }

    fn asked(&self) -> &[u16] {
        match (&self.found, self.wanted.port) {
            (None, _) => &self.busy,
            (Some(Ok(_)), 1..) => &self.busy[..self.busy.len().min(1)],
            _ => &[],
        }
    }

    /// Ends it with the `owners` asked for; one that is not given is unknown.
    pub(crate) fn end(self, owners: &[Owner]) -> Result<Hit<T>, PortError> {
        let of = |n: usize| owners.get(n).cloned().unwrap_or(Owner::Unknown);
        let moved = self.asked().first().map(|from| Moved { from: *from, owner: of(0) });
        let name = self.wanted.spec.name.clone();
        match (self.found, self.wanted.spec.may_move_within()) {
            (Some(Ok(thing)), _) => Ok(Hit { wanted: self.wanted, thing, moved }),
            (Some(Err(refused)), _) => Err(refused.into_error(name)),
            (None, None) if let Some(by) = self.claim => Err(PortError::Claimed { name, port: self.wanted.port, by }),
            (None, None) => Err(PortError::Busy { name, port: self.wanted.port, owner: of(0) }),
            (None, Some(range)) => {
                let owners = self.busy.iter().enumerate().map(|(n, port)| (*port, of(n))).collect();
                Err(PortError::RangeFull { name, range: range.clone(), owners })
            }
        }
    }
}

impl Refused {
    /// As an error of the port `name`.
    fn into_error(self, name: String) -> PortError {
        match self.why {
            Refusal::Busy => PortError::Busy { name, port: self.at.port(), owner: Owner::Unknown },
            Refusal::Privileged => PortError::Privileged { name, port: self.at.port() },
            Refusal::NotHere => PortError::NotHere { name, ip: self.at.ip() },
            Refusal::System(source) => PortError::System { name, address: self.at, source },
        }
    }
}
