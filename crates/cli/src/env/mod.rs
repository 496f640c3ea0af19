//! `bootproof env`: shows, explains, judges and exports the variables of a service. Nothing is connected or started.
//!
//! Begin with [`Seen`]: what is declared, what sets it, and what it comes to. What is printed is written by `bootproof-report`.

pub(crate) mod args;
mod audit;
mod check;
mod example;
mod explain;
mod export;
mod facts;
mod fingerprint;
mod places;
mod seen;
mod table;

pub(crate) use explain::explain;
pub(crate) use seen::{Seen, look};

use crate::{
    args::{Cli, Common},
    terminal::{Terminal, note},
    verify::report,
};
use args::{EnvArgs, EnvCommand};
use bootproof::{Refused, Vars};
use bootproof_core::ExitCode;
use clap::{CommandFactory, error::ErrorKind};

/// Runs `bootproof env` and its subcommands.
pub(crate) fn env(args: &EnvArgs, common: &Common, vars: Vars, terminal: &Terminal) -> ExitCode {
    if args.all && args.command.is_some() {
        let text = "`--all` stands behind its command: `bootproof env --all`, `bootproof env export --all`";
        Cli::command().error(ErrorKind::ArgumentConflict, text).exit();
    }
    if let Some(EnvCommand::Audit(args)) = &args.command {
        return audit::audit(args, common, vars, terminal);
    }
    let seen = match look(common, vars) {
        Ok(seen) => seen,
        Err(refused) => return refuse(&refused, args, common, terminal),
    };
    match &args.command {
        None | Some(EnvCommand::Audit(_)) => table::table(&seen, args.all, common, terminal),
        Some(EnvCommand::Explain { name }) => explain(&seen, name, common, terminal),
        Some(EnvCommand::Check) => check::check(&seen, common, terminal),
        Some(EnvCommand::Export(args)) => export::export(&seen, args, common),
        Some(EnvCommand::Example { output, force }) => example::example(&seen, output.as_deref(), *force),
        Some(EnvCommand::Fingerprint { key_file, compare }) => {
            fingerprint::fingerprint(&seen, key_file.as_deref(), compare.as_deref(), common, terminal)
        }
    }
}

/// What is wrong with the file goes to stdout where a report does, and to stderr where stdout is for another program.
fn refuse(refused: &Refused, args: &EnvArgs, common: &Common, terminal: &Terminal) -> ExitCode {
    let is_report = matches!(args.command, None | Some(EnvCommand::Explain { .. } | EnvCommand::Check));
    if is_report {
        return report(&refused.state(), common, terminal);
    }
    note(&refused.to_string());
    ExitCode::CONFIGURATION
}
