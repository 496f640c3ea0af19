//! What a scan finds: the reads, the sites whose name cannot be known, and what was left out.

use super::{Language, Reason, Skipped};
use bootproof_core::Secret;
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

/// Everything that one scan saw, in the order of the paths.
#[derive(Debug, Clone, Default)]
pub struct Scan {
    /// The reads of known names, by file and line.
    pub reads: Vec<Read>,
    /// The reads whose name is computed.
    pub dynamic: Vec<Site>,
    /// How many files of code were looked into.
    pub files: usize,
    /// What was not looked into, and why.
    pub skipped: Vec<Skipped>,
    /// Files that are not valid UTF-8; they were scanned nevertheless.
    pub not_utf8: Vec<PathBuf>,
    /// Where each of [`super::ScanOptions::names`] stands in code for the first time, in whatever form.
    pub mentions: Vec<(String, Place)>,
}

impl Scan {
    /// What was not looked into, one line each; folders of one name that stand all over the tree are counted.
    pub fn told(&self) -> Vec<String> {
        let name = |skipped: &Skipped| skipped.path.file_name().map(|name| name.to_string_lossy().into_owned());
        let mut folders: BTreeMap<String, usize> = BTreeMap::new();
        for skipped in self.skipped.iter().filter(|skipped| skipped.reason == Reason::Vendored) {
            *folders.entry(name(skipped).unwrap_or_default()).or_default() += 1;
        }
        let many = |name: &Option<String>| name.as_ref().is_some_and(|name| folders.get(name).is_some_and(|n| *n > 3));
        let alone = self.skipped.iter().filter(|s| s.reason != Reason::Vendored || !many(&name(s)));
        let counted = folders.iter().filter(|(_, count)| **count > 3);
        let counted = counted.map(|(name, count)| format!("{count} folders `{name}` are not looked into"));
        alone.map(Skipped::to_string).chain(counted).collect()
    }
}

/// A place in the tree.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The path, relative to the root of the scan.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: u32,
    /// The column in bytes, from 1.
    pub column: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file.display(), self.line)
    }
}

/// One read of a known name.
#[derive(Debug, Clone)]
pub struct Read {
    /// The name of the variable.
    pub name: String,
    /// Where it is read.
    pub place: Place,
    /// What the code takes when the variable is not there.
    pub default: Option<CodeDefault>,
    /// The language of the code.
    pub language: Language,
    /// Whether the code fails without the variable.
    pub required: bool,
    /// Whether it is read when the program is built (`env!`, `import.meta.env`), not when it runs.
    pub build_time: bool,
    /// Whether the path or the block around it looks like a test.
    pub in_test: bool,
}

/// A default in code. Its text is a [`Secret`] until the comparison knows that the name is harmless.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeDefault {
    /// The literal text, number or boolean; `None` for a default that is computed.
    pub text: Option<Secret>,
}

impl CodeDefault {
    /// A default that is written out.
    pub fn literal(text: &str) -> Self {
        Self { text: Some(Secret::new(text)) }
    }

    /// A default that only the running program knows.
    pub fn computed() -> Self {
        Self { text: None }
    }
}

/// A read whose name is computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Where it is.
    pub place: Place,
    /// The language of the code.
    pub language: Language,
    /// The expression that gives the name, shortened.
    pub expression: String,
    /// Whether the path or the block around it looks like a test.
    pub in_test: bool,
    /// The function that gets the name as a parameter, when the calls of it were looked at instead.
    pub helper: Option<Helper>,
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: the name is computed (`{}`)", self.place, self.expression)?;
        match &self.helper {
            Some(helper) => write!(f, "; the calls of `{}` were read instead", helper.name),
            None => Ok(()),
        }
    }
}

/// A function that reads the variable whose name it is given: `def get_env(name, default)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Helper {
    /// Its name.
    pub name: String,
    /// Which argument is the variable's name, from 0.
    pub position: usize,
    /// Which argument is the default, from 0.
    pub default: Option<usize>,
}
