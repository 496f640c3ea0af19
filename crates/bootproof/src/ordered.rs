//! A node under another card: other needs, another id, another criticality. What it does stays the same.

use bootproof_core::{Card, Change, Cx, Finding, Fix, Identity, Need, Permit, Phase, Proof, Service};
use std::sync::Arc;

/// A service or a fix that goes by another card.
pub(crate) struct Ordered<T: ?Sized> {
    card: Card,
    inner: Arc<T>,
}

impl<T: ?Sized> Ordered<T> {
    /// `inner` under `card`.
    pub(crate) fn under(card: Card, inner: Arc<T>) -> Self {
        Self { card, inner }
    }

    /// `inner` under `card`, which waits for `needs`, too.
    pub(crate) fn needing(mut card: Card, needs: Vec<Need>, inner: Arc<T>) -> Self {
        card.needs.extend(needs);
        Self::under(card, inner)
    }
}

impl Service for Ordered<dyn Service> {
    fn card(&self) -> &Card {
        &self.card
    }

    fn probe<'a>(&'a self, cx: &'a Cx) -> Phase<'a, Identity> {
        self.inner.probe(cx)
    }
}

impl Fix for Ordered<dyn Fix> {
    fn card(&self) -> &Card {
        &self.card
    }

    fn inspect<'a>(&'a self, cx: &'a Cx) -> Phase<'a, Finding> {
        self.inner.inspect(cx)
    }

    fn apply<'a>(&'a self, cx: &'a Cx, by: Permit, seen: &'a Finding) -> Phase<'a, Change> {
        self.inner.apply(cx, by, seen)
    }

    fn prove<'a>(&'a self, cx: &'a Cx, done: &'a Change) -> Phase<'a, Proof> {
        self.inner.prove(cx, done)
    }

    fn undo<'a>(&'a self, cx: &'a Cx, done: &'a Change) -> Phase<'a, ()> {
        self.inner.undo(cx, done)
    }
}
