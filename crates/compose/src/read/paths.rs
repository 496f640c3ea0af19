//! Paths without their detours.

use std::path::{Component, Path, PathBuf};

/// `path` without `.` and with each `..` taken off what stands before it, as Go's `filepath.Clean` does. Links are not
/// followed.
pub(super) fn clean(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if out.file_name().is_some() => _ = out.pop(),
            Component::ParentDir if out.has_root() => {}
            _ => out.push(part),
        }
    }
    out
}

/// The folder of the file `path`.
pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(path)
}
