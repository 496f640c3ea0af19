//! A Redis server, asked by the room that speaks its protocol.

use crate::service::{ANSWER, CONNECT, card, expand, limit, with_effect};
use bootproof_core::{Card, Criticality, Cx, Diagnosis, Identity, Phase, Service, mask_url};
use std::time::Duration;

/// What the room may take beyond its limit, to tell a server without TLS from a silent one.
const BEYOND: Duration = Duration::from_millis(200);

/// A Redis server that must let us in and answer.
pub struct RedisService {
    card: Card,
    url: String,
}

impl RedisService {
    /// Service `redis.<name>`. `url` is a template for a Redis URL.
    pub fn new(name: &str, url: impl Into<String>, criticality: Criticality) -> Self {
        Self { card: card("redis", name, "redis", "Redis", criticality), url: url.into() }
    }

    async fn ask(&self, cx: &Cx) -> Result<Identity, Diagnosis> {
        let url = expand(cx, &self.url)?;
        let look = cx.look(format!("logged in to `{}` and sent PING", mask_url(url.reveal())));
        let limit = limit(cx, CONNECT + ANSWER + BEYOND).saturating_sub(BEYOND);
        let identity = bootproof_redis::ping(&url, limit).await?;
        look.saw(identity.as_str());
        Ok(Identity(identity))
    }
}

impl Service for RedisService {
    fn card(&self) -> &Card {
        &self.card
    }

    fn probe<'a>(&'a self, cx: &'a Cx) -> Phase<'a, Identity> {
        Box::pin(async move { self.ask(cx).await.map_err(|diagnosis| with_effect(&self.card, diagnosis)) })
    }
}
