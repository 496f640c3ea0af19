//! The startup fix `redis`: opens a handle for each declared Redis, and demonstrates it.

use crate::{
    Handle, RedisSpec,
    declared::{self, Declared},
    proof,
};
use bootproof_core::{Card, Change, Criticality, Cx, Diagnosis, Finding, Fix, Permit, Phase, Proof, RedisMode, Scope};
use std::sync::Arc;

/// Opens a [`Handle`] for each declared Redis, on the shelf as `redis/<name>`.
#[derive(Debug)]
pub struct RedisFix {
    card: Card,
    specs: Vec<RedisSpec>,
    scope: Scope,
}

impl RedisFix {
    /// The fix for `specs`. It waits for `environment` only: the services `redis.<name>` are asked beside it, so that a server
    /// that is away holds nothing up.
    pub fn new(specs: Vec<RedisSpec>, criticality: Criticality) -> Self {
        let card = Card::fix("redis", "Redis with a proven fallback").needs("environment").criticality(criticality);
        Self { card, specs, scope: Scope::Process }
    }

    /// What a proof on a server covers: [`Scope::Process`] unless set, for a program that uses these handles itself.
    pub fn scope(mut self, scope: Scope) -> Self {
        self.scope = scope;
        self
    }

    /// Reads what is declared, the same at every phase.
    fn declared(&self, cx: &Cx) -> Result<Vec<Declared>, Diagnosis> {
        declared::read_all(&self.specs, cx)
    }
}

impl Fix for RedisFix {
    fn card(&self) -> &Card {
        &self.card
    }

    fn inspect<'a>(&'a self, cx: &'a Cx) -> Phase<'a, Finding> {
        Box::pin(async move {
            if self.specs.is_empty() || cx.policy().redis_mode == RedisMode::Disabled {
                return Ok(Finding::NothingDeclared);
            }
            let declared = self.declared(cx)?;
            Ok(Finding::facts(declared.iter().map(Declared::fact)))
        })
    }

    fn apply<'a>(&'a self, cx: &'a Cx, _by: Permit, _seen: &'a Finding) -> Phase<'a, Change> {
        Box::pin(async move {
            let mut made = vec![];
            for (spec, declared) in self.specs.iter().zip(self.declared(cx)?) {
                if cx.shelf().get::<Handle>(&spec.key()).is_none() {
                    made.push(format!("opened {}", declared.fact()));
                    let handle = Arc::new(Handle::open(declared.settings));
                    handle.settled().await;
                    cx.shelf().put(spec.key(), handle);
                }
            }
            Ok(Change { made })
        })
    }

    fn prove<'a>(&'a self, cx: &'a Cx, _done: &'a Change) -> Phase<'a, Proof> {
        Box::pin(async move { proof::prove(cx, &self.declared(cx)?, self.scope).await })
    }

    fn undo<'a>(&'a self, cx: &'a Cx, _done: &'a Change) -> Phase<'a, ()> {
        Box::pin(async move {
            for spec in &self.specs {
                if let Some(handle) = cx.shelf().take::<Handle>(&spec.key()) {
                    handle.close().await;
                }
            }
            Ok(())
        })
    }
}
