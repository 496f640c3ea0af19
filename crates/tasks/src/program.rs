//! Finds the program of a command the way the system would, without running it.

use nix::unistd::{AccessFlags, access};
use std::path::{Path, PathBuf};

/// Where programs are looked for when PATH is not set, as POSIX's `confstr(_CS_PATH)` has it on Linux.
pub(crate) const USUAL_PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// Why a program cannot be run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotRunnable {
    #[error("no program is given")]
    Empty,
    #[error("`{program}` does not exist")]
    NoSuchFile { program: String },
    #[error("`{program}` is in no directory of PATH (`{path}`)")]
    NotOnPath { program: String, path: String },
    #[error("`{}` is not an executable file", at.display())]
    NotExecutable { at: PathBuf },
}

/// The file that running `program` would execute.
pub(crate) fn find(program: &str, path: Option<&str>) -> Result<PathBuf, NotRunnable> {
    if program.is_empty() {
        return Err(NotRunnable::Empty);
    }
    if program.contains('/') {
        return match Path::new(program) {
            at if is_executable(at) => Ok(at.to_owned()),
            at if at.exists() => Err(NotRunnable::NotExecutable { at: at.to_owned() }),
            _ => Err(NotRunnable::NoSuchFile { program: program.to_owned() }),
        };
    }
    let path = path.unwrap_or(USUAL_PATH);
    let candidates = || std::env::split_paths(path).map(|directory| directory.join(program));
    match candidates().find(|at| is_executable(at)) {
        Some(at) => Ok(at),
        None => Err(match candidates().find(|at| at.is_file()) {
            Some(at) => NotRunnable::NotExecutable { at },
            None => NotRunnable::NotOnPath { program: program.to_owned(), path: path.to_owned() },
        }),
    }
}

fn is_executable(at: &Path) -> bool {
    at.is_file() && access(at, AccessFlags::X_OK).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, os::unix::fs::PermissionsExt};

    fn file(directory: &Path, name: &str, mode: u32) {
        let at = directory.join(name);
        fs::write(&at, "#!/bin/sh\n").unwrap();
        fs::set_permissions(&at, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn the_first_executable_on_path_is_found_and_others_are_passed_over() {
        let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        file(first.path(), "digest", 0o644);
        file(second.path(), "digest", 0o755);
        let path = format!("{}:{}", first.path().display(), second.path().display());
        assert_eq!(find("digest", Some(&path)).unwrap(), second.path().join("digest"));
    }

    #[test]
    fn missing_and_not_executable_are_told_apart() {
        let directory = tempfile::tempdir().unwrap();
        file(directory.path(), "digest", 0o644);
        let path = directory.path().to_str().unwrap();
        let at = directory.path().join("digest");
        assert_eq!(find("digest", Some(path)), Err(NotRunnable::NotExecutable { at: at.clone() }));
        assert_eq!(find(at.to_str().unwrap(), None), Err(NotRunnable::NotExecutable { at }));
        assert!(matches!(find("nothing", Some(path)), Err(NotRunnable::NotOnPath { .. })));
        assert!(matches!(find("/no/such/program", None), Err(NotRunnable::NoSuchFile { .. })));
        assert_eq!(find("", None), Err(NotRunnable::Empty));
    }

    #[test]
    fn a_directory_is_not_a_program() {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir(directory.path().join("digest")).unwrap();
        assert!(matches!(find("digest", directory.path().to_str()), Err(NotRunnable::NotOnPath { .. })));
    }
}
