//! An HTTP server: it answers a GET with an accepted status.

use crate::{
    answer::Answer,
    diagnose, exchange,
    service::{card, expand, with_effect},
    speaks::Speaks,
    status,
    target::Target,
};
use bootproof_core::{Card, Criticality, Cx, Diagnosis, Identity, Phase, Service};
use hyper::{Method, header};
use std::ops::RangeInclusive;

/// An HTTP server that must answer a GET. A login in the URL is sent as `Authorization: Basic`. Redirects are not followed.
pub struct HttpService {
    card: Card,
    url: String,
    accepted: RangeInclusive<u16>,
    trusted: Vec<Vec<u8>>,
}

impl HttpService {
    /// Service `http.<name>`. `url` is a template for an `http` or `https` URL. Statuses 200 to 299 are accepted.
    pub fn new(name: &str, url: impl Into<String>, criticality: Criticality) -> Self {
        let card = card("http", name, "http", "HTTP", criticality);
        Self { card, url: url.into(), accepted: 200..=299, trusted: vec![] }
    }

    /// Accepts these statuses instead.
    pub fn accepting(mut self, statuses: RangeInclusive<u16>) -> Self {
        self.accepted = statuses;
        self
    }

    /// Trusts this authority too, a certificate in DER, besides those that Mozilla trusts.
    pub fn trusting(mut self, authority: impl Into<Vec<u8>>) -> Self {
        self.trusted.push(authority.into());
        self
    }

    async fn ask(&self, cx: &Cx) -> Result<Identity, Diagnosis> {
        let target = Target::parse(&self.url, &expand(cx, &self.url)?)?;
        let mut question = exchange::question(&target, Method::GET, &target.path(), "")?;
        if let Some(login) = target.basic() {
            question.headers_mut().insert(header::AUTHORIZATION, login);
        }
        let answer = exchange::ask(cx, &target, &self.trusted, question).await?;
        self.judge(&target, &answer)
    }

    fn judge(&self, target: &Target, answer: &Answer) -> Result<Identity, Diagnosis> {
        if let Some(speaks) = Speaks::confessed(&answer.body) {
            return Err(diagnose::another_protocol(&target.address, speaks.name(), "HTTP", "it says so itself"));
        }
        if !self.accepted.contains(&answer.status) {
            return Err(status::unaccepted(target, answer));
        }
        let by = answer.server().map(|server| format!(" by {server}")).unwrap_or_default();
        Ok(Identity(format!("{} answers HTTP {}{by}", target.shown(), answer.status)))
    }
}

impl Service for HttpService {
    fn card(&self) -> &Card {
        &self.card
    }

    fn probe<'a>(&'a self, cx: &'a Cx) -> Phase<'a, Identity> {
        Box::pin(async move { self.ask(cx).await.map_err(|diagnosis| with_effect(&self.card, diagnosis)) })
    }
}
