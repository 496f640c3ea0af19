//! Where something stands: file, line and column.

use std::{fmt, path::Path, sync::Arc};

/// A place in a file. Shows as `compose.yaml:3:7`, the path as it was found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file.
    pub file: Arc<Path>,
    /// The line, from 1; 0 when the file as a whole is meant.
    pub line: u32,
    /// The column in characters, from 1; 0 when the line as a whole is meant.
    pub column: u32,
}

impl Place {
    /// A place in `file`; `line` and `column` count from 1.
    pub fn new(file: impl Into<Arc<Path>>, line: u32, column: u32) -> Self {
        Self { file: file.into(), line, column }
    }

    /// `file` as a whole.
    pub fn file(file: impl Into<Arc<Path>>) -> Self {
        Self::new(file, 0, 0)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        match (self.line, self.column) {
            (0, _) => Ok(()),
            (line, 0) => write!(f, ":{line}"),
            (line, column) => write!(f, ":{line}:{column}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_shows_as_editors_and_compilers_write_it() {
        let shown = |line, column| Place::new(Path::new("a/compose.yaml"), line, column).to_string();
        assert_eq!(shown(3, 7), "a/compose.yaml:3:7");
        assert_eq!(shown(3, 0), "a/compose.yaml:3");
        assert_eq!(shown(0, 0), "a/compose.yaml");
    }
}
