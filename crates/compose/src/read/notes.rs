//! What goes wrong while reading, kept until everything that can be told is told.

use crate::{ComposeError, ComposeWarning};
use bootproof_core::nearest;
use std::collections::BTreeSet;

/// More errors than this are not told: a file of another kind has one per line.
const MOST_ERRORS: usize = 100;

/// Longer words, in bytes, are not compared with others: no name is that long.
const LONGEST_WORD: usize = 64;
/// For how many errors a better name is looked for: each look goes through all names.
const MOST_LOOKS: usize = 20;
/// How many bytes of env files are read in all, and what opening one more of them costs. Services that share a file
/// each read it.
const MOST_ENV: usize = 64 << 20;
const ENV_FILE: usize = 4 << 10;

/// Errors and warnings.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub errors: Vec<ComposeError>,
    pub warnings: Vec<ComposeWarning>,
    unset: BTreeSet<String>,
    env: usize,
}

impl Notes {
    pub fn error(&mut self, error: ComposeError) {
        if self.errors.len() < MOST_ERRORS {
            self.errors.push(error);
        }
    }

    /// The word of `known` that is most like `word`, unless looking for it would take long and nobody would be told.
    pub fn nearest<'a>(&self, word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
        let worth_it = word.len() <= LONGEST_WORD && self.errors.len() < MOST_LOOKS;
        if worth_it { nearest(word, known).map(str::to_owned) } else { None }
    }

    /// Accounts for an env file of so many bytes; false when there were too many.
    pub fn may_read(&mut self, bytes: usize) -> bool {
        self.env = self.env.saturating_add(bytes).saturating_add(ENV_FILE);
        self.env <= MOST_ENV
    }

    pub fn warn(&mut self, warning: ComposeWarning) {
        if self.warnings.len() < MOST_ERRORS && !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// Warns of a variable that is not set, once for each.
    pub fn warn_unset(&mut self, warning: ComposeWarning) {
        if let ComposeWarning::Unset { name, .. } = &warning
            && self.unset.insert(name.clone())
        {
            self.warnings.push(warning);
        }
    }
}
