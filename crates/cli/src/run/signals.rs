//! Signals as things that are read: none is lost between the verifying and the program, none interrupts anything.
//!
//! While the start is verified, handlers only note them: commands that fixes start must not inherit blocked signals. Once the
//! runtime is gone they are blocked and read from a file (`signalfd(2)`), which also tells who sent them, and works for process 1, to
//! which the system delivers only what it asked for. A signal that we were started to ignore stays ignored for the program (`nohup`).

use bootproof::{Finished, Run, Stopper};
use nix::{
    poll::{PollFd, PollFlags, PollTimeout, poll},
    sys::{
        signal::{SigSet, Signal},
        signalfd::{SfdFlags, SignalFd},
    },
};
use signal_hook::flag;
use std::{
    cell::{Cell, OnceCell},
    ffi::OsString,
    io,
    os::fd::AsFd,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// They end a run, and are passed on to the program.
const END: [Signal; 4] = [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP, Signal::SIGQUIT];
/// They mean something to many programs and nothing to us.
const FOR_THE_PROGRAM: [Signal; 4] = [Signal::SIGUSR1, Signal::SIGUSR2, Signal::SIGWINCH, Signal::SIGPWR];
/// The job control of a terminal; also what some servers count their workers by (gunicorn: SIGTTIN, SIGTTOU).
pub(super) const STOP: [Signal; 3] = [Signal::SIGTSTP, Signal::SIGTTIN, Signal::SIGTTOU];

/// `SI_KERNEL`: sent by the kernel, as a terminal's keys are, to everybody in the foreground (`asm-generic/siginfo.h`).
const SI_KERNEL: i32 = 0x80;
/// How often to look for signals while the start is verified: too short to notice, and next to nothing for so short a time.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// A signal that was read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Got {
    pub(super) signal: Signal,
    /// A terminal sent it, to all processes of the foreground group.
    pub(super) from_terminal: bool,
}

/// Signals sent to this process, kept until they are read.
pub(super) struct Signals {
    noted: Vec<(Signal, Arc<AtomicBool>)>,
    file: OnceCell<SignalFd>,
    /// Threads that were there when the signals were blocked, but for the main one: of fixes that hang.
    strays: OnceCell<Vec<OsString>>,
    /// The signal that ended the run, if one did.
    asked: Cell<Option<Signal>>,
}

impl Signals {
    /// Notes what ends a run and what is for the program.
    ///
    /// # Errors
    /// When the system takes no handlers.
    pub(super) fn note() -> io::Result<Self> {
        let ignored = ignored();
        let heeded = END.into_iter().chain(FOR_THE_PROGRAM).filter(|signal| ignored & bit(*signal) == 0);
        // A parent may have left SIGCHLD ignored, and then nobody could be waited for.
        let noted = heeded.chain([Signal::SIGCHLD]).map(|signal| {
            let seen = Arc::new(AtomicBool::new(false));
            flag::register(signal as i32, Arc::clone(&seen))?;
            Ok((signal, seen))
        });
        let noted = noted.collect::<io::Result<_>>()?;
        Ok(Self { noted, file: OnceCell::new(), strays: OnceCell::new(), asked: Cell::new(None) })
    }

    /// Blocks all that [`super::supervise`] looks after: from here on [`Signals::next`] gives it.
    ///
    /// # Errors
    /// When the process may open no more files.
    pub(super) fn hold(&self) -> io::Result<()> {
        let all = END.into_iter().chain(FOR_THE_PROGRAM).chain(STOP).chain([Signal::SIGCONT, Signal::SIGCHLD]);
        let mask: SigSet = all.collect();
        mask.thread_block()?;
        let file = SignalFd::with_flags(&mask, SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC)?;
        // Held twice, the second file is as good as the first.
        let _ = self.file.set(file);
        // Whatever is started from here on has them blocked, too.
        let _ = self.strays.set(threads().into_iter().filter(|id| *id != *std::process::id().to_string()).collect());
        Ok(())
    }

    /// Whether a thread is left that could get a signal in our place.
    pub(super) fn may_go_astray(&self) -> bool {
        let strays = self.strays.get().map_or(&[][..], Vec::as_slice);
        !strays.is_empty() && threads().iter().any(|id| strays.contains(id))
    }

    /// The signal that ended the run, if one did.
    pub(super) fn asked(&self) -> Option<i32> {
        // One that came when the run was just over must not start the program either.
        while let Some(got) = self.next() {
            if END.contains(&got.signal) && self.asked.get().is_none() {
                self.asked.set(Some(got.signal));
            }
        }
        self.asked.get().map(|signal| signal as i32)
    }

    /// Waits for the end of `run`. The first signal ends it, and it still cleans up; the second ends the process at once.
    pub(super) async fn stop_on_signal(&self, run: Run) -> Finished {
        let stopper = run.stopper();
        let mut finish = pin!(run.finish());
        let mut looks = tokio::time::interval(LOOK_EVERY);
        loop {
            tokio::select! {
                finished = &mut finish => return finished,
                _ = looks.tick() => self.pass_to(&stopper),
            }
        }
    }

    fn pass_to(&self, stopper: &Stopper) {
        while let Some(Got { signal, .. }) = self.next() {
            if !END.contains(&signal) {
                continue;
            }
            if self.asked.replace(Some(signal)).is_some() {
                // The second signal asks for exactly this.
                std::process::exit(128 + signal as i32);
            }
            stopper.stop(signal as i32);
        }
    }

    /// Waits until there is something to read, at most for `limit`.
    pub(super) fn wait(&self, limit: Option<Duration>) {
        let limit = limit.map_or(PollTimeout::NONE, |limit| limit.try_into().unwrap_or(PollTimeout::MAX));
        let file = self.file.get().map(|file| PollFd::new(file.as_fd(), PollFlags::POLLIN));
        // An error is an interruption, or nothing that waiting less would cure; the caller looks at everything anyway.
        let _ = poll(&mut Vec::from_iter(file), limit);
    }

    /// The next signal that was sent, if any.
    pub(super) fn next(&self) -> Option<Got> {
        // A thread of a fix that hangs may still take signals: they are noted.
        if let Some((signal, _)) = self.noted.iter().find(|(_, seen)| seen.swap(false, Ordering::SeqCst)) {
            return Some(Got { signal: *signal, from_terminal: false });
        }
        let info = self.file.get()?.read_signal().ok().flatten()?;
        let signal = Signal::try_from(info.ssi_signo.cast_signed()).ok()?;
        Some(Got { signal, from_terminal: info.ssi_code == SI_KERNEL })
    }
}

/// The ids of this process's threads.
fn threads() -> Vec<OsString> {
    std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten().map(|entry| entry.file_name()).collect()
}

/// The signals that this process was started to ignore, as bits from 0 for signal 1: `SigIgn` of `/proc/self/status`.
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    line.and_then(|text| u64::from_str_radix(text.trim(), 16).ok()).unwrap_or(0)
}

fn bit(signal: Signal) -> u64 {
    1 << (signal as i32 - 1)
}
