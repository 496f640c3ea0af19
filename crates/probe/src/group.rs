//! A command in a process group of its own, which is killed whole: when its leader is done, at its limit, or when dropped.
//!
//! The leader is waited for without being reaped first. As long as it is a zombie its number cannot be given to anybody
//! else, so the kill that follows can only meet its own group. What leaves the group (a daemon's `setsid`) is out of reach.

use nix::{
    sys::{
        signal::{Signal, killpg},
        wait::{Id, WaitPidFlag, WaitStatus, waitid},
    },
    unistd::Pid,
};
use std::{io, process::ExitStatus};
use tokio::{
    process::{Child, ChildStderr, Command},
    signal::unix::{Signal as Signals, SignalKind, signal},
};

/// A running group. Dropping it kills it; the runtime reaps its leader.
pub(crate) struct Group {
    leader: Child,
    pid: Pid,
    changes: Signals,
}

impl Group {
    /// Starts the command as the leader of a new group.
    pub(crate) fn start(command: &mut Command) -> io::Result<Self> {
        // Before the start, so that no end is missed.
        let changes = signal(SignalKind::child())?;
        let leader = command.process_group(0).kill_on_drop(true).spawn()?;
        let pid = leader.id().and_then(|pid| i32::try_from(pid).ok()).map(Pid::from_raw);
        let pid = pid.ok_or_else(|| io::Error::other("the command has no process id"))?;
        Ok(Self { leader, pid, changes })
    }

    /// Its standard error, once.
    pub(crate) fn stderr(&mut self) -> Option<ChildStderr> {
        self.leader.stderr.take()
    }

    /// Waits until the leader is done. Kills nothing and reaps nothing.
    pub(crate) async fn done(&mut self) -> io::Result<()> {
        let look = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
        while waitid(Id::Pid(self.pid), look)? == WaitStatus::StillAlive {
            self.changes.recv().await;
        }
        Ok(())
    }

    /// Kills what is left of the group, and then reaps its leader.
    pub(crate) async fn end(&mut self) -> io::Result<ExitStatus> {
        self.kill();
        self.leader.wait().await
    }

    fn kill(&self) {
        if self.leader.id().is_some() {
            // It fails when all members are gone (ESRCH) or are another user's now (EPERM): neither can be helped.
            let _ = killpg(self.pid, Signal::SIGKILL);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}
