//! Stays with the program until it ends: passes signals on, reaps what is left behind, looks whose the ports are.

use super::{
    announce::Announcer,
    diagnose, helper,
    signals::{Got, STOP, Signals},
};
use crate::{args::Common, program, terminal::note};
use bootproof::hand_over::{News, Watch};
use bootproof_core::ExitCode;
use nix::{
    errno::Errno,
    sys::{
        prctl::set_child_subreaper,
        signal::{Signal, kill, raise},
        wait::{WaitPidFlag, WaitStatus, waitpid},
    },
    unistd::{Pid, getpgid, getpgrp, getpid, getsid},
};
use std::time::{Duration, Instant};

/// A program that fails sooner than this did not start well.
const EARLY: Duration = Duration::from_secs(10);
/// How often to look whose the ports are: densely while the program starts, then less.
const LOOKS: [(Duration, Duration); 2] =
    [(Duration::from_secs(2), Duration::from_millis(5)), (Duration::MAX, Duration::from_millis(100))];
/// How often to look at a port of which was told that it is not the program's: it may become so.
const RARELY: Duration = Duration::from_secs(1);
/// How long the helper may take to become the program: a millisecond or two, but for a machine that hardly runs.
const BECOMES_WITHIN: Duration = Duration::from_secs(5);
/// How long a program may take to end after its port went to somebody else: what Docker gives.
const GRACE: Duration = Duration::from_secs(10);
/// How often to look for ended children while a thread of a fix hangs, which could get the signal in our place.
const NOT_ALONE: Duration = Duration::from_millis(200);

/// Whoever stays with the program.
pub(super) struct Supervisor<'a> {
    child: Pid,
    signals: &'a Signals,
    watch: Watch,
    announcer: Option<Announcer>,
    began: Instant,
    /// Whether the program was given sockets.
    with_sockets: bool,
    /// Whether the helper has become the program.
    is_program: bool,
    /// A terminal asked for a stop that the program has not made yet.
    stopping: bool,
    /// Its port went to somebody else: when it is ended by force.
    lost: Option<Instant>,
    quiet: bool,
    verbose: bool,
}

impl<'a> Supervisor<'a> {
    pub(super) fn new(
        child: Pid,
        signals: &'a Signals,
        watch: Watch,
        announcer: Option<Announcer>,
        common: &Common,
    ) -> Self {
        let (quiet, verbose) = (common.quiet, common.verbose > 0);
        Self {
            child,
            signals,
            with_sockets: watch.has_sockets(),
            watch,
            announcer,
            began: Instant::now(),
            is_program: false,
            stopping: false,
            lost: None,
            quiet,
            verbose,
        }
    }

    /// Stays until the program ends, and tells its exit code.
    pub(super) fn stay(mut self) -> ExitCode {
        // What the program leaves behind comes to us, and not to whoever is process 1: it is reaped, and known as the program's.
        let _ = set_child_subreaper(true);
        loop {
            while let Some(got) = self.signals.next() {
                self.pass_on(got);
            }
            if let Some(code) = self.reap() {
                return code;
            }
            self.look();
            self.signals.wait(self.patience());
        }
    }

    /// How long nothing has to be looked at.
    fn patience(&self) -> Option<Duration> {
        let since = self.began.elapsed();
        let looks = LOOKS.iter().find(|(until, _)| since < *until).map(|(_, every)| *every);
        let rarely = self.watch.may_still_come().then_some(RARELY);
        let look = looks.filter(|_| !self.watch.is_over()).or(rarely);
        let force = self.lost.map(|at| at.saturating_duration_since(Instant::now()).max(Duration::from_millis(1)));
        let not_alone = self.signals.may_go_astray().then_some(NOT_ALONE);
        [look, force, not_alone].into_iter().flatten().min()
    }

    fn pass_on(&mut self, got: Got) {
        if got.signal == Signal::SIGCHLD {
            return;
        }
        // A terminal has sent it to the program, too, unless that has left our group. Twice would be a second Ctrl-C.
        let sent_to_all = got.from_terminal && !is_for_the_leader_alone(got.signal);
        if !sent_to_all || getpgid(Some(self.child)) != Ok(getpgrp()) {
            // When it is gone already, there is nobody to tell.
            let _ = kill(self.child, got.signal);
        }
        self.stopping |= STOP.contains(&got.signal);
        if got.signal == Signal::SIGCONT {
            self.stopping = false;
        }
    }

