//! `bootproof __start`: what runs between us and the program, in the program's own process.
//!
//! A program that is given sockets is told its own process id (`LISTEN_PID`), which nobody knows before the process exists. So
//! we start ourselves, and this replaces itself by the program: same process, same open files. It also ties the life of the program to ours.

use crate::{program, terminal::note};
use bootproof_core::ExitCode;
use clap::Args;
use nix::{
    sys::{
        prctl::set_pdeathsig,
        signal::{SigSet, Signal},
    },
    unistd::getppid,
};
use std::{ffi::OsString, process::Command};

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

/// Its whole command line: who starts it, whether there are sockets, and the program's `words`. There is no way in for more.
pub(super) fn arguments(parent: u32, sockets: bool, words: &[OsString]) -> Vec<OsString> {
    let own = [NAME.to_owned(), "--parent".to_owned(), parent.to_string()];
    let own = own.into_iter().chain(sockets.then(|| "--sockets".to_owned())).chain(["--".to_owned()]);
    own.map(OsString::from).chain(words.iter().cloned()).collect()
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
    let (error, code) = program::become_it(&mut command);
    note(&super::diagnose::not_started(&args.command[0], &error).to_string());
    code
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{Command as Parser, FromArgMatches};

    #[test]
    fn the_helper_is_told_its_parent_the_programs_words_and_nothing_else() {
        let words = ["perl", "--", "--sockets", "a b"].map(OsString::from);
        let told = arguments(17, true, &words);
        assert_eq!(told, ["__start", "--parent", "17", "--sockets", "--", "perl", "--", "--sockets", "a b"]);
        assert_eq!(arguments(17, false, &words[..1]), ["__start", "--parent", "17", "--", "perl"]);
        let matches = StartArgs::augment_args(Parser::new("bootproof")).get_matches_from(told);
        let read = StartArgs::from_arg_matches(&matches).unwrap();
        assert_eq!((read.parent, read.sockets, read.command.as_slice()), (17, true, &words[..]));
    }
}
