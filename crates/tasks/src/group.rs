//! A command in a process group of its own, which is signalled as a whole: the command and everything it started.

use crate::CommandLine;
use nix::{
    sys::signal::{Signal, killpg},
    unistd::Pid,
};
use std::{io, process::ExitStatus, thread, time::Duration};
use tokio::process::Child;

/// A command and its process group. Dropped before [`ProcessGroup::finish`], it kills the group.
#[derive(Debug)]
pub(crate) struct ProcessGroup {
    leader: Child,
    id: Pid,
    over: bool,
}

impl ProcessGroup {
    /// Starts `line`. Needs a runtime around it.
    pub(crate) fn start(line: CommandLine) -> io::Result<Self> {
        let leader = line.into_command().process_group(0).spawn()?;
        let id = leader.id().and_then(|id| i32::try_from(id).ok());
        let id = id.ok_or_else(|| io::Error::other("the command has no process number"))?;
        Ok(Self { leader, id: Pid::from_raw(id), over: false })
    }

    /// The number of the group and of the process that leads it.
    pub(crate) fn id(&self) -> i32 {
        self.id.as_raw()
    }

    /// Waits for the end of the leader, and reaps it. May be dropped and called again.
    pub(crate) async fn wait(&mut self) -> io::Result<ExitStatus> {
        self.leader.wait().await
    }

    /// Signals every process of the group.
    pub(crate) fn signal(&self, signal: Signal) {
        // The only answers are "none is left", which is what is wanted, and "one has other rights now", where nothing helps.
        let _ = killpg(self.id, signal);
    }

    /// Kills what is left of the group after its leader was reaped. While one process is left, the kernel gives the number
    /// to nobody else; when none is left, it comes round again only after all other numbers.
    pub(crate) fn finish(mut self) {
        self.signal(Signal::SIGKILL);
        self.over = true;
    }
}

impl Drop for ProcessGroup {
    /// Comes here unfinished only when the runtime is shut down under it. Nobody would reap the leader later, so it waits:
    /// a killed process is gone within a millisecond or two, and this gives up after 50.
    fn drop(&mut self) {
        if self.over {
            return;
        }
        self.signal(Signal::SIGKILL);
        for _ in 0..50 {
            if !matches!(self.leader.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(Duration::from_millis(1));
        }
    }
}
