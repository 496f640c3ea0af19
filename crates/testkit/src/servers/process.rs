//! One run of a server's program, from spawn to its certain end.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use super::leash::Leash;
use super::server::Spec;
use super::{StartError, family};

/// Two busy cores and a cold disk; a healthy start takes a tenth of a second.
const READY_WITHIN: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(3);
const QUIT_WITHIN: Duration = Duration::from_secs(2);

/// A server's running program. Dropping it ends the program.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    quit: Signal,
    mark: Option<PathBuf>,
    leash: Option<Leash>,
}

impl Process {
    /// Starts the program; does not wait for it to answer.
    pub(crate) fn spawn(spec: &Spec, folder: &Path, port: u16) -> Result<Self, StartError> {
        let preparing = |what: &str| StartError::preparing(spec.kind, what);
        let args = (spec.args)(folder, port).map_err(preparing("its configuration"))?;
        let log = File::options().create(true).append(true).open(log_path(folder));
        let log = log.map_err(preparing("its log"))?;
        let mut command = Command::new(&spec.program);
        command.args(args).current_dir(folder).env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        command.env("LC_ALL", "C").env("HOME", folder).stdin(Stdio::null());
        command.stdout(log.try_clone().map_err(preparing("its log"))?).stderr(log);
        spec.account.apply(&mut command);
        let child = command.spawn().map_err(preparing("starting its program"))?;
        let mut process = Self { child, quit: spec.quit, mark: None, leash: None };
        process.register(spec.kind, folder).map_err(preparing("registering its process"))?;
        Ok(process)
    }

    /// Leaves a mark for `cargo xtask test`, and ties the program to our own life.
    fn register(&mut self, kind: &str, folder: &Path) -> io::Result<()> {
        let started = family::started(self.pid()).unwrap_or_default();
        if let Some(run) = std::env::var_os("BOOTPROOF_TEST_RUN") {
            let mark = Path::new(&run).join(format!("{kind}-{}", self.pid()));
            fs::write(&mark, &started)?;
            self.mark = Some(mark);
        }
        let quit = self.quit.as_str().trim_start_matches("SIG");
        self.leash = Some(Leash::tie(self.pid(), &started, quit, folder, self.mark.as_deref())?);
        Ok(())
    }

    /// Waits until the server answers its protocol.
    pub(crate) fn wait_ready(&mut self, spec: &Spec, folder: &Path, port: u16) -> Result<(), StartError> {
        let start = Instant::now();
        loop {
            let ended = self.child.try_wait().map_err(StartError::preparing(spec.kind, "waiting for it"))?;
            if let Some(status) = ended {
                return Err(StartError::Ended { kind: spec.kind, status, log: log_end(folder) });
            }
            match (spec.ready)(port) {
                Ok(()) => return Ok(()),
                Err(last) if start.elapsed() > READY_WITHIN => {
                    let (kind, waited) = (spec.kind, start.elapsed());
                    return Err(StartError::Silent { kind, waited, last, log: log_end(folder) });
                }
                Err(_) => std::thread::sleep(LOOK_EVERY),
            }
        }
    }

    pub(crate) fn pid(&self) -> i32 {
        self.child.id().cast_signed()
    }

    /// SIGKILL to the program and all it started; returns when none of them runs.
    pub(crate) fn kill(mut self) {
        let all = family::stop(self.pid());
        family::signal(&all, Signal::SIGKILL);
        let _ = self.child.wait();
        family::gone(&all, QUIT_WITHIN);
    }

    /// Ends it the fast way its kind has, then by SIGKILL.
    fn quit(&mut self) {
        if !matches!(self.child.try_wait(), Ok(None)) {
            return;
        }
        let all = family::of(self.pid());
        family::signal(&all, Signal::SIGCONT);
        family::signal(&all[..1], self.quit);
        if !family::gone(&all, QUIT_WITHIN) {
            family::signal(&family::stop(self.pid()), Signal::SIGKILL);
            family::signal(&all, Signal::SIGKILL);
        }
        let _ = self.child.wait();
        family::gone(&all, QUIT_WITHIN);
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.quit();
        if let Some(mark) = self.mark.take() {
            let _ = fs::remove_file(mark);
        }
        if let Some(leash) = self.leash.take() {
            leash.release();
        }
    }
}

/// Where a server in `folder` writes what it has to say.
pub(crate) fn log_path(folder: &Path) -> PathBuf {
    folder.join("server.log")
}

/// The end of the log of the server in `folder`.
pub(crate) fn log_end(folder: &Path) -> String {
    last_lines(&String::from_utf8_lossy(&fs::read(log_path(folder)).unwrap_or_default()))
}

/// The last lines of `text`: enough to see why.
pub(crate) fn last_lines(text: &str) -> String {
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(30)..].join("\n")
}
