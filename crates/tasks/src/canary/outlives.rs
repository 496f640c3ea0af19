//! A command that ignores SIGTERM, as does the process it starts.

use super::{Cage, Outcome, PATIENCE, limits};
use crate::{CommandLine, End, Limits, Reason, TaskError, Waited, diagnose, program};
use bootproof_core::Diagnosis;
use std::{io, io::PipeReader, path::Path, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader},
    net::unix::pipe::Receiver,
    time::{Instant, timeout},
};

const NAME: &str = "canary/ignores-sigterm";
pub(super) const DID: &str = "ran a command that ignores SIGTERM and starts a process that does so too";
/// Ignored signals stay ignored in what a process starts. Ends by itself after 5 s.
const SCRIPT: &str = "trap '' TERM; sleep 5 & echo $!; wait";
/// Soft and hard limits in milliseconds. The next is tried when the command was not ready in time on a busy machine.
const TRIES: [(u64, u64); 3] = [(30, 45), (200, 250), (1_000, 1_100)];

type Lines = BufReader<Receiver>;

/// Shows that both processes are gone after the hard limit: each holds one end of a pipe, which ends only with both.
pub(super) async fn run(cage: Arc<Cage>, path: String) -> Result<Outcome, Diagnosis> {
    let looked_in = path.clone();
    let sh = tokio::task::spawn_blocking(move || program::find("sh", Some(&looked_in))).await;
    let Ok(Ok(sh)) = sh else {
        return Ok(Outcome::NotShown(format!("there is no `sh` in `{path}`, so no process group was killed")));
    };
    for (soft, hard) in TRIES {
        if let Some(outcome) = attempt(&cage, &sh, &path, limits(soft, hard)?).await? {
            return Ok(outcome);
        }
    }
    Ok(Outcome::NotShown("the machine is too busy to start a command within a second".into()))
}

/// One try; `None` when the command was not ready before its soft limit, so that nothing can be said.
async fn attempt(cage: &Cage, sh: &Path, path: &str, limits: Limits) -> Result<Option<Outcome>, Diagnosis> {
    let began = Instant::now();
    let not_shown = |error: io::Error| Ok(Some(Outcome::NotShown(error.to_string())));
    let (output, input) = match io::pipe() {
        Ok(pipe) => pipe,
        Err(error) => return not_shown(error),
    };
    let line = CommandLine::new([sh.as_os_str(), "-c".as_ref(), SCRIPT.as_ref()]);
    let line = line.variables([("PATH", path)]).quiet().stdout_to(input);
    let task = match cage.manager.spawn_command(NAME, line, limits) {
        Err(TaskError::CannotStart { source, .. }) => return not_shown(source),
        other => cage.keep(other)?,
    };
    let mut lines = match lines(output) {
        Ok(lines) => lines,
        Err(error) => return not_shown(error),
    };
    let started = first_line(&mut lines, limits.soft().saturating_sub(began.elapsed())).await;
    let end = task.wait(limits.hard() + PATIENCE).await;
    let took = began.elapsed();
    let all_gone = timeout(PATIENCE, lines.read_to_end(&mut vec![])).await.is_ok();
    judge(started, &end, took, all_gone, limits)
}

fn lines(output: PipeReader) -> io::Result<Lines> {
    Ok(BufReader::new(Receiver::from_owned_fd(output.into())?))
}

/// The line that says that both processes are there.
async fn first_line(lines: &mut Lines, limit: Duration) -> Option<String> {
    let mut line = String::new();
    timeout(limit, lines.read_line(&mut line)).await.ok()?.ok()?;
    Some(line.trim().to_owned()).filter(|line| !line.is_empty())
}

fn judge(
    started: Option<String>,
    end: &Waited,
    took: Duration,
    all_gone: bool,
    limits: Limits,
) -> Result<Option<Outcome>, Diagnosis> {
    let wrong = |seen: String| Err(diagnose::not_enforced(NAME, seen));
    match (started, end) {
        (_, Waited::StillRunning) => wrong(format!("it still ran {PATIENCE:?} after its hard limit")),
        (_, Waited::Ended(_)) if !all_gone => wrong(format!("what it started still ran {PATIENCE:?} after it")),
        (None, _) => Ok(None),
        (Some(pid), Waited::Ended(End::Aborted { because: Reason::Limit })) if took >= limits.hard() => {
            let (soft, over) = (limits.soft(), took - limits.hard());
            Ok(Some(Outcome::Shown(format!(
                "SIGTERM after {soft:?} was ignored; killed and reaped after {took:.1?}, {over:.1?} over its hard limit, \
                 together with the process {pid} it had started"
            ))))
        }
        (Some(_), Waited::Ended(end)) => Ok(Some(Outcome::NotShown(format!("it ended by itself: {end}")))),
    }
}
