//! One whole question to a target, in its own protocol: the probes' own.

use super::{Plan, Target, diagnose::somebody_else, http, local, target::Kind};
use crate::{ClickHouseService, CommandService, Within, diagnose::unusable};
use bootproof_core::{Criticality::Required, Diagnosis, Environment, Identity, Secret, Service, Vars};
use std::{sync::Arc, time::Duration};

/// The variable under which a probe finds the URL, so that the URL itself is no template again.
const TARGET: &str = "${TARGET}";

/// Somebody to be asked.
pub(super) struct Asked {
    kind: Kind,
    shown: String,
    service: Option<Box<dyn Service>>,
    within: Within,
}

impl Asked {
    pub(super) fn new(target: &Target, plan: &Plan) -> Self {
        let vars = match &target.kind {
            Kind::Command(_) => Arc::clone(&plan.vars),
            Kind::Http(url) | Kind::Database(url) | Kind::Redis(url) | Kind::ClickHouse(url) => named(url),
            _ => Arc::default(),
        };
        Self {
            kind: target.kind.clone(),
            shown: target.shown().to_owned(),
            service: service(&target.kind),
            within: Within::new(Environment::Development, vars),
        }
    }

    /// Asks, and gives it `limit`.
    pub(super) async fn ask(&self, plan: &Plan, limit: Duration) -> Result<Identity, Diagnosis> {
        self.answer(plan, limit).await.map_err(|mut diagnosis| {
            diagnosis.what = diagnosis.what.replace(TARGET, &self.shown);
            // What a probe says of its effect is meant for a start.
            diagnosis.now(String::new())
        })
    }

    async fn answer(&self, plan: &Plan, limit: Duration) -> Result<Identity, Diagnosis> {
        let wanted = &plan.wanted;
        let text = wanted.identity.as_deref();
        match (&self.kind, &self.service) {
            (Kind::Http(url), _) => http::ask(url, &self.within, wanted, limit).await,
            (Kind::File(path), _) => local::file(path, text, limit).await,
            (Kind::Unix(path), _) => {
                let stream = local::unix(path).await?;
                match text {
                    Some(text) => local::greeting(stream, &self.shown, text, limit).await,
                    None => Ok(Identity(format!("{} accepts connections", self.shown))),
                }
            }
            (Kind::Name(name), _) => match &plan.resolver {
                Some(resolver) => self.recognise(resolver(name, limit).await?, text),
                None => Err(unusable(name, "no registry of names is asked here")),
            },
            (_, Some(service)) => self.recognise(service.probe(&self.within.cx(limit)).await?, text),
            // TCP was knocked at before.
            (_, None) => Ok(Identity(format!("{} accepts connections", self.shown))),
        }
    }

    /// Whether it is the one that is wanted. A command speaks for itself.
    fn recognise(&self, identity: Identity, text: Option<&str>) -> Result<Identity, Diagnosis> {
        match text.filter(|text| !identity.0.contains(text)) {
            Some(text) => Err(somebody_else(&self.shown, &identity, text)),
            None => Ok(identity),
        }
    }
}

fn named(url: &Secret) -> Arc<Vars> {
    Arc::new(Vars::from_pairs("target", [("TARGET", url.reveal())]))
}

fn service(kind: &Kind) -> Option<Box<dyn Service>> {
    Some(match kind {
        #[cfg(feature = "db")]
        Kind::Database(_) => Box::new(crate::DatabaseService::new("wait", TARGET, Required)),
        #[cfg(feature = "redis")]
        Kind::Redis(_) => Box::new(crate::RedisService::new("wait", TARGET, Required)),
        Kind::ClickHouse(_) => Box::new(ClickHouseService::new("wait", TARGET, Required)),
        Kind::Command(words) => Box::new(CommandService::new("wait", words.iter().map(Secret::reveal), Required)),
        _ => return None,
    })
}
