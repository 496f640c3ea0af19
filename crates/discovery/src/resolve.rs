//! Asks the sources one after another for a living endpoint that is who it claims.
//!
//! Explicit is explicit: a variable that is set is taken or the search fails; a program must not end up elsewhere than where its
//! operator sent it. Any other source that is wrong or silent is noted, and the next one is asked.

use crate::{
    Endpoint, Found, NotFound, PassedOver, Reason, Source, Sources, Wanted,
    candidates::Candidate,
    check::{self, Alive, Unfit},
};
use bootproof_core::Secret;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// The most endpoints of one source that are tried.
pub(crate) const MOST: usize = 8;

/// The most that one source may take to answer.
const ONE_SOURCE: Duration = Duration::from_secs(2);

/// Finds `wanted`: explicit variable, local registry, etcd, DNS, Compose, declared default.
///
/// # Errors
/// When nobody fit was found within [`Sources::limit`]; it tells what each source said.
pub async fn resolve(wanted: &Wanted, sources: &Sources<'_>) -> Result<Found, NotFound> {
    let until = Instant::now() + sources.limit;
    let mut search = Search { wanted, sources, until, passed_over: vec![] };
    if let Some(why) = wanted.problem() {
        return Err(search.failed(Reason::Declared(why)));
    }
    if let Some(end) = search.explicit().await {
        return end;
    }
    for source in declared(wanted) {
        if let Some(found) = search.source(source).await {
            return Ok(found);
        }
    }
    let another = search.passed_over.iter().any(|passed| passed.another);
    Err(search.failed(if another { Reason::Another } else { Reason::Nowhere }))
}

/// The sources after the explicit one, in the order of asking. The registries are always asked: they go by the name.
fn declared(wanted: &Wanted) -> Vec<Source> {
    let mut sources = vec![Source::Local, Source::Etcd];
    sources.extend(wanted.dns.clone().map(|name| match name.starts_with('_') {
        true => Source::Srv(name),
        false => Source::Address(name),
    }));
    sources.extend(wanted.compose.clone().map(|(service, target)| Source::Compose { service, target }));
    sources.extend(wanted.default.is_some().then_some(Source::Default));
    sources
}

/// A search under way.
pub(crate) struct Search<'a, 'b> {
    pub(crate) wanted: &'a Wanted,
    pub(crate) sources: &'a Sources<'b>,
    until: Instant,
    passed_over: Vec<PassedOver>,
}

impl Search<'_, '_> {
    fn left(&self) -> Duration {
        self.until.saturating_duration_since(Instant::now())
    }

    /// The end of the search, when a variable says where the service is.
    async fn explicit(&mut self) -> Option<Result<Found, NotFound>> {
        let variable = self.wanted.variable.clone()?;
        let source = Source::Variable(variable.clone());
        let text = self.sources.vars.text(&variable).filter(|text| !text.trim().is_empty());
        let Some(text) = text else {
            self.pass(source, "it is not set".into(), false);
            return None;
        };
        let failed = |search: &mut Self, why, unusable| {
            Some(Err(search.failed(Reason::Explicit { variable: variable.clone(), why, unusable })))
        };
        let endpoint = match Endpoint::parse(text) {
            Ok(endpoint) => endpoint,
            Err(error) => return failed(self, format!("its value cannot be used: {error}"), true),
        };
        let candidate = Candidate { url: Some(Secret::new(text)), ..Candidate::at(self.schemed(endpoint)) };
        match self.ask(&candidate).await {
            Ok(alive) => Some(Ok(self.found(source, candidate, alive))),
            Err(Unfit::Dead(why)) => failed(self, why, false),
            Err(Unfit::Another(why)) => {
                self.pass(source, why, true);
                Some(Err(self.failed(Reason::Another)))
            }
        }
    }

    /// The first fit endpoint of one source.
    async fn source(&mut self, source: Source) -> Option<Found> {
        let until = self.until.min(Instant::now() + ONE_SOURCE);
        let candidates = match timeout_at(until, self.candidates(&source)).await {
            Ok(Ok(candidates)) => candidates,
            Ok(Err(why)) => {
                self.pass(source, why, false);
                return None;
            }
            Err(_) if self.left().is_zero() => {
                self.pass(source, "no time was left to ask it".into(), false);
                return None;
            }
            Err(_) => {
                self.pass(source, format!("it did not answer in {ONE_SOURCE:?}"), false);
                return None;
            }
        };
        for candidate in candidates.into_iter().take(MOST) {
            match self.ask(&candidate).await {
                Ok(alive) => return Some(self.found(source, candidate, alive)),
                Err(Unfit::Dead(why)) => self.pass(source.clone(), named(&candidate, why), false),
                Err(Unfit::Another(why)) => self.pass(source.clone(), named(&candidate, why), true),
            }
        }
        None
    }

    async fn ask(&self, candidate: &Candidate) -> Result<Alive, Unfit> {
        if self.left().is_zero() {
            return Err(Unfit::Dead("no time was left to ask it".into()));
        }
        check::ask(self.wanted, self.sources, &candidate.endpoint, candidate.url.as_ref(), self.left()).await
    }

    fn found(&mut self, source: Source, candidate: Candidate, alive: Alive) -> Found {
        let identity = match (alive.identity, candidate.identity) {
            (Some(one), Some(other)) => Some(format!("{one}; {other}")),
            (one, other) => one.or(other),
        };
        Found {
            name: self.wanted.name.clone(),
            endpoint: candidate.endpoint,
            address: alive.address,
            url: candidate.url,
            source,
            instance: candidate.instance,
            alive: alive.saw,
            identity,
            passed_over: std::mem::take(&mut self.passed_over),
        }
    }

    pub(crate) fn pass(&mut self, source: Source, why: String, another: bool) {
        self.passed_over.push(PassedOver { source, why, another });
    }

    fn failed(&mut self, reason: Reason) -> NotFound {
        NotFound { name: self.wanted.name.clone(), reason, passed_over: std::mem::take(&mut self.passed_over) }
    }
}

fn named(candidate: &Candidate, why: String) -> String {
    candidate.instance.as_ref().map_or(why.clone(), |instance| format!("instance `{instance}`: {why}"))
}
