//! A TCP server: somebody accepts connections there. Nothing is sent, so nothing is known about what they speak.

use crate::{
    address::Address,
    diagnose, hide, net,
    service::{card, expand, with_effect},
};
use bootproof_core::{Card, Criticality, Cx, Diagnosis, Identity, Phase, Service};

/// A TCP server that must accept connections.
pub struct TcpService {
    card: Card,
    address: String,
}

impl TcpService {
    /// Service `tcp.<name>`. `address` is a template for `host:port`, `[v6]:port` or a URL with host and port.
    pub fn new(name: &str, address: impl Into<String>, criticality: Criticality) -> Self {
        Self { card: card("tcp", name, "tcp", "TCP", criticality), address: address.into() }
    }

    async fn ask(&self, cx: &Cx) -> Result<Identity, Diagnosis> {
        let text = expand(cx, &self.address)?;
        let to =
            Address::parse(text.reveal()).map_err(|why| diagnose::unusable(&hide::template(&self.address), &why))?;
        net::connect(cx, &to).await?;
        Ok(Identity(format!("{to} accepts connections")))
    }
}

impl Service for TcpService {
    fn card(&self) -> &Card {
        &self.card
    }

    fn probe<'a>(&'a self, cx: &'a Cx) -> Phase<'a, Identity> {
        Box::pin(async move { self.ask(cx).await.map_err(|diagnosis| with_effect(&self.card, diagnosis)) })
    }
}
