//! The program that `run` and `wait` start: whether it is there, and the exit codes when it cannot be started.

use bootproof_core::ExitCode;
#[cfg(target_os = "linux")]
use nix::unistd::{AccessFlags, access};
#[cfg(target_os = "linux")]
use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
};
use std::{
    io::{self, ErrorKind},
    os::unix::process::CommandExt,
    process::Command,
};

/// The exit code of a program that cannot be run, as shells have it (POSIX, 2.8.2).
pub(crate) const NOT_EXECUTABLE: u8 = 126;
/// The exit code of a program that is not found.
pub(crate) const NOT_FOUND: u8 = 127;
/// Where programs are when PATH is unset, as `execvp` of the GNU C library has it.
#[cfg(target_os = "linux")]
const DEFAULT_PATH: &str = "/bin:/usr/bin";

/// Why a program cannot be started.
#[cfg(target_os = "linux")]
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unusable {
    /// There is none of that name.
    NotFound,
    /// This file is there, and may not be executed.
    NotExecutable(PathBuf),
}

#[cfg(target_os = "linux")]
impl Unusable {
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode(match self {
            Self::NotFound => NOT_FOUND,
            Self::NotExecutable(_) => NOT_EXECUTABLE,
        })
    }
}

/// Replaces this process by `command`; comes back only with why that cannot be done, and its exit code.
pub(crate) fn become_it(command: &mut Command) -> (io::Error, ExitCode) {
    let error = command.exec();
    let code = if error.kind() == ErrorKind::NotFound { NOT_FOUND } else { NOT_EXECUTABLE };
    (error, ExitCode(code))
}

/// Whether `program` can be executed: a path when there is a `/` in it, else the first of that name in `path`.
#[cfg(target_os = "linux")]
pub(crate) fn find(program: &OsStr, path: Option<&str>) -> Result<(), Unusable> {
    let candidates: Vec<PathBuf> = if program.as_encoded_bytes().contains(&b'/') {
        vec![program.into()]
    } else if program.is_empty() {
        vec![]
    } else {
        std::env::split_paths(path.unwrap_or(DEFAULT_PATH)).map(|folder| folder.join(program)).collect()
    };
    let there: Vec<_> = candidates.into_iter().filter(|path| path.exists()).collect();
    if there.iter().any(|path| executable(path)) {
        return Ok(());
    }
    Err(there.into_iter().next().map_or(Unusable::NotFound, Unusable::NotExecutable))
}

#[cfg(target_os = "linux")]
fn executable(path: &Path) -> bool {
    path.is_file() && access(path, AccessFlags::X_OK).is_ok()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_looked_for_as_a_shell_does() {
        let find = |program: &str, path| find(program.as_ref(), path);
        assert_eq!(find("sh", Some("/nowhere:/bin")), Ok(()));
        assert_eq!(find("sh", None), Ok(()), "without a PATH, where the system has its programs");
        assert_eq!(find("/bin/sh", Some("")), Ok(()));
        for missing in ["no-such-program", "/no/such/program", "./sh", ""] {
            assert_eq!(find(missing, Some("/bin:/usr/bin")), Err(Unusable::NotFound), "{missing}");
        }
        for blocked in ["/etc/passwd", "/etc", "/"] {
            assert_eq!(find(blocked, None), Err(Unusable::NotExecutable(blocked.into())));
        }
        assert_eq!(find("passwd", Some("/etc")), Err(Unusable::NotExecutable("/etc/passwd".into())));
        assert_eq!(find("passwd", Some("/etc:/usr/bin")), Ok(()), "what cannot be executed is passed over");
    }
}
