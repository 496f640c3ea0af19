//! A command that must succeed, run without a shell.

use crate::{
    diagnose,
    group::Group,
    hide,
    service::{card, limit, with_effect},
};
use bootproof_core::{Card, Criticality, Cx, Diagnosis, Identity, Phase, Retry, Secret, Service, Vars};
use std::{
    io,
    io::ErrorKind,
    os::unix::process::ExitStatusExt,
    pin::pin,
    process::{ExitStatus, Stdio},
    time::Duration,
};
use tokio::{
    io::AsyncReadExt,
    process::{ChildStderr, Command},
    time::timeout,
};

/// The most a command may take unless said otherwise: that of the other probes, connect and answer together.
const LIMIT: Duration = Duration::from_secs(4);
/// How much of the end of its standard error is kept.
const TAIL: usize = 4096;
/// How long to wait for the end of standard error once the group is killed: only what left the group can hold it open.
const LAST_WORDS: Duration = Duration::from_millis(100);

/// A command that must exit with 0. It gets the start's variables, no input, and its output is not kept; whatever it started
/// and left running in its process group is killed with it.
pub struct CommandService {
    card: Card,
    argv: Vec<String>,
    limit: Duration,
}

/// How it ended.
struct End {
    /// `None`: it was killed at its limit.
    status: Option<ExitStatus>,
    /// The end of what it said on standard error.
    stderr: Vec<u8>,
}

impl CommandService {
    /// Service `command.<name>`. `argv` are templates: the program, sought in `PATH`, and its arguments. Four seconds are its
    /// limit.
    pub fn new(name: &str, argv: impl IntoIterator<Item = impl Into<String>>, criticality: Criticality) -> Self {
        let card = card("command", name, "command", "Command", criticality);
        Self { card, argv: argv.into_iter().map(Into::into).collect(), limit: LIMIT }
    }

    /// Sets the most that one run of it may take.
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    async fn ask(&self, cx: &Cx) -> Result<Identity, Diagnosis> {
        let vars = variables(cx);
        let argv = self.argv.iter().map(|word| cx.vars().expand(word)).collect::<Result<Vec<_>, _>>();
        let argv = argv.map_err(|names| unusable(&diagnose::missing_variables(&names).why.join("; ")))?;
        let [program, arguments @ ..] = &argv[..] else { return Err(unusable("it is empty")) };
        // The program as it is written: arguments may hold secrets.
        let shown = &self.argv[0];
        let look = cx.look(format!("ran `{shown}`"));
        let limit = limit(cx, self.limit);
        let end = run(&vars, program, arguments, limit).await.map_err(|error| not_run(shown, &error))?;
        match end.status {
            Some(status) if status.success() => {
                look.saw("exit code 0");
                Ok(Identity(format!("`{shown}` exits with 0")))
            }
            Some(status) => Err(with_words(failed(shown, status), &end.stderr, &vars)),
            None => Err(with_words(too_slow(shown, limit), &end.stderr, &vars)),
        }
    }
}

/// What the command sees: what was given to the start, and over it what the start resolved.
fn variables(cx: &Cx) -> Vars {
    let mut vars = Vars::clone(cx.given_vars());
    for (name, value) in cx.vars().iter() {
        vars.set(name, value.clone());
    }
    vars
}

async fn run(vars: &Vars, program: &Secret, arguments: &[Secret], limit: Duration) -> io::Result<End> {
    let mut command = Command::new(program.reveal());
    command.args(arguments.iter().map(Secret::reveal)).env_clear();
    command.envs(vars.iter().map(|(name, value)| (name, value.text.reveal())));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut group = Group::start(&mut command)?;
    let mut kept = vec![];
    let mut listening = pin!(keep_end(group.stderr(), &mut kept));
    let mut silent = false;
    let done = {
        let mut done = pin!(timeout(limit, group.done()));
        loop {
            tokio::select! {
                done = &mut done => break done,
                () = &mut listening, if !silent => silent = true,
            }
        }
    };
    let status = group.end().await?;
    if !silent {
        // When that is late too, what was heard so far must do.
        let _ = timeout(LAST_WORDS, listening).await;
    }
    let in_time = done.map_or(Ok(false), |done| done.map(|()| true))?;
    Ok(End { status: in_time.then_some(status), stderr: kept })
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

fn with_words(diagnosis: Diagnosis, stderr: &[u8], vars: &Vars) -> Diagnosis {
    match hide::last_line(&String::from_utf8_lossy(stderr), &hide::secrets_of(vars)) {
        Some(said) => diagnosis.why(format!("its last words: {said}")),
        None => diagnosis.why("it said nothing on standard error"),
    }
}

fn not_run(program: &str, error: &io::Error) -> Diagnosis {
    if error.kind() == ErrorKind::NotFound {
        return Diagnosis::new("CMD-001", format!("the program `{program}` does not exist"))
            .why("neither at this path or in `PATH`, or the interpreter that its first line names is missing")
            .action("install it, or correct the command")
            .configuration();
    }
    let diagnosis = Diagnosis::new("CMD-002", format!("the program `{program}` cannot be run")).why(error.to_string());
    match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::OutOfMemory => diagnosis.action("look at this host's limits and memory").away(),
        _ => diagnosis.action("make it executable for this user, or name another program").configuration(),
    }
}

/// The exit codes of `sysexits.h` say whether time can cure; of others nothing is known, and a retry may help.
fn failed(program: &str, status: ExitStatus) -> Diagnosis {
    let Some(code) = status.code() else { return killed(program, status) };
    let diagnosis = Diagnosis::new("CMD-003", format!("`{program}` failed with exit code {code}"));
    let diagnosis = diagnosis.action("run it by hand with the same variables and read what it says");
    match code {
        75 => diagnosis.why("75 says that it may work later").away(),
        78 => diagnosis.why("78 says that its configuration is wrong").configuration(),
        64 | 126 | 127 => diagnosis.why("this code says that it is used wrongly or something it runs is missing").configuration(),
        _ => diagnosis.retry(Retry::MayHelp),
    }
}

fn killed(program: &str, status: ExitStatus) -> Diagnosis {
    let signal = status.signal().unwrap_or_default();
    Diagnosis::new("CMD-004", format!("`{program}` was killed by signal {signal}"))
        .action("look why: it crashed (11, 6), ran out of memory (9), or somebody ended it")
}

fn too_slow(program: &str, limit: Duration) -> Diagnosis {
    Diagnosis::new("CMD-005", format!("`{program}` was not done in {limit:?}"))
        .why("it was killed then, with all it had started")
        .action("look what it waits for, or give it a higher limit")
        .time()
}

fn unusable(why: &str) -> Diagnosis {
    Diagnosis::new("CMD-006", "the command cannot be used as it is written")
        .why(why)
        .action("correct it in the service's file, or set what it needs")
        .configuration()
}

impl Service for CommandService {
    fn card(&self) -> &Card {
        &self.card
    }

    fn probe<'a>(&'a self, cx: &'a Cx) -> Phase<'a, Identity> {
        Box::pin(async move { self.ask(cx).await.map_err(|diagnosis| with_effect(&self.card, diagnosis)) })
    }
}
