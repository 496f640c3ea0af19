//! Asks the sources one after another for a living endpoint that is who it claims.
//!
//! Explicit is explicit: a variable that is set is taken or the search fails; a program must not end up elsewhere than where its
//! operator sent it. Any other source that is wrong or silent is noted, and the next one is asked.

use crate::{
    Endpoint, Found, NotFound, PassedOver, Reason, Source, Sources, Wanted,
    check::{self, Alive, Unfit},
    compose::Published,
    local::{self, LocalEntry},
    srv,
};
use bootproof_core::Secret;
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    time::Duration,
};
use tokio::time::{Instant, timeout_at};

/// The most endpoints of one source that are tried.
const MOST: usize = 8;

/// The most that one source may take to answer.
const ONE_SOURCE: Duration = Duration::from_secs(2);

/// Where one source says that the service is.
struct Candidate {
    endpoint: Endpoint,
    instance: Option<String>,
    url: Option<Secret>,
    /// What shows already who it is.
    identity: Option<String>,
}

impl Candidate {
    fn at(endpoint: Endpoint) -> Self {
        Self { endpoint, instance: None, url: None, identity: None }
    }
}

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
    for source in [Source::Local, Source::Etcd].into_iter().chain(dns_source(wanted)).chain(compose_source(wanted)) {
        if let Some(found) = search.source(source).await {
            return Ok(found);
        }
    }
    if wanted.default.is_some() {
        if let Some(found) = search.source(Source::Default).await {
            return Ok(found);
        }
    }
    let another = search.passed_over.iter().any(|passed| passed.another);
    Err(search.failed(if another { Reason::Another } else { Reason::Nowhere }))
}

fn dns_source(wanted: &Wanted) -> Option<Source> {
    let name = wanted.dns.clone()?;
    Some(if name.starts_with('_') { Source::Srv(name) } else { Source::Address(name) })
}

fn compose_source(wanted: &Wanted) -> Option<Source> {
    wanted.compose.clone().map(|(service, target)| Source::Compose { service, target })
}

struct Search<'a, 'b> {
    wanted: &'a Wanted,
    sources: &'a Sources<'b>,
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

    /// What one source says, best first; an error says why it is not taken.
    async fn candidates(&mut self, source: &Source) -> Result<Vec<Candidate>, String> {
        match source {
            Source::Local => self.local().await,
            Source::Etcd => self.etcd().await,
            Source::Srv(name) => self.srv(name).await,
            Source::Address(name) => {
                let endpoint = Endpoint::parse(name).map_err(|error| format!("`{name}` cannot be used: {error}"))?;
                Ok(vec![Candidate::at(self.schemed(endpoint))])
            }
            Source::Compose { service, target } => self.compose(service, *target),
            Source::Default => self.default(),
            Source::Variable(_) => Ok(vec![]),
        }
    }

    async fn local(&mut self) -> Result<Vec<Candidate>, String> {
        let look_up = self.sources.local.ok_or("there is none here")?;
        let name = &self.wanted.name;
        let entries = look_up(name).map_err(|why| format!("it cannot be read: {why}"))?;
        let entries = self.of_one_port(entries, |entry: &LocalEntry| &entry.port)?;
        let mut candidates = vec![];
        for entry in entries.into_iter().take(MOST) {
            let kept = entry.clone();
            let owned = tokio::task::spawn_blocking(move || local::owned(&kept)).await;
            match owned.unwrap_or_else(|error| Err(format!("its owner cannot be looked at: {error}"))) {
                Ok(saw) => {
                    let endpoint = Endpoint::new(reached(entry.address.ip()).to_string(), entry.address.port());
                    let endpoint = self.schemed(endpoint.with_scheme(entry.scheme.as_deref()));
                    let (instance, identity) = (Some(entry.instance), Some(saw));
                    candidates.push(Candidate { endpoint, instance, url: None, identity });
                }
                Err(why) => self.pass(Source::Local, format!("instance `{}`: {why}", entry.instance), false),
            }
        }
        Ok(candidates)
    }

