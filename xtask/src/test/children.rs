//! Runs the test runners: their output passes through line by line, our signals are passed on to them.
//!
//! Signals that would end us are taken by a thread, so that we live on to clean up. The runner is in a process
//! group of its own: Ctrl-C then reaches it once, from us. Spawned programs start with no signal blocked; the
//! standard library sees to that.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use nix::sys::signal::{SigSet, Signal, killpg};
use nix::unistd::Pid;

use super::totals::{Totals, of_line};

/// What asks a program to end.
const ENDING: [Signal; 4] = [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP, Signal::SIGQUIT];

/// The signals we got, and whom to pass them to.
#[derive(Clone, Default)]
pub(crate) struct Signals(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    came: Option<Signal>,
    runner: Option<Pid>,
}

impl Signals {
    /// Takes over the signals that would end us. Call it before any thread is started.
    ///
    /// # Errors
    /// When they cannot be blocked.
    pub(crate) fn take() -> io::Result<Self> {
        let set: SigSet = ENDING.into_iter().collect();
        set.thread_block()?;
        let signals = Self::default();
        let told = signals.clone();
        thread::spawn(move || {
            while let Ok(signal) = set.wait() {
                told.pass_on(signal);
            }
        });
        Ok(signals)
    }

    pub(crate) fn came(&self) -> bool {
        self.state().came.is_some()
    }

    pub(crate) fn name(&self) -> Option<&'static str> {
        self.state().came.map(Signal::as_str)
    }

    fn pass_on(&self, signal: Signal) {
        let mut state = self.state();
        state.came = Some(signal);
        if let Some(runner) = state.runner {
            // Gone already: then there is nobody to tell.
            let _ = killpg(runner, signal);
        }
    }

    fn set_runner(&self, runner: Option<Pid>) {
        self.state().runner = runner;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs `command` to its end and adds up what it says it ran.
///
/// # Errors
/// When it cannot be started or waited for.
pub(crate) fn run(command: &mut Command, signals: &Signals) -> io::Result<(ExitStatus, Totals)> {
    command.process_group(0).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    signals.set_runner(Some(Pid::from_raw(child.id().cast_signed())));
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let totals = thread::scope(|scope| {
        let out = scope.spawn(|| stdout.map(|pipe| pass(pipe, io::stdout())).unwrap_or_default());
        let err = scope.spawn(|| stderr.map(|pipe| pass(pipe, io::stderr())).unwrap_or_default());
        let mut totals = out.join().unwrap_or_default();
        totals += err.join().unwrap_or_default();
        totals
    });
    let status = child.wait()?;
    signals.set_runner(None);
    Ok((status, totals))
}

fn pass(from: impl Read, mut to: impl Write) -> Totals {
    let mut totals = Totals::default();
    let mut from = BufReader::new(from);
    let mut line = Vec::new();
    while from.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
        totals += of_line(&String::from_utf8_lossy(&line));
        // Nobody may be reading us; the tests go on all the same.
        let _ = to.write_all(&line).and_then(|()| to.flush());
        line.clear();
    }
    totals
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_added_over_both_outputs_and_the_status_is_kept() {
        let mut command = Command::new("/bin/sh");
        let script = "echo 'test result: ok. 2 passed; 0 failed; 0 ignored'
            echo 'Summary [ 1s] 3 tests run: 2 passed, 1 failed' >&2; exit 7";
        let (status, totals) = run(command.args(["-c", script]), &Signals::default()).unwrap();
        assert_eq!((status.code(), totals), (Some(7), Totals { passed: 4, failed: 1 }));
    }

    #[test]
    fn a_signal_reaches_the_runner() {
        let signals = Signals::default();
        let told = signals.clone();
        thread::spawn(move || {
            while told.state().runner.is_none() {
                thread::yield_now();
            }
            told.pass_on(Signal::SIGTERM);
        });
        let (status, _) = run(Command::new("/bin/sleep").arg("60"), &signals).unwrap();
        assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(15));
        assert_eq!(signals.name(), Some("SIGTERM"));
    }
}
