//! `cargo xtask tidy`: the rules of this repository that no compiler knows.
//!
//! Every rule is a function from file contents to findings, so that its tests can break it in a fixture.

mod codes;
mod layers;
mod length;
mod source;
mod variables;

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// A rule that is broken, or nearly.
#[derive(Debug, PartialEq)]
struct Finding {
    /// Where: a path relative to the repository, with a line when there is one.
    at: String,
    what: String,
    /// Only said, fails nothing.
    warning: bool,
}

impl Finding {
    fn error(at: impl fmt::Display, what: impl fmt::Display) -> Self {
        Self { at: at.to_string(), what: what.to_string(), warning: false }
    }

    fn warning(at: impl fmt::Display, what: impl fmt::Display) -> Self {
        Self { warning: true, ..Self::error(at, what) }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.warning { "warning" } else { "error" };
        write!(f, "{kind}: {}: {}", self.at, self.what)
    }
}

/// A file of the repository.
struct Text {
    /// Relative to the repository, with `/`.
    path: String,
    text: String,
}

impl Text {
    #[cfg(test)]
    fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    /// The folder below `crates/` that it is in.
    fn crate_folder(&self) -> Option<&str> {
        self.path.strip_prefix("crates/")?.split('/').next()
    }
}

pub(crate) fn main() -> ExitCode {
    let root = crate::root();
    let read = |folder: &str, extension: &str| read_all(&root, Path::new(folder), extension);
    let mut sources = read("crates", "rs");
    sources.extend(read("xtask", "rs"));
    let mut findings = layers::check(&read("crates", "toml"));
    findings.extend(codes::check(&sources, &read("docs/codes", "md")));
    findings.extend(variables::check(&sources, &read("docs", "md")));
    findings.extend(length::check(&sources));
    for finding in &findings {
        println!("{finding}");
    }
    let errors = findings.iter().filter(|finding| !finding.warning).count();
    println!("tidy: {errors} errors, {} warnings", findings.len() - errors);
    if errors == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// All files below `folder` with this extension, sorted. A folder that is missing has none.
fn read_all(root: &Path, folder: &Path, extension: &str) -> Vec<Text> {
    let mut paths = Vec::new();
    walk(&root.join(folder), extension, &mut paths);
    paths.sort();
    let text = |path: &PathBuf| {
        let text = fs::read_to_string(path).ok()?;
        Some(Text { path: path.strip_prefix(root).ok()?.to_string_lossy().into_owned(), text })
    };
    paths.iter().filter_map(text).collect()
}

fn walk(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            walk(&path, extension, found);
        } else if path.extension().is_some_and(|this| this == extension) {
            found.push(path);
        }
    }
}
