//! What all servers have in common: a port, a folder, a process that can be stopped, killed and restarted.

use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use nix::sys::signal::Signal;
use tempfile::TempDir;

use super::account::Account;
use super::process::{Process, log_end};
use super::{StartError, family};
use crate::port::Lease;

/// A port can be lost between its lease and the server's bind, to somebody who knows nothing of leases.
const TRIES: usize = 5;

/// The program's arguments for a folder and a port.
pub(crate) type Args = Box<dyn Fn(&Path, u16) -> io::Result<Vec<OsString>> + Send + Sync>;

/// Makes a data folder in the server's folder.
pub(crate) type Prepare = Box<dyn Fn(&Path) -> Result<(), StartError> + Send + Sync>;

/// How one kind of server is run.
pub(crate) struct Spec {
    pub(crate) kind: &'static str,
    pub(crate) program: PathBuf,
    pub(crate) account: Account,
    pub(crate) args: Args,
    /// Makes the data folder in the server's own, once.
    pub(crate) prepare: Prepare,
    /// Asks the server on a port in its protocol; blocks at most half a second.
    pub(crate) ready: fn(u16) -> io::Result<()>,
    /// Ends it fast and clean enough that nothing of the system's is left.
    pub(crate) quit: Signal,
    /// What a SIGKILL leaves behind outside the folder.
    pub(crate) after_kill: fn(&Path),
}

impl fmt::Debug for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Spec").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// A real server with a port and a folder of its own. Dropping it ends it and removes the folder, also on panic.
#[derive(Debug)]
pub struct Server {
    spec: Arc<Spec>,
    process: Mutex<Option<Process>>,
    lease: Lease,
    folder: TempDir,
}

impl Server {
    pub(crate) async fn start(spec: Spec) -> Result<Self, StartError> {
        blocking(move || Self::start_blocking(&Arc::new(spec))).await
    }

    fn start_blocking(spec: &Arc<Spec>) -> Result<Self, StartError> {
        let preparing = |what: &str| StartError::preparing(spec.kind, what);
        let folder =
            TempDir::with_prefix(format!("bootproof-{}-", spec.kind)).map_err(preparing("making its folder"))?;
        spec.account.own(folder.path()).map_err(preparing("giving its folder away"))?;
        (spec.prepare)(folder.path())?;
        let mut tries = 1;
        loop {
            let lease = Lease::take().map_err(preparing("taking a port"))?;
            let mut process = Process::spawn(spec, folder.path(), lease.port())?;
            match process.wait_ready(spec, folder.path(), lease.port()) {
                Err(error) if tries < TRIES && port_was_lost(&error) => tries += 1,
                Err(error) => return Err(error),
                Ok(()) => {
                    let process = Mutex::new(Some(process));
                    return Ok(Self { spec: spec.clone(), process, lease, folder });
                }
            }
        }
    }

    /// The port on 127.0.0.1; the same for the server's whole life, restarts included.
    pub fn port(&self) -> u16 {
        self.lease.port()
    }

    /// The server's process. PostgreSQL's is the postmaster.
    ///
    /// # Panics
    /// When it was killed.
    pub fn pid(&self) -> i32 {
        self.process().as_ref().expect("the server was killed and not restarted").pid()
    }

    /// Its folder; the data is in `data`.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The last lines of its log.
    pub fn log(&self) -> String {
        log_end(self.folder())
    }

    /// SIGSTOP to the whole server: connections are still accepted by the kernel, nothing answers.
    pub fn stop_signal(&self) {
        family::stop(self.pid());
    }

    /// SIGCONT to the whole server.
    pub fn continue_signal(&self) {
        family::signal(&family::of(self.pid()), Signal::SIGCONT);
    }

    /// SIGKILL to the whole server. On return nothing of it runs and its port refuses. Twice is once.
    pub async fn kill(&self) {
        if let Some(process) = self.take() {
            let folder = self.folder().to_owned();
            let after = self.spec.after_kill;
            let killed = tokio::task::spawn_blocking(move || {
                process.kill();
                after(&folder);
            });
            killed.await.expect("killing a server does not panic");
        }
    }

    /// Starts it again, on the same port with the same data, and waits until it answers. Ends it first when it
    /// still runs.
    ///
    /// # Errors
    /// When it does not start or its port was taken meanwhile.
    pub async fn restart(&self) -> Result<(), StartError> {
        let running = self.take();
        let (spec, folder, port) = (self.spec.clone(), self.folder().to_owned(), self.port());
        let process = blocking(move || {
            drop(running);
            let mut process = Process::spawn(&spec, &folder, port)?;
            process.wait_ready(&spec, &folder, port)?;
            Ok(process)
        });
        let process = process.await?;
        *self.process() = Some(process);
        Ok(())
    }

    /// Starts it again and does not wait: to meet it while it is starting.
    ///
    /// # Errors
    /// When its program cannot be started.
    pub fn launch_again(&self) -> Result<(), StartError> {
        drop(self.take());
        let process = Process::spawn(&self.spec, self.folder(), self.port())?;
        *self.process() = Some(process);
        Ok(())
    }

    fn take(&self) -> Option<Process> {
        self.process().take()
    }

    fn process(&self) -> MutexGuard<'_, Option<Process>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.take());
    }
}

fn port_was_lost(error: &StartError) -> bool {
    matches!(error, StartError::Ended { log, .. } if log.to_lowercase().contains("in use"))
}

/// Runs what blocks away from the runtime's threads, so that a test's other tasks go on.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StartError> + Send + 'static,
) -> Result<T, StartError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
