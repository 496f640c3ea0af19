//! What goes wrong while reading, kept until everything that can be told is told.

use crate::{ComposeError, ComposeWarning};
use bootproof_core::nearest;
use std::collections::BTreeSet;

/// More errors than this are not told: a file of another kind has one per line.
const MOST_ERRORS: usize = 100;

/// Longer words, in bytes, are not compared with others: no name is that long.
const LONGEST_WORD: usize = 64;

/// Errors and warnings.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub errors: Vec<ComposeError>,
    pub warnings: Vec<ComposeWarning>,
    unset: BTreeSet<String>,
}

impl Notes {
    pub fn error(&mut self, error: ComposeError) {
        if self.errors.len() < MOST_ERRORS {
            self.errors.push(error);
        }
    }

    /// The word of `known` that is most like `word`, unless looking for it would take long and nobody would be told.
    pub fn nearest<'a>(&self, word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
        let worth_it = word.len() <= LONGEST_WORD && self.errors.len() < MOST_ERRORS;
        if worth_it { nearest(word, known).map(str::to_owned) } else { None }
    }

    pub fn warn(&mut self, warning: ComposeWarning) {
        if !self.warnings.contains(&warning) {
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
