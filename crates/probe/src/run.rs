//! Runs a command to its end or its limit, and keeps its last words.

use crate::group::Group;
use bootproof_core::{Secret, Vars};
use std::{
    io,
    pin::pin,
    process::{ExitStatus, Stdio},
    time::Duration,
};
use tokio::{
    io::AsyncReadExt,
    process::{ChildStderr, Command},
    time::timeout,
};

/// How much of the end of its standard error is kept.
const TAIL: usize = 4096;
/// How long to wait for the end of standard error once the group is killed: only what left the group can hold it open.
const LAST_WORDS: Duration = Duration::from_millis(100);

/// How a command ended.
pub(crate) struct End {
    /// `None`: it was killed at its limit.
    pub(crate) status: Option<ExitStatus>,
    /// The end of what it said on standard error.
    pub(crate) stderr: Vec<u8>,
}

/// Runs `program` with these variables and no others, no input, and its output thrown away.
pub(crate) async fn run(vars: &Vars, program: &Secret, arguments: &[Secret], limit: Duration) -> io::Result<End> {
    let mut command = Command::new(program.reveal());
    command.args(arguments.iter().map(Secret::reveal)).env_clear();
    command.envs(vars.iter().map(|(name, value)| (name, value.text.reveal())));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut stderr = vec![];
    let status = attend(Group::start(&mut command)?, limit, &mut stderr).await?;
    Ok(End { status, stderr })
}

/// Listens to the group until it is done or at its limit, and ends it.
async fn attend(mut group: Group, limit: Duration, stderr: &mut Vec<u8>) -> io::Result<Option<ExitStatus>> {
    let mut listening = pin!(keep_end(group.stderr(), stderr));
    let mut silent = false;
    let in_time = {
        let mut done = pin!(timeout(limit, group.done()));
        loop {
            tokio::select! {
                done = &mut done => break done.is_ok_and(|done| done.is_ok()),
                () = &mut listening, if !silent => silent = true,
            }
        }
    };
    let status = group.end().await?;
    if !silent {
        // When that is late too, what was heard so far must do.
        let _ = timeout(LAST_WORDS, listening).await;
    }
    Ok(in_time.then_some(status))
}

/// Reads to the end and keeps the last [`TAIL`] bytes.
async fn keep_end(pipe: Option<ChildStderr>, kept: &mut Vec<u8>) {
    let Some(mut pipe) = pipe else { return };
    let mut piece = [0; TAIL];
    while let Ok(n @ 1..) = pipe.read(&mut piece).await {
        kept.extend_from_slice(&piece[..n]);
        kept.drain(..kept.len().saturating_sub(TAIL));
    }
}
