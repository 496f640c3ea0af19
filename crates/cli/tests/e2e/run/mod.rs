//! `bootproof run`: the program gets what was promised, and the command behaves as the program would.

mod etcd;
mod given;
mod life;
mod release;
mod signals;
mod sockets;
mod two;
mod udp;
mod unix;
mod variables;

use crate::setup::*;
use bootproof_testkit::{
    Sandbox,
    sandbox::{Run, Running},
};
use std::time::{Duration, Instant};

/// How long something that happens at once may take on a machine that hardly runs.
pub const SOON: Duration = Duration::from_secs(20);

/// One port, any that is free.
pub const ONE_PORT: &str = "[service]\nname = \"one\"\n[ports.api]\nport = 0\nhost = \"localhost\"\n";
/// Something to prove, and no port.
pub const NO_PORT: &str = "[service]\nname = \"none\"\n[tasks]\ndefault_timeout = \"60s\"\n";

/// `bootproof run FLAGS -- COMMAND` in `sandbox`.
pub fn run(sandbox: &Sandbox, flags: &[&str], command: &[&str]) -> Run {
    bootproof(sandbox, "development", &["run"]).args(flags).args(["--"]).args(command)
}

/// The same with a program in Perl, which every Debian has.
pub fn perl(sandbox: &Sandbox, flags: &[&str], text: &str) -> Run {
    sandbox.write("program.pl", format!("use strict; use Socket; $| = 1;\n{text}"));
    run(sandbox, flags, &["perl", "program.pl"])
}

/// Waits until `seen` gives something.
pub fn until<T>(what: &str, mut seen: impl FnMut() -> Option<T>) -> T {
    let since = Instant::now();
    loop {
        if let Some(found) = seen() {
            return found;
        }
        assert!(since.elapsed() < SOON, "{what}: not after {SOON:?}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Waits until the program has written a line that begins with `word`; gives the rest of it.
pub fn said(running: &Running, word: &str) -> String {
    let line = || {
        let out = running.stdout();
        let whole = &out[..out.rfind('\n').map_or(0, |at| at + 1)];
        whole.lines().find_map(|line| line.strip_prefix(word)).map(|rest| rest.trim().to_owned())
    };
    let since = Instant::now();
    loop {
        if let Some(rest) = line() {
            return rest;
        }
        assert!(since.elapsed() < SOON, "no `{word}` in:\n{}\n{}", running.stdout(), running.stderr());
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Whether a process is there and no zombie.
pub fn lives(pid: i32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X']))
}
