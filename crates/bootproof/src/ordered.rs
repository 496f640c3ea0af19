//! A service under another card: other needs, another id, another criticality. What it asks stays the same.

use bootproof_core::{Card, Cx, Identity, Phase, Service};
use std::sync::Arc;

/// A service that goes by another card.
pub(crate) struct Ordered {
    card: Card,
    service: Arc<dyn Service>,
}

impl Ordered {
    /// `service`, which waits for `needs`, too, and is skipped when one of them does not succeed.
    pub(crate) fn needing(service: Arc<dyn Service>, needs: impl IntoIterator<Item = String>) -> Arc<dyn Service> {
        let card = needs.into_iter().fold(service.card().clone(), Card::needs);
        Self::under(card, service)
    }

    /// `service` under `card`.
    pub(crate) fn under(card: Card, service: Arc<dyn Service>) -> Arc<dyn Service> {
        Arc::new(Self { card, service })
    }
}

impl Service for Ordered {
    fn card(&self) -> &Card {
        &self.card
    }

    fn probe<'a>(&'a self, cx: &'a Cx) -> Phase<'a, Identity> {
        self.service.probe(cx)
    }
}
