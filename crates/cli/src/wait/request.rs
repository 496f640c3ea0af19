//! What is asked for, read from the flags. What cannot be meant is a usage error, told before anything is asked.

use super::WaitArgs;
use crate::{
    args::{Cli, Common},
    format::Format,
    set, start,
    terminal::note,
};
use bootproof::{
    Vars,
    wait::{Resolver, Target, TargetError, Wait, Wanted},
};
use bootproof_core::{ExitCode, Identity, Secret, Value};
use clap::{CommandFactory, error::ErrorKind};
use std::{sync::Arc, time::Duration};

/// How long is waited unless somebody says otherwise: as long as a start may take.
const LIMIT: Duration = Duration::from_secs(30);

/// A wait that can begin.
pub(crate) struct Request {
    pub(super) wait: Wait,
    /// The targets as they may be shown.
    pub(super) shown: Vec<String>,
    pub(super) limit: Option<Duration>,
    pub(super) not: bool,
}

impl Request {
    /// Reads the flags. Ends the program with a usage error, or with 78 when a variable has no value.
    pub(crate) fn read(args: &WaitArgs, common: &Common, mut vars: Vars) -> Self {
        if common.format() == Format::Json && !args.command.is_empty() {
            refuse("`--format json` cannot be used with a command behind `--`: stdout is the command's");
        }
        let process = vars.clone();
        for (name, text) in set::settings(&common.set) {
            vars.set(name, Value { text: Secret::new(text), source: "--set".to_owned(), shown: false });
        }
        let targets: Vec<Target> = args.targets.iter().map(|word| read(word, &vars)).collect();
        let names = targets.iter().any(|target| target.name().is_some());
        refuse_foreign_flags(common, names);
        if let Some(why) = unfit(args, &targets) {
            refuse(&why);
        }
        let limit = (!args.forever).then(|| common.timeout.unwrap_or(LIMIT));
        let shown = targets.iter().map(|target| target.shown().to_owned()).collect();
        let mut wait = wait(args, targets, limit, vars);
        if names {
            wait = wait.names(resolver(common, process));
        }
        Self { wait, shown, limit, not: args.not }
    }
}

fn wait(args: &WaitArgs, targets: Vec<Target>, limit: Option<Duration>, vars: Vars) -> Wait {
    let mut wanted = Wanted { identity: args.identity.clone(), body: args.body.clone(), ..Wanted::default() };
    if !args.status.is_empty() {
        wanted.statuses.clone_from(&args.status);
    }
    let mut wait = Wait::all(targets).wanting(wanted).vars(vars);
    if args.any {
        wait = wait.any();
    }
    if args.not {
        wait = wait.gone();
    }
    if let Some(limit) = limit {
        wait = wait.limit(limit);
    }
    if let Some(interval) = args.interval {
        wait = wait.every(interval);
    }
    wait
}

fn read(word: &str, vars: &Vars) -> Target {
    match Target::parse(word, vars) {
        Ok(target) => target,
        Err(error @ TargetError::Unreadable { .. }) => refuse(&error.to_string()),
        Err(error @ TargetError::MissingVariables { .. }) => unusable(&format!("bootproof: {error}")),
    }
}

/// Finds names as a start of this service would. The file is read once, before the wait.
fn resolver(common: &Common, vars: Vars) -> Resolver {
    let finder = match start::load(common, vars).and_then(|startup| startup.finder()) {
        Ok(finder) => Arc::new(finder),
        Err(refused) => unusable(&refused.to_string()),
    };
    Arc::new(move |name, limit| {
        let (finder, name) = (Arc::clone(&finder), name.to_owned());
        Box::pin(async move { finder.find(&name, limit).await.map(|found| Identity(found.to_string())) })
    })
}

fn unusable(why: &str) -> ! {
    note(why);
    #[expect(clippy::exit, reason = "as a usage error ends the program, with the code of a wrong configuration")]
    std::process::exit(i32::from(ExitCode::CONFIGURATION.0))
}

/// What does not fit together.
fn unfit(args: &WaitArgs, targets: &[Target]) -> Option<String> {
    let twice = targets.iter().enumerate().find(|(at, target)| targets[..*at].contains(target));
    if let Some((_, target)) = twice {
        return Some(format!("`{target}` is named twice"));
    }
    if let Some(name) = targets.iter().find(|target| args.not && target.name().is_some()) {
        return Some(format!(
            "`--not` is not for a name: whoever knows `{name}` may only not have answered; wait for its address to go"
        ));
    }
    if args.identity.is_some() {
        if targets.len() > 1 {
            return Some("`--identity` is for one target: wait for the others in a call of their own".to_owned());
        }
        if targets[0].is_command() {
            return Some("`--identity` is not for a command: let the command look for itself".to_owned());
        }
    }
    let of_http = (args.body.is_some() || !args.status.is_empty()) && !targets.iter().any(Target::is_http);
    of_http.then(|| "`--status` and `--body` are of HTTP, and no target is an `http://` or `https://` URL".to_owned())
}

/// Flags of a start, which mean nothing here: a flag that nobody reads would be a lie. Names are found by the service's file, in
/// its environment.
fn refuse_foreign_flags(common: &Common, names: bool) {
    let given = [
        ("--env", common.env.is_some() && !names),
        ("--file", common.file.is_some() && !names),
        ("--only", !common.only.is_empty()),
        ("--skip", !common.skip.is_empty()),
        ("--fail-on", common.fail_on.is_some()),
        ("--seed", common.seed.is_some()),
    ];
    if let Some((flag, _)) = given.iter().find(|(_, given)| *given) {
        refuse(&format!("`wait` reads a service's file only to find a name, and `{flag}` is for other commands"));
    }
}

fn refuse(why: &str) -> ! {
    Cli::command().error(ErrorKind::ValueValidation, why).exit()
}
