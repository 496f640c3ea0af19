//! Finding a service by its name outside of a run: what `bootproof ports find` and `bootproof wait` need.
//!
//! Read [`Startup::finder`] first.

use crate::{
    Refused, Startup,
    discover::{Places, search, wanted},
    file::DiscoverSection,
};
use bootproof_core::Diagnosis;
use bootproof_discovery::{Found, Wanted};
use bootproof_probe::Within;
use std::{sync::Arc, time::Duration};

/// Finds services by their names, as a start would. It changes nothing, and each search is a new one.
pub struct Finder {
    declared: Vec<DiscoverSection>,
    places: Places,
    within: Within,
}

impl Startup {
    /// What finds services by their names. The variables are resolved here, once.
    ///
    /// # Errors
    /// An environment that cannot be chosen.
    pub fn finder(&self) -> Result<Finder, Refused> {
        let environment = self.choose()?.name;
        let (variables, file) = self.describe(environment);
        let places = Places::of(&file, &variables.process);
        let vars = Arc::new(variables.resolve().vars);
        Ok(Finder { declared: file.discover.clone(), places, within: Within::new(environment, vars) })
    }
}

impl Finder {
    /// Finds `name` as its `[discover.NAME]` says. A name that is not declared, such as `users` or `users/api` for one of its
    /// ports, is looked for in the registry of this machine, and in etcd where `[discovery]` names one. Takes `limit`, and 5 s at
    /// most.
    ///
    /// # Errors
    /// Nobody was found who lives and is the one that is wanted (`DISC-001` to `DISC-003`), or it is declared in a way that cannot
    /// work (`DISC-008`).
    pub async fn find(&self, name: &str, limit: Duration) -> Result<Found, Diagnosis> {
        let wanted = match self.declared.iter().find(|section| section.name == name) {
            Some(section) => wanted(section),
            None => undeclared(name),
        };
        search(&self.within.cx(limit), &wanted, &self.places).await
    }
}

fn undeclared(name: &str) -> Wanted {
    match name.split_once('/') {
        Some((service, port)) => Wanted { port: Some(port.to_owned()), ..Wanted::named(service) },
        None => Wanted::named(name),
    }
}
