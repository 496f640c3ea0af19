//! Whose override it is: two projects may stand in one folder, and there is one file of ours in it.

use crate::Project;
use std::{fmt, path::Path};

/// A project, as the head of its override names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// The project's name.
    pub project: String,
    /// Its own files, relative to the folder of the override where they are in it.
    pub files: Vec<String>,
}

impl Owner {
    /// `project`, whose override is in `folder`.
    pub(super) fn new(project: &Project, folder: &Path) -> Self {
        let name = |file: &Path| file.strip_prefix(folder).unwrap_or(file).display().to_string().replace('\n', " ");
        // Split as it is read back, so that a colon in a name changes nothing.
        let files = project.files.iter().flat_map(|file| name(file).split(':').map(str::to_owned).collect::<Vec<_>>());
        Self { project: project.name.clone(), files: files.collect() }
    }

    /// As one line: `shop compose.yaml:compose.dev.yaml`.
    pub(super) fn line(&self) -> String {
        format!("{} {}", self.project, self.files.join(":"))
    }

    pub(super) fn parse(line: &str) -> Option<Self> {
        let (project, files) = line.split_once(' ')?;
        Some(Self { project: project.to_owned(), files: files.split(':').map(str::to_owned).collect() })
    }

    /// Whether the two are one project: of one name, and with the same files, but that one may have more behind them.
    pub(super) fn may_be(&self, other: &Self) -> bool {
        self.project == other.project && (self.files.starts_with(&other.files) || other.files.starts_with(&self.files))
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` ({})", self.project, self.files.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_is_known_by_its_name_and_its_first_files() {
        let of = |line: &str| Owner::parse(line).unwrap();
        let shop = of("shop compose.yaml:dev.yaml");
        assert_eq!(of(&shop.line()), shop);
        assert_eq!(shop.to_string(), "`shop` (compose.yaml, dev.yaml)");
        for same in ["shop compose.yaml", "shop compose.yaml:dev.yaml:more.yaml"] {
            assert!(shop.may_be(&of(same)), "{same}");
        }
        for other in ["blog compose.yaml:dev.yaml", "shop compose.yaml:test.yaml", "shop dev.yaml"] {
            assert!(!shop.may_be(&of(other)), "{other}");
        }
    }
}
