//! What each source says: the endpoints that may be the service, best first, still to be asked themselves.

use crate::{
    Endpoint, Entry, Source,
    compose::Published,
    local::{self, LocalEntry},
    resolve::{MOST, Search},
    srv,
};
use bootproof_core::Secret;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where one source says that the service is.
pub(crate) struct Candidate {
    pub(crate) endpoint: Endpoint,
    pub(crate) instance: Option<String>,
    pub(crate) url: Option<Secret>,
    /// What shows already who it is.
    pub(crate) identity: Option<String>,
}

impl Candidate {
    pub(crate) fn at(endpoint: Endpoint) -> Self {
        Self { endpoint, instance: None, url: None, identity: None }
    }
}

impl Search<'_, '_> {
    /// What one source says, best first; an error says why it is not taken.
    pub(crate) async fn candidates(&mut self, source: &Source) -> Result<Vec<Candidate>, String> {
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
                    let of = entry.project.map(|folder| format!(", of the project in `{folder}`"));
                    let saw = format!("{saw}{}", of.unwrap_or_default());
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
        let candidate = |entry: Entry| Candidate {
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

    pub(crate) fn schemed(&self, endpoint: Endpoint) -> Endpoint {
        match (&endpoint.scheme, &self.wanted.scheme) {
            (None, Some(scheme)) => endpoint.with_scheme(Some(scheme)),
            _ => endpoint,
        }
    }
}

/// Where a listener at `ip` is reached from the same machine.
fn reached(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    }
}
