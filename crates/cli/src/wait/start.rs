//! What is started after the wait, in place of this process: it keeps its number, gets every signal, and its exit code is ours.

use crate::{set, terminal::note};
use bootproof_core::ExitCode;
use std::{ffi::OsString, io::ErrorKind, os::unix::process::CommandExt, process::Command};

/// As shells have it: found and not to be run.
const NOT_RUN: ExitCode = ExitCode(126);
/// As shells have it: not found.
const NOT_FOUND: ExitCode = ExitCode(127);

/// Becomes the command, when there is one; returns only when there is none or it cannot be run.
pub(crate) fn start(command: &[OsString], settings: &[OsString]) -> ExitCode {
    let [program, arguments @ ..] = command else { return ExitCode::OK };
    let error = Command::new(program).args(arguments).envs(set::settings(settings)).exec();
    let program = program.to_string_lossy();
    if error.kind() == ErrorKind::NotFound {
        note(&format!(
            "bootproof: CMD-001: the program `{program}`, or the interpreter its first line names, is not there"
        ));
        return NOT_FOUND;
    }
    note(&format!("bootproof: CMD-002: the program `{program}` cannot be run: {error}"));
    NOT_RUN
}
