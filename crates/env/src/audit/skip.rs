//! What a scan leaves out, and why: never silently.

use std::fmt;
use std::path::{Path, PathBuf};

/// Something that was not looked into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The path, relative to the root of the scan.
    pub path: PathBuf,
    /// Why.
    pub reason: Reason,
}

/// Why something was not looked into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// A folder of other people's code or of built files.
    Vendored,
    /// A file with zero bytes in it.
    Binary,
    /// A file of code for machines: lines no one writes.
    Minified,
    /// A file of more bytes than are looked at.
    TooLarge(u64),
    /// A symbolic link to a file of code: what it leads to is seen where it really is, or is not part of the tree.
    Link,
    /// Not a file with contents: a pipe, a socket, a device.
    Special,
    /// It cannot be read; the system's own words.
    Unreadable(String),
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not looked into: ", self.path.display())?;
        match &self.reason {
            Reason::Vendored => f.write_str("a folder of vendored or built files"),
            Reason::Binary => f.write_str("a binary file"),
            Reason::Minified => f.write_str("minified code"),
            Reason::TooLarge(bytes) => write!(f, "{bytes} bytes are too many"),
            Reason::Link => f.write_str("a symbolic link"),
            Reason::Special => f.write_str("not a regular file"),
            Reason::Unreadable(why) => write!(f, "it cannot be read: {why}"),
        }
    }
}

/// Folders of other people's code or of built files, which are often not in `.gitignore`.
pub(super) const FOLDERS: [&str; 17] = [
    "node_modules",
    "bower_components",
    "target",
    "venv",
    "virtualenv",
    "vendor",
    "third_party",
    "dist",
    "build",
    "out",
    "__pycache__",
    "site-packages",
    "dist-packages",
    "__pypackages__",
    "coverage",
    "htmlcov",
    "Pods",
];

/// The longest line that someone writes by hand, in bytes; chosen by looking at bundles and at generated tables.
const LONGEST_LINE: usize = 20_000;

/// Whether a file is minified: its name says so, or its lines do.
pub(super) fn is_minified(path: &Path, text: &str) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("");
    let named = name.contains(".min.") || name.contains("-min.") || name.contains(".bundle.");
    let lines = text.lines().count().max(1);
    named || text.len() / lines > 1_000 && text.len() > 5_000 || text.lines().any(|line| line.len() > LONGEST_LINE)
}

/// Whether a path looks like one of tests.
pub(super) fn is_test(path: &Path) -> bool {
    let folders = path.parent().into_iter().flat_map(Path::components);
    let in_folder = folders.filter_map(|folder| folder.as_os_str().to_str()).any(|folder| {
        matches!(
            folder,
            "test" | "tests" | "__tests__" | "__mocks__" | "spec" | "specs" | "testing" | "e2e" | "testdata"
        )
    });
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or("");
    in_folder
        || matches!(stem, "conftest" | "tests" | "test")
        || stem.starts_with("test_")
        || ["_test", "_tests", "_spec", ".test", ".spec", ".cy", "Test", "Tests", "IT", "Spec"]
            .iter()
            .any(|end| stem.len() > end.len() && stem.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_known_by_their_paths() {
        for path in ["tests/a.py", "a/__tests__/b.ts", "b.spec.ts", "x_test.go", "src/test/java/A.java", "ATest.java"] {
            assert!(is_test(Path::new(path)), "{path}");
        }
        for path in ["latest.py", "src/contest.rs", "attestation/a.go", "Audit.java", "src/testimony.rb"] {
            assert!(!is_test(Path::new(path)), "{path}");
        }
    }

    #[test]
    fn minified_code_is_known_by_its_name_or_its_lines() {
        assert!(is_minified(Path::new("a.min.js"), "x"));
        assert!(is_minified(Path::new("a.js"), &"x;".repeat(15_000)));
        assert!(!is_minified(Path::new("a.js"), &"const x = 1;\n".repeat(15_000)));
    }
}
