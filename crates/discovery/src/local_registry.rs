//! The registry of this machine: the ledger of ports, read once for a search.

use crate::LocalEntry;
use bootproof_core::Environment;
use bootproof_ports::{
    Protocol,
    ledger::{Entry, Ledger},
};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

/// What the ledger of this user says. [`LocalRegistry::find`] is what [`crate::Sources::local`] wants.
#[derive(Debug, Clone)]
pub struct LocalRegistry {
    entries: Vec<Entry>,
    environment: Environment,
    project: Option<PathBuf>,
}

impl LocalRegistry {
    /// Reads `ledger`. Only entries of `environment` will be found, those of `project` (its folder) first.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub async fn read(ledger: &Ledger, environment: Environment, project: Option<&Path>) -> Result<Self, String> {
        let ledger = ledger.clone();
        let read = tokio::task::spawn_blocking(move || ledger.entries()).await.map_err(|error| error.to_string())?;
        let entries = read.map_err(|error| error.to_string())?;
        Ok(Self { entries, environment, project: project.map(Path::to_owned) })
    }

    /// The entries of the service `name`: those of our own project; when it has none, those of the one other project that has
    /// some.
    ///
    /// # Errors
    /// When several other projects have a service of that name: which one is meant is not guessed.
    pub fn find(&self, name: &str) -> Result<Vec<LocalEntry>, String> {
        let ours = self.project.as_ref().map(|project| project.display().to_string());
        let known: Vec<&Entry> = self.entries.iter().filter(|entry| self.fits(entry, name)).collect();
        let own: Vec<&Entry> = known.iter().copied().filter(|entry| ours.is_some() && entry.project == ours).collect();
        if !own.is_empty() {
            return Ok(own.into_iter().filter_map(|entry| local(entry, None)).collect());
        }
        let projects: BTreeSet<&str> =
            known.iter().map(|entry| entry.project.as_deref().unwrap_or("no folder")).collect();
        if projects.len() > 1 {
            let projects: Vec<_> = projects.into_iter().collect();
            return Err(format!("`{name}` runs in several projects (`{}`), and none is ours", projects.join("`, `")));
        }
        let of = |entry: &Entry| entry.project.clone().filter(|_| ours.is_some());
        Ok(known.into_iter().filter_map(|entry| local(entry, of(entry))).collect())
    }

    fn fits(&self, entry: &Entry, name: &str) -> bool {
        let environment = entry.environment.as_deref();
        entry.service == name
            && entry.protocol == Protocol::Tcp
            && environment.is_none_or(|environment| environment == self.environment.as_str())
    }
}

fn local(entry: &Entry, project: Option<String>) -> Option<LocalEntry> {
    Some(LocalEntry {
        port: entry.port.clone(),
        address: entry.reach()?,
        scheme: entry.scheme.clone(),
        instance: entry.instance.to_string(),
        owner: entry.lives_by().clone(),
        project,
    })
}

#[cfg(test)]
#[path = "local_registry_tests.rs"]
mod tests;
