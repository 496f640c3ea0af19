//! A command that must succeed, run without a shell.

use crate::{
    diagnose, hide,
    run::run,
    service::{card, limit, with_effect},
};
use bootproof_core::{Card, Criticality, Cx, Diagnosis, Identity, Phase, Retry, Service, Vars};
use std::{io, io::ErrorKind, os::unix::process::ExitStatusExt, process::ExitStatus, time::Duration};

/// The most a command may take unless said otherwise: that of the other probes, connect and answer together.
const LIMIT: Duration = Duration::from_secs(4);
/// What is kept back of a step for killing a command that is late, and for its last words.
const ENDING: Duration = Duration::from_millis(150);

/// A command that must exit with 0. It gets the start's variables, no input, and its output is not kept; whatever it started
/// and left running in its process group is killed with it.
pub struct CommandService {
    card: Card,
    argv: Vec<String>,
    limit: Duration,
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
        let limit = limit(cx, self.limit.saturating_add(ENDING)).saturating_sub(ENDING);
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
        ErrorKind::WouldBlock | ErrorKind::OutOfMemory => {
            diagnosis.action("look at this host's limits and memory").away()
        }
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
        64 | 126 | 127 => {
            diagnosis.why("this code says that it is used wrongly or something it runs is missing").configuration()
        }
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
        .away()
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
