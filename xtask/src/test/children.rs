//! Runs the test runners: their output passes through line by line, our signals are passed on to them.
//!
//! Signals that would end us are handled, so that we live on to clean up. They are not blocked: the runner and
//! every test would inherit that. The runner is in a process group of its own: Ctrl-C reaches it once, from us.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};

use super::totals::{Reader, Totals};

/// The signals we got, and whom to pass them to.
#[derive(Clone, Default)]
pub(crate) struct Signals(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    came: Option<Signal>,
    runner: Option<Pid>,
}

impl Signals {
    /// Takes over the signals that would end us.
    ///
    /// # Errors
    /// When they cannot be handled.
    pub(crate) fn take() -> io::Result<Self> {
        let mut ending = signal_hook::iterator::Signals::new([SIGINT, SIGTERM, SIGHUP, SIGQUIT])?;
        let signals = Self::default();
        let told = signals.clone();
        thread::spawn(move || ending.forever().filter_map(|n| Signal::try_from(n).ok()).for_each(|s| told.pass_on(s)));
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

/// Runs `command` to its end and reads from its output what it ran.
///
/// # Errors
/// When it cannot be started or waited for.
pub(crate) fn run(command: &mut Command, reader: Reader, signals: &Signals) -> io::Result<(ExitStatus, Totals)> {
    run_to(command, reader, signals, io::stdout(), io::stderr())
}

fn run_to(
    command: &mut Command,
    reader: Reader,
    signals: &Signals,
    out: impl Write + Send,
    err: impl Write + Send,
) -> io::Result<(ExitStatus, Totals)> {
    command.process_group(0).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    signals.set_runner(Some(Pid::from_raw(child.id().cast_signed())));
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let totals = Mutex::new(Totals::default());
    thread::scope(|scope| {
        scope.spawn(|| stdout.map(|pipe| pass(pipe, out, reader, &totals)));
        scope.spawn(|| stderr.map(|pipe| pass(pipe, err, reader, &totals)));
    });
    let status = child.wait()?;
    signals.set_runner(None);
    Ok((status, totals.into_inner().unwrap_or_else(PoisonError::into_inner)))
}

fn pass(from: impl Read, mut to: impl Write, reader: Reader, totals: &Mutex<Totals>) {
    let mut from = BufReader::new(from);
    let mut line = Vec::new();
    while from.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
        reader(&String::from_utf8_lossy(&line), &mut totals.lock().unwrap_or_else(PoisonError::into_inner));
        // Nobody may be reading us; the tests go on all the same.
        let _ = to.write_all(&line).and_then(|()| to.flush());
        line.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::super::totals;
    use super::*;

    #[test]
    fn totals_are_added_over_both_outputs_which_pass_through_and_the_status_is_kept() {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut command = Command::new("/bin/sh");
        let line = "test result: ok. 2 passed; 1 failed; 0 ignored";
        command.args(["-c", &format!("echo '{line}'; echo '{line}' >&2; exit 7")]);
        let (status, totals) =
            run_to(&mut command, totals::cargo_test, &Signals::default(), &mut out, &mut err).unwrap();
        assert_eq!((status.code(), totals), (Some(7), Totals { passed: 4, failed: 2 }));
        assert_eq!((out, err), (format!("{line}\n").into_bytes(), format!("{line}\n").into_bytes()));
    }

    #[test]
    fn a_signal_reaches_the_runner_and_what_it_started() {
        let signals = Signals::default();
        let told = signals.clone();
        thread::spawn(move || {
            while told.state().runner.is_none() {
                thread::yield_now();
            }
            told.pass_on(Signal::SIGTERM);
        });
        // The second sleep holds the output open: only when it is ended too does the run end.
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "sleep 600 & sleep 600"]);
        let (status, _) = run_to(&mut command, totals::nextest, &signals, io::sink(), io::sink()).unwrap();
        assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(15));
        assert_eq!(signals.name(), Some("SIGTERM"));
    }
}