    /// Takes note of all processes that ended, and tells the exit code once the program has.
    fn reap(&mut self) -> Option<ExitCode> {
        loop {
            match waitpid(None, Some(WaitPidFlag::WNOHANG | WaitPidFlag::WUNTRACED)) {
                Ok(WaitStatus::Exited(pid, code)) if pid == self.child => {
                    return Some(self.ended(&format!("exit code {code}"), u8::try_from(code).unwrap_or(u8::MAX)));
                }
                Ok(WaitStatus::Signaled(pid, signal, _)) if pid == self.child => {
                    let ExitCode(code) = ExitCode::signal(signal as i32);
                    return Some(self.ended(signal.as_str(), code));
                }
                Ok(WaitStatus::Stopped(pid, _)) if pid == self.child && self.stopping => {
                    self.stopping = false;
                    // As it would have stopped us, had we not held it back: a shell waits for that.
                    let _ = raise(Signal::SIGSTOP);
                }
                Ok(WaitStatus::StillAlive) | Err(Errno::ECHILD) => return None,
                Ok(_) | Err(Errno::EINTR) => {}
                Err(_) => return None,
            }
        }
    }

    fn ended(&self, how: &str, code: u8) -> ExitCode {
        if self.lost.is_some() {
            return ExitCode::FAILED;
        }
        let after = self.began.elapsed();
        // An end that somebody asked for is none that needs explaining.
        // When the helper could not become the program, it has said so.
        let said = !self.is_program && [program::NOT_EXECUTABLE, program::NOT_FOUND].contains(&code);
        if code != 0 && code < 128 && after < EARLY && !said && !self.quiet {
            note(&diagnose::ended_early(how, after, self.with_sockets).to_string());
        }
        for name in self.watch.open().filter(|_| !self.quiet) {
            note(&format!("bootproof: the program ended with {how} before it was seen to listen for `{name}`"));
        }
        ExitCode(code)
    }

    /// Looks whose the ports are, and tells what is new.
    fn look(&mut self) {
        if self.lost.is_some_and(|at| Instant::now() >= at) {
            let _ = kill(self.child, Signal::SIGKILL);
        }
        let since = self.began.elapsed();
        let is_over = self.watch.is_over() && !self.watch.may_still_come();
        if is_over || self.lost.is_some() || !self.has_become_the_program(since) {
            return;
        }
        for news in self.watch.look(self.child.as_raw().cast_unsigned(), since) {
            match news {
                News::Proven { name, saw } => {
                    if self.verbose {
                        note(&format!("bootproof: ports.{name}: proven (child): {saw}"));
                    }
                    self.announcer.iter_mut().for_each(|announcer| announcer.publish(&name));
                }
                News::Unproven { name, because } => {
                    note(&format!("bootproof: ports.{name}: unproven (child): {because}"));
                }
                News::Late { name } => note(&format!("bootproof: ports.{name}: the program listens after all")),
                News::Trouble(diagnosis) => note(&diagnosis.to_string()),
                News::Lost(diagnosis) => {
                    note(&diagnosis.to_string());
                    note("bootproof: the program is asked to end (SIGTERM): it would run where nobody finds it");
                    let _ = kill(self.child, Signal::SIGTERM);
                    self.lost = Some(Instant::now() + GRACE);
                }
            }
        }
    }

    /// Whether the helper has become the program: its command line is another one then.
    fn has_become_the_program(&mut self, since: Duration) -> bool {
        if !self.is_program {
            let line = std::fs::read(format!("/proc/{}/cmdline", self.child)).unwrap_or_default();
            let helps = line.split(|byte| *byte == 0).nth(1) == Some(helper::NAME.as_bytes());
            self.is_program = !helps && !line.is_empty() || since > BECOMES_WITHIN;
        }
        self.is_program
    }
}

/// Whether we lead the session, and `signal` is what a terminal that hangs up sends: the leader gets it, and nobody else
/// (`tty_signal_session_leader` of `drivers/tty/tty_jobctrl.c`).
fn is_for_the_leader_alone(signal: Signal) -> bool {
    [Signal::SIGHUP, Signal::SIGCONT].contains(&signal) && getsid(None) == Ok(getpid())
}
