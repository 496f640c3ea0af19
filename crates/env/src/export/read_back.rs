//! Reads an exported text by the rules of the program it is meant for.

use super::{Format, ReadBackError};
use bootproof_core::Secret;
use std::collections::HashMap;

/// The variables in `text`, read as the real reader of `format` reads them. In the order of the file; by name for JSON and
/// the two of Kubernetes. Of a name that stands there twice the last counts, as for those readers; YAML refuses it.
///
/// # Errors
/// The first line that the real reader refuses, or would not read as plain data (a command in a shell file, a name without a
/// value in a Docker file). The two of Kubernetes need the feature `draft`, which brings the reader of YAML.
pub fn read_back(format: Format, text: &str) -> Result<Vec<(String, Secret)>, ReadBackError> {
    (format.shape().read)(text)
}

/// Variables under way.
#[derive(Default)]
pub(super) struct Found {
    pairs: Vec<(String, Secret)>,
    places: HashMap<String, usize>,
}

impl Found {
    /// Sets or replaces one.
    pub(super) fn set(&mut self, name: &str, text: Secret) {
        match self.places.get(name) {
            Some(&place) => self.pairs[place].1 = text,
            None => {
                self.places.insert(name.to_owned(), self.pairs.len());
                self.pairs.push((name.to_owned(), text));
            }
        }
    }

    pub(super) fn into_vec(self) -> Vec<(String, Secret)> {
        self.pairs
    }
}

/// Which line `rest`, the end of `text`, begins in.
pub(super) fn line_of(text: &str, rest: &str) -> usize {
    1 + text[..text.len() - rest.len()].matches('\n').count()
}
