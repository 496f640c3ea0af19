//! The command `bootproof`.
//!
//! stdout is data, stderr is progress; the exit codes are public (`docs/exit-codes.md`). Begin with [`args`], then [`run`].

mod args;
mod diff;
mod env_audit;
mod explain;
mod init;
mod live;
mod plan;
mod run;
mod start;
mod terminal;

use args::{Cli, Command, Common, EnvCommand, Format};
use bootproof_core::{ExitCode, Mode};
use clap::{CommandFactory, Parser, error::ErrorKind};
use std::{future::Future, time::Duration};
use terminal::{Terminal, note};

/// How long tasks of the runtime may go on after the report, for what blocks its thread.
const LAST_GRACE: Duration = Duration::from_millis(50);

fn main() -> std::process::ExitCode {
    let cli = Cli::parse();
    refuse_pictures(&cli);
    let vars = bootproof::process::variables();
    let terminal = Terminal::look(cli.common.color, &vars);
    let code = match &cli.command {
        Command::Verify => verify(&cli.common, vars, &terminal),
        Command::Check => check(&cli.common, vars, &terminal),
        Command::Plan => plan::plan(&cli.common, vars, &terminal),
        Command::Explain { code } => explain::explain(code.as_deref()),
        Command::Init(args) => init::init(args, &cli.common),
        Command::Diff(args) => diff::diff(args, &cli.common, vars, &terminal),
        Command::Env(args) => match &args.command {
            EnvCommand::Audit(args) => env_audit::audit(args, &cli.common, vars, &terminal),
        },
    };
    std::process::ExitCode::from(code.0)
}

/// Two threads: one may be held up by what a fix does, the other keeps the budget.
fn verify(common: &Common, vars: bootproof::Vars, terminal: &Terminal) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    on(runtime, run::run(common, vars, terminal, Mode::Verify))
}

/// One thread: looking is quick, and so must be the command.
fn check(common: &Common, vars: bootproof::Vars, terminal: &Terminal) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    on(runtime, run::run(common, vars, terminal, Mode::Check))
}

fn on(runtime: std::io::Result<tokio::runtime::Runtime>, work: impl Future<Output = ExitCode>) -> ExitCode {
    match runtime {
        Ok(runtime) => {
            let code = runtime.block_on(work);
            runtime.shutdown_timeout(LAST_GRACE);
            code
        }
        Err(error) => {
            note(&format!("bootproof: the machine gives no threads or event queue to run on: {error}"));
            ExitCode::FAILED
        }
    }
}

/// `dot` and `mermaid` are pictures of a plan; elsewhere they are a usage error, not silently text.
fn refuse_pictures(cli: &Cli) {
    let picture = matches!(cli.common.format, Format::Dot | Format::Mermaid);
    if picture && !matches!(cli.command, Command::Plan) {
        let text = "`--format dot` and `--format mermaid` are for `bootproof plan`";
        Cli::command().error(ErrorKind::InvalidValue, text).exit();
    }
}