    async fn etcd(&mut self) -> Result<Vec<Candidate>, String> {
        let etcd = self.sources.etcd.ok_or("none is configured")?;
        let name = &self.wanted.name;
        let listing = etcd.list(Some(name)).await.map_err(|error| error.to_string())?;
        for strange in listing.strange {
            self.pass(Source::Etcd, strange.to_string(), false);
        }
        let mut entries = self.of_one_port(listing.entries, |entry| &entry.port)?;
        let seed = self.sources.seed;
        entries.sort_by_cached_key(|entry| seed.derive(&entry.instance, 0));
        let candidate = |entry: crate::Entry| Candidate {
            endpoint: self.schemed(entry.endpoint()),
            instance: Some(entry.instance),
            url: None,
            identity: None,
        };
        Ok(entries.into_iter().map(candidate).collect())
    }

    /// The entries of the wanted port, or of the only one; which one is meant among several is not guessed.
    fn of_one_port<T>(&self, mut entries: Vec<T>, port: impl Fn(&T) -> &String) -> Result<Vec<T>, String> {
        let name = &self.wanted.name;
        let mut ports: Vec<String> = entries.iter().map(|entry| port(entry).clone()).collect();
        ports.sort();
        ports.dedup();
        if let Some(wanted) = &self.wanted.port {
            entries.retain(|entry| port(entry) == wanted);
            if entries.is_empty() && !ports.is_empty() {
                return Err(format!("`{name}` has no port `{wanted}` there, only `{}`", ports.join("`, `")));
            }
        } else if ports.len() > 1 {
            return Err(format!("`{name}` has several ports there (`{}`), say which", ports.join("`, `")));
        }
        if entries.is_empty() { Err(format!("it knows no `{name}`")) } else { Ok(entries) }
    }

    async fn srv(&self, name: &str) -> Result<Vec<Candidate>, String> {
        let servers = self.sources.dns.servers(name).await.map_err(|error| error.to_string())?;
        let ordered = srv::order(servers, self.sources.seed);
        let candidate = |server: srv::SrvServer| Candidate::at(self.schemed(Endpoint::new(server.target, server.port)));
        Ok(ordered.into_iter().map(candidate).collect())
    }

    fn compose(&self, service: &str, target: u16) -> Result<Vec<Candidate>, String> {
        let look_up = self.sources.compose.ok_or("there is no Compose file")?;
        let ports = look_up(service, target)?;
        if ports.is_empty() {
            return Err("it publishes no such port".into());
        }
        let candidate = |port: Published| {
            let instance = Some(port.place.clone());
            let endpoint = self.schemed(Endpoint::new(port.host().to_string(), port.port));
            Candidate { instance, ..Candidate::at(endpoint) }
        };
        Ok(ports.into_iter().map(candidate).collect())
    }

    fn default(&self) -> Result<Vec<Candidate>, String> {
        let template = self.wanted.default.as_deref().unwrap_or_default();
        let text =
            self.sources.vars.expand(template).map_err(|names| format!("`{}` has no value", names.join("`, `")))?;
        let endpoint = Endpoint::parse(text.reveal()).map_err(|error| format!("it cannot be used: {error}"))?;
        Ok(vec![Candidate { url: Some(text), ..Candidate::at(self.schemed(endpoint)) }])
    }

    fn schemed(&self, endpoint: Endpoint) -> Endpoint {
        match (&endpoint.scheme, &self.wanted.scheme) {
            (None, Some(scheme)) => endpoint.with_scheme(Some(scheme)),
            _ => endpoint,
        }
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

    fn pass(&mut self, source: Source, why: String, another: bool) {
        self.passed_over.push(PassedOver { source, why, another });
    }

    fn failed(&mut self, reason: Reason) -> NotFound {
        NotFound { name: self.wanted.name.clone(), reason, passed_over: std::mem::take(&mut self.passed_over) }
    }
}

fn named(candidate: &Candidate, why: String) -> String {
    candidate.instance.as_ref().map_or(why.clone(), |instance| format!("instance `{instance}`: {why}"))
}

/// Where a listener at `ip` is reached from the same machine.
fn reached(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    }
}
