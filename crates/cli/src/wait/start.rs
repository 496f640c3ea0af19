//! What is started after the wait, in place of this process: it keeps its number, gets every signal, and its exit code is ours.

use crate::{program, set, terminal::note};
use bootproof_core::ExitCode;
use std::{ffi::OsString, io::ErrorKind, process::Command};

/// Becomes the command, when there is one; returns only when there is none or it cannot be run.
pub(crate) fn start(command: &[OsString], settings: &[OsString]) -> ExitCode {
    let [word, arguments @ ..] = command else { return ExitCode::OK };
    let (error, code) = program::become_it(Command::new(word).args(arguments).envs(set::settings(settings)));
    let program = word.to_string_lossy();
    if error.kind() == ErrorKind::NotFound {
        note(&format!(
            "bootproof: CMD-001: the program `{program}`, or the interpreter its first line names, is not there"
        ));
    } else {
        note(&format!("bootproof: CMD-002: the program `{program}` cannot be run: {error}"));
    }
    code
}
