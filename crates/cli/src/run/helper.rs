//! `bootproof __start`: what runs between us and the program, in the program's own process.
//!
//! A program that is given sockets is told its own process id (`LISTEN_PID`), which nobody knows before the process exists. So
//! we start ourselves, and this replaces itself by the program: same process, same open files. It also ties the life of the program to ours.

use super::program;
use crate::terminal::note;
use bootproof_core::ExitCode;
use clap::Args;
use nix::{
    sys::{
        prctl::set_pdeathsig,
        signal::{SigSet, Signal},
    },
    unistd::getppid,
};
use std::{ffi::OsString, io::ErrorKind, os::unix::process::CommandExt, process::Command};

/// The word for it on the command line.
pub(crate) const NAME: &str = "__start";

/// What the helper is told. Secrets are in the environment, never here.
#[derive(Debug, Args)]
pub(crate) struct StartArgs {
    /// The process that started it
    #[arg(long)]
    parent: i32,
    /// Whether there are sockets from number 3 on
    #[arg(long)]
    sockets: bool,
    /// The program and its arguments
    #[arg(last = true, required = true)]
    command: Vec<OsString>,
}

/// Becomes the program. Comes back only when that fails.
pub(crate) fn start(args: &StartArgs) -> ExitCode {
    // Not SIGTERM: a program that ignores it would run on for ever, with nobody to watch it.
    let tied = set_pdeathsig(Signal::SIGKILL);
    if tied.is_err() || getppid().as_raw() != args.parent {
        // Whoever should watch over the program died meanwhile, and with it everybody who could be told.
        return ExitCode::FAILED;
    }
    let mut command = Command::new(&args.command[0]);
    command.args(&args.command[1..]);
    if args.sockets {
        command.env("LISTEN_PID", std::process::id().to_string());
    }
    // Signals are as a program expects them: none is blocked, and none has a handler, which `exec` sees to.
    let _ = SigSet::empty().thread_set_mask();
    let error = command.exec();
    note(&super::diagnose::not_started(&args.command[0], &error).to_string());
    ExitCode(if error.kind() == ErrorKind::NotFound { program::NOT_FOUND } else { program::NOT_EXECUTABLE })
}
