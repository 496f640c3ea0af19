//! Finds a server's program: on the path, in the system's folders, in PostgreSQL's own.

use std::path::{Path, PathBuf};

use super::StartError;

/// Where Debian puts servers, whether or not an ordinary user's path has them.
const FOLDERS: &[&str] = &["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/// The path of `program`, as it was found: some programs are told what to do by the name they are called by.
///
/// # Errors
/// When it is nowhere; the error names Debian's `package`.
pub(crate) fn find(program: &'static str, package: &'static str) -> Result<PathBuf, StartError> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(FOLDERS.iter().map(PathBuf::from))
        .chain(postgresql_folders())
        .map(|folder| folder.join(program))
        .find(|found| found.is_file())
        .ok_or(StartError::Missing { program, package })
}

/// `/usr/lib/postgresql/*/bin`, newest first.
fn postgresql_folders() -> Vec<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<_> = versions.map(|entry| entry.path()).collect();
    versions.sort_by_key(|path| std::cmp::Reverse(version(path)));
    versions.into_iter().map(|path| path.join("bin")).collect()
}

fn version(path: &Path) -> u32 {
    path.file_name().and_then(|name| name.to_str()?.parse().ok()).unwrap_or(0)
}
