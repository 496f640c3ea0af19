//! Reads an exported text by the rules of the program it is meant for.

use super::{Format, ReadBackError};
use bootproof_core::Secret;

/// The variables in `text`, read as the real reader of `format` reads them. In the order of the file; by name for JSON and
/// the two of Kubernetes. Of a name that stands there twice the last counts, as for every one of those readers.
///
/// # Errors
/// The first line that the real reader refuses, or would not read as plain data (a command in a shell file, a name without a
/// value in a Docker file). The two of Kubernetes need the feature `draft`, which brings the reader of YAML.
pub fn read_back(format: Format, text: &str) -> Result<Vec<(String, Secret)>, ReadBackError> {
    (format.shape().read)(text)
}

/// Variables under way.
#[derive(Default)]
pub(super) struct Found(Vec<(String, Secret)>);

impl Found {
    /// Sets or replaces one.
    pub(super) fn set(&mut self, name: &str, text: Secret) {
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = text,
            None => self.0.push((name.to_owned(), text)),
        }
    }

    pub(super) fn into_vec(self) -> Vec<(String, Secret)> {
        self.0
    }
}

/// Which line `rest`, the end of `text`, begins in.
pub(super) fn line_of(text: &str, rest: &str) -> usize {
    1 + text[..text.len() - rest.len()].matches('\n').count()
}
