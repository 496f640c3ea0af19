//! The variables that references are filled in from: those of the process, then those of env files.

use super::template::{Lookup, fill};
use bootproof_core::{Secret, Vars};
use std::collections::BTreeMap;

/// Variables by name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Values(BTreeMap<String, Secret>);

impl Values {
    pub fn of(vars: &Vars) -> Self {
        Self(vars.iter().map(|(name, value)| (name.to_owned(), value.text.clone())).collect())
    }

    /// Sets `name` unless it is set already.
    pub fn add(&mut self, name: &str, value: &Secret) {
        if !self.0.contains_key(name) {
            self.0.insert(name.to_owned(), value.clone());
        }
    }

    /// Sets or replaces `name`.
    pub fn set(&mut self, name: &str, value: Secret) {
        self.0.insert(name.to_owned(), value);
    }

    /// The value of `name`, unless there is none or it is blank.
    pub fn filled(&self, name: &str) -> Option<&str> {
        self.value(name).filter(|value| !value.is_empty())
    }

    /// `text` with its references filled in; `None` when they are none that Compose reads.
    pub fn fill(&self, text: &str) -> Option<Secret> {
        fill(text, self).ok().map(|filled| filled.text)
    }

    /// The value of `name`, to be kept.
    pub fn secret(&self, name: &str) -> Option<&Secret> {
        self.0.get(name)
    }
}

impl Lookup for Values {
    fn value(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(Secret::reveal)
    }
}
