//! How a scan is made, and why one cannot be made.

use super::skip::FOLDERS;
use regex::Regex;
use std::path::PathBuf;

/// How a scan is made.
#[derive(Debug, Clone)]
pub struct ScanOptions {
    /// Larger files are left out. In bytes; 1 MiB unless told otherwise: hand-written files are far smaller.
    pub max_bytes: u64,
    /// Folders of these names are left out, wherever they stand.
    pub skip_folders: Vec<String>,
    /// Names to look for in whatever form, for [`super::Scan::mentions`]: those that are declared.
    pub names: Vec<String>,
}

impl Default for ScanOptions {
    fn default() -> Self {
        let skip_folders = FOLDERS.iter().map(|name| (*name).to_owned()).collect();
        Self { max_bytes: 1 << 20, skip_folders, names: Vec::new() }
    }
}

/// Why nothing could be scanned at all.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The root is not there, or cannot be opened.
    #[error("the source tree `{}` cannot be opened", root.display())]
    Root {
        /// What was to be scanned.
        root: PathBuf,
        /// The system's words.
        source: std::io::Error,
    },
    /// The root is a file.
    #[error("`{}` is not a folder; name the folder of the source tree", root.display())]
    NotAFolder {
        /// What was to be scanned.
        root: PathBuf,
    },
    /// The names to look for make no pattern.
    #[error("the names to look for cannot be made into one pattern")]
    Names(#[from] regex::Error),
}

/// One pattern for all names, as whole words.
pub(super) fn names_pattern(names: &[String]) -> Result<Option<Regex>, regex::Error> {
    if names.is_empty() {
        return Ok(None);
    }
    let names: Vec<String> = names.iter().map(|name| regex::escape(name)).collect();
    Regex::new(&format!(r"(?-u:\b)(?:{})(?-u:\b)", names.join("|"))).map(Some)
}
