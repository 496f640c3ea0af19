//! Commands as tasks: asked with SIGTERM at the soft limit, killed with everything they started at the hard one, reaped.

use crate::{
    End, Kind, Limits, Place, Reason, TaskError, TaskHandle, TaskManager,
    entry::{Entry, Stopper},
    group::ProcessGroup,
    guarded::EndGuard,
};
use nix::sys::signal::Signal;
use std::{
    borrow::Cow,
    ffi::OsString,
    fmt, io,
    os::{fd::OwnedFd, unix::process::ExitStatusExt},
    panic::Location,
    process::{ExitStatus, Stdio},
    time::Instant as WallInstant,
};
use tokio::{
    process::Command,
    time::{Instant, sleep_until, timeout},
};
use tokio_util::sync::CancellationToken;

/// A command to run: program, arguments, variables, and where its output goes. It reads nothing from its standard input.
/// Its output goes where the service's own goes, until said otherwise.
pub struct CommandLine {
    argv: Vec<OsString>,
    variables: Option<Vec<(OsString, OsString)>>,
    stdout: Option<OwnedFd>,
    quiet: bool,
}

impl CommandLine {
    /// The command `argv`: the program (looked for on PATH when it has no slash) and its arguments. No shell is involved.
    pub fn new(argv: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        Self { argv: argv.into_iter().map(Into::into).collect(), variables: None, stdout: None, quiet: false }
    }

    /// Gives it these variables and no others.
    pub fn variables(mut self, all: impl IntoIterator<Item = (impl Into<OsString>, impl Into<OsString>)>) -> Self {
        self.variables = Some(all.into_iter().map(|(name, text)| (name.into(), text.into())).collect());
        self
    }

    /// Throws its output away.
    pub fn quiet(mut self) -> Self {
        self.quiet = true;
        self
    }

    /// Sends its standard output there.
    pub fn stdout_to(mut self, file: impl Into<OwnedFd>) -> Self {
        self.stdout = Some(file.into());
        self
    }

    fn program(&self) -> Option<String> {
        self.argv.first().map(|program| program.to_string_lossy().into_owned()).filter(|program| !program.is_empty())
    }

    pub(crate) fn into_command(self) -> Command {
        let mut argv = self.argv.into_iter();
        let mut command = Command::new(argv.next().unwrap_or_default());
        command.args(argv).stdin(Stdio::null());
        if self.quiet {
            command.stdout(Stdio::null()).stderr(Stdio::null());
        }
        if let Some(file) = self.stdout {
            command.stdout(Stdio::from(file));
        }
        if let Some(variables) = self.variables {
            command.env_clear().envs(variables);
        }
        command
    }
}

impl<S: Into<OsString>> FromIterator<S> for CommandLine {
    fn from_iter<I: IntoIterator<Item = S>>(argv: I) -> Self {
        Self::new(argv)
    }
}

impl<S: Into<OsString>> From<Vec<S>> for CommandLine {
    fn from(argv: Vec<S>) -> Self {
        Self::new(argv)
    }
}

impl<S: Into<OsString>, const N: usize> From<[S; N]> for CommandLine {
    fn from(argv: [S; N]) -> Self {
        Self::new(argv)
    }
}

impl fmt::Debug for CommandLine {
    /// Arguments and variables may hold secrets: only the program is shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CommandLine").field("program", &self.program()).finish_non_exhaustive()
    }
}

impl TaskManager {
    /// Starts a command in a process group of its own. At its soft limit the whole group gets SIGTERM, at its hard limit
    /// SIGKILL; the command is reaped. When the command ends by itself, what it left running in its group is killed too:
    /// nothing goes on without a limit.
    ///
    /// # Errors
    /// [`TaskError::EmptyCommand`], [`TaskError::CannotStart`], and [`TaskError::ShuttingDown`] once the shutdown has begun.
    #[track_caller]
    pub fn spawn_command(
        &self,
        name: impl Into<Cow<'static, str>>,
        command: impl Into<CommandLine>,
        limits: impl Into<Limits>,
    ) -> Result<TaskHandle, TaskError> {
        let (name, line) = (name.into(), command.into());
        let place = Place(Location::caller());
        let Some(program) = line.program() else { return Err(TaskError::EmptyCommand { name: name.into_owned() }) };
        let entry = self.admit(name, Kind::Command, place, limits.into(), Some(CancellationToken::new()))?;
        let end = self.end_of(&entry);
        let _runtime = self.registry().runtime.enter();
        let group = ProcessGroup::start(line).map_err(|source| {
            end.finish(End::Failed { error: source.to_string() });
            TaskError::CannotStart { name: entry.name.clone().into_owned(), program, source }
        })?;
        entry.set_pid(group.id());
        let kill = CancellationToken::new();
        entry.attach(Stopper::Kill(kill.clone()));
        self.registry().runtime.spawn(supervise(group, end, kill));
        Ok(self.handle(entry))
    }
}

/// Sees a command to its end, whatever happens; the runtime's own end is the group's business.
async fn supervise(mut group: ProcessGroup, end: EndGuard, kill: CancellationToken) {
    let how = hold_to_limits(&mut group, &end, &kill).await;
    group.finish();
    end.finish(how);
}

async fn hold_to_limits(group: &mut ProcessGroup, end: &EndGuard, kill: &CancellationToken) -> End {
    let (entry, enforced) = (&*end.entry, end.registry.settings.enforced);
    tokio::select! {
        biased;
        status = group.wait() => return ended(status, entry),
        () = kill.cancelled() => {}
        () = asked(entry) => {}
        () = at(entry.soft_at(), enforced) => entry.ask(Reason::Limit),
    }
    if !kill.is_cancelled() {
        group.signal(Signal::SIGTERM);
        tokio::select! {
            biased;
            status = group.wait() => return ended(status, entry),
            () = kill.cancelled() => {}
            () = at(entry.hard_at(), enforced) => entry.ask(Reason::Limit),
        }
    }
    kill_and_reap(group, end).await
}

async fn kill_and_reap(group: &mut ProcessGroup, end: &EndGuard) -> End {
    group.signal(Signal::SIGKILL);
    if timeout(end.registry.settings.grace, group.wait()).await.is_err() {
        // It hangs in the kernel, which not even SIGKILL ends.
        end.registry.leak(&end.entry, WallInstant::now());
        let _ = group.wait().await;
    }
    End::Aborted { because: end.entry.asked().unwrap_or(Reason::Limit) }
}

async fn asked(entry: &Entry) {
    match &entry.token {
        Some(token) => token.cancelled().await,
        None => std::future::pending().await,
    }
}

async fn at(time: Instant, enforced: bool) {
    if enforced { sleep_until(time).await } else { std::future::pending().await }
}

/// How a command ended that was not killed by us. One that dies of the SIGTERM it was sent did as it was asked.
fn ended(status: io::Result<ExitStatus>, entry: &Entry) -> End {
    match status {
        Ok(status) if status.success() => End::Done,
        Ok(status) if entry.asked().is_some() && status.signal() == Some(Signal::SIGTERM as i32) => End::Done,
        Ok(status) => End::Failed { error: status.to_string() },
        Err(error) => End::Failed { error: error.to_string() },
    }
}
