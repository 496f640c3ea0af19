//! The walk through a tree: what git ignores and what others wrote is left out.

use super::ScanOptions;
use ignore::WalkBuilder;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// The walk through the tree; folders that it leaves out go to `vendored`.
pub(super) fn walker(root: &Path, options: &ScanOptions, vendored: Arc<Mutex<Vec<PathBuf>>>) -> WalkBuilder {
    let in_repository = !root.join(".git").exists()
        && root.canonicalize().is_ok_and(|root| root.ancestors().skip(1).any(|above| above.join(".git").exists()));
    let folders = options.skip_folders.clone();
    let mut walker = WalkBuilder::new(root);
    // Ignore files above count only inside a repository: one in a home folder has nothing to say here.
    walker.parents(in_repository).require_git(false).git_global(false).follow_links(false);
    walker.sort_by_file_name(|a, b| a.cmp(b));
    walker.filter_entry(move |entry| {
        let folder = entry.depth() > 0 && entry.file_type().is_some_and(|kind| kind.is_dir());
        let left_out = folder && entry.file_name().to_str().is_some_and(|name| folders.iter().any(|f| f == name));
        if left_out {
            vendored.lock().unwrap_or_else(PoisonError::into_inner).push(entry.path().to_owned());
        }
        !left_out
    });
    walker
}

/// The first bytes of a file, enough for `#!` and a program.
pub(super) fn head(path: &Path) -> std::io::Result<Vec<u8>> {
    use std::io::Read as _;
    let mut head = Vec::with_capacity(128);
    std::fs::File::open(path)?.take(128).read_to_end(&mut head)?;
    Ok(head)
}

/// The path that an error of the walk is about.
pub(super) fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        _ => None,
    }
}
