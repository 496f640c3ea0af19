//! The command `bootproof`.
//!
//! stdout is data, stderr is progress; the exit codes are public (`docs/exit-codes.md`). Begin with [`args`], then [`verify`].

mod args;
mod compose;
mod diff;
mod env;
mod explain;
mod format;
mod init;
mod live;
mod plan;
mod ports;
#[cfg(target_os = "linux")]
mod run;
mod set;
mod start;
mod terminal;
mod verify;
mod wait;

use args::{Cli, Command, Common};
use bootproof_core::{ExitCode, Mode};
use clap::Parser;
use std::{future::Future, time::Duration};
use terminal::{Terminal, note};

/// How long tasks of the runtime may go on after the report, for what blocks its thread.
const LAST_GRACE: Duration = Duration::from_millis(50);

fn main() -> std::process::ExitCode {
    let cli = Cli::parse();
    format::refuse_foreign(&cli);
    let vars = bootproof::process::variables();
    let terminal = Terminal::look(cli.common.color, &vars);
    let code = match &cli.command {
        Command::Verify => verify(&cli.common, vars, &terminal),
        #[cfg(target_os = "linux")]
        Command::Run(args) => run::run(args, &cli.common, vars, &terminal),
        #[cfg(target_os = "linux")]
        Command::Start(args) => run::helper::start(args),
        Command::Check => check(&cli.common, vars, &terminal),
        Command::Plan => plan::plan(&cli.common, vars, &terminal),
        Command::Explain { word } => explain::explain(word.as_deref(), &cli.common, vars, &terminal),
        Command::Env(args) => env::env(args, &cli.common, vars, &terminal),
        Command::Init(args) => init::init(args, &cli.common),
        Command::Diff(args) => diff::diff(args, &cli.common, vars, &terminal),
        Command::Ports(args) => match &args.command {
            Some(ports::PortsCommand::Find { name }) => finding(name, &cli.common, vars, &terminal),
            command => ports::ports(command.as_ref(), &cli.common, &vars, &terminal),
        },
        Command::Compose(args) => compose::compose(args, &cli.common, vars, &terminal),
        Command::Wait(args) => waiting(args, &cli.common, vars, &terminal),
    };
    std::process::ExitCode::from(code.0)
}

/// Two threads: one may be held up by what a fix does, the other keeps the budget.
fn verify(common: &Common, vars: bootproof::Vars, terminal: &Terminal) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    on(runtime, verify::verify(common, vars, terminal, Mode::Verify))
}

/// One thread: looking is quick, and so must be the command.
fn check(common: &Common, vars: bootproof::Vars, terminal: &Terminal) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    on(runtime, verify::verify(common, vars, terminal, Mode::Check))
}

/// One thread: the sources are asked one after another.
fn finding(name: &str, common: &Common, vars: bootproof::Vars, terminal: &Terminal) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    on(runtime, ports::find(name, common, vars, terminal))
}

/// One thread: each target is a task that never blocks it. What is started afterwards takes the place of this process.
fn waiting(args: &wait::WaitArgs, common: &Common, vars: bootproof::Vars, terminal: &Terminal) -> ExitCode {
    let request = wait::Request::read(args, common, vars);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match on(runtime, wait::wait(args, common, terminal, request)) {
        ExitCode::OK => wait::start(&args.command, &common.set),
        code => code,
    }
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
