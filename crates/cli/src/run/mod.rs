//! `bootproof run -- CMD`: verify, start the program with the variables and the sockets, forward signals, return its exit code.
//!
//! stdout is the program's alone; everything of ours is on stderr. The steps: the program is looked for, the start is verified,
//! [`child`] starts it by way of [`helper`], [`supervise`] stays with it.

mod announce;
mod child;
mod diagnose;
pub(crate) mod helper;
mod relay;
mod signals;
mod supervise;

use crate::{
    args::{Common, FailOn},
    program,
    start::prepare,
    terminal::{Terminal, note},
    verify::observer,
};
use announce::Announcer;
use bootproof::{Boot, Held, Prepared, Vars, hand_over::Parcel, process::environment_of_child};
use bootproof_core::{ExitCode, Mode, Outcome, RunState, Strictness};
use bootproof_report::Detail;
use clap::Args;
use signals::Signals;
use std::{ffi::OsString, io, sync::Arc};
use tokio::runtime::Runtime;

/// The program and its arguments.
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// The program and its arguments, after `--`
    #[arg(last = true, required = true, value_name = "CMD")]
    command: Vec<OsString>,
}

/// Verifies, starts the program and stays with it. Has to be called on the main thread: the program ends when that does.
pub(crate) fn run(args: &RunArgs, common: &Common, vars: Vars, terminal: &Terminal) -> ExitCode {
    // Before anything is touched: a program that is not there needs no database.
    if let Err(unusable) = program::find(&args.command[0], vars.text("PATH")) {
        note(&diagnose::unusable(&args.command[0], &unusable).to_string());
        return unusable.exit_code();
    }
    let prepared = match prepare(common, vars, Mode::Verify) {
        Ok(prepared) => prepared,
        Err(refused) => return report(&refused.state(), common, terminal),
    };
    let machine = Signals::note().and_then(|signals| Ok((signals, runtime()?)));
    match machine {
        Ok((signals, runtime)) => verified(args, common, terminal, prepared, &signals, runtime),
        Err(error) => {
            note(&format!("bootproof: the machine gives no threads, signals or event queue to run on: {error}"));
            ExitCode::FAILED
        }
    }
}

/// A port that is another one than usual is the first thing that somebody looks for.
fn tell_of_moved(boot: &Boot) {
    for held in boot.ports() {
        if let Some(moved) = held.moved() {
            let (name, from, to) = (&held.spec().name, moved.from, held.port());
            note(&format!("bootproof: note: `{name}` moved from {from} to {to}: {from} is held by {}", moved.owner));
        }
    }
}

/// Two threads, as `verify` has them.
fn runtime() -> io::Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()
}

fn verified(
    args: &RunArgs,
    common: &Common,
    terminal: &Terminal,
    prepared: Prepared,
    signals: &Signals,
    runtime: Runtime,
) -> ExitCode {
    let Prepared { engine, mapped, ports, .. } = prepared;
    // Lines of progress would stand in every log of the service; a person at a terminal sees that something goes on.
    let observer = observer(common, terminal).filter(|_| terminal.live || common.verbose > 0);
    let finished = runtime.block_on(async { signals.stop_on_signal(engine.start(observer)).await });
    let code = report(&finished.state, common, terminal);
    let boot = Boot::ran(finished);
    let starts = (code == ExitCode::OK || boot.may_start()) && !refuses_degraded(&boot, common);
    let vars = boot.vars().unwrap_or(mapped);
    if starts && !common.quiet {
        tell_of_moved(&boot);
    }
    let packed = if starts { pack(&boot, &ports) } else { Ok((Parcel::default(), vec![])) };
    let packed = packed.map(|(parcel, held)| (parcel, Announcer::prepare(&runtime, &boot, &held, common)));
    // Pools, handles and tasks are for proofs: the program has its own. What they hold is let go before it begins.
    drop(boot);
    runtime.shutdown_timeout(crate::LAST_GRACE);
    match (packed, signals.hold()) {
        _ if !starts => signals.asked().map_or(code, ExitCode::signal),
        (Ok((parcel, announcer)), Ok(())) => match signals.asked() {
            Some(signal) => ExitCode::signal(signal),
            None => start(args, common, parcel, announcer, &vars, signals),
        },
        (Err(error), _) | (_, Err(error)) => {
            note(&format!("bootproof: the held sockets cannot be handed over: {error}"));
            ExitCode::FAILED
        }
    }
}

/// What is held, in the order of the file. A port whose fix is off or failed is not.
fn pack(boot: &Boot, ports: &[String]) -> io::Result<(Parcel, Vec<Arc<Held>>)> {
    let (mut parcel, mut held) = (Parcel::default(), vec![]);
    for name in ports {
        if let Ok(port) = boot.port(name) {
            parcel.add_port(&port)?;
            held.push(port);
        } else if let Ok(socket) = boot.unix_socket(name) {
            parcel.add_unix(&socket)?;
        }
    }
    Ok((parcel, held))
}

fn start(
    args: &RunArgs,
    common: &Common,
    mut parcel: Parcel,
    announcer: Option<Announcer>,
    vars: &Arc<Vars>,
    signals: &Signals,
) -> ExitCode {
    for (name, count) in parcel.lost_datagrams() {
        note(&format!(
            "bootproof: note: {count} datagrams for `{name}` are lost: its proof took them, and the program cannot get them"
        ));
    }
    let told = parcel.variables(vars);
    if !common.quiet {
        told.notes.iter().for_each(|text| note(&format!("bootproof: note: {text}")));
    }
    let mut environment = environment_of_child(vars);
    environment.extend(told.set.into_iter().map(|(name, value)| (name.into(), value.into())));
    let early = parcel.take_early();
    match child::start(&args.command, environment, parcel) {
        Ok((child, watch)) => {
            let relay = relay::serve(early);
            let code = supervise::Supervisor::new(child, signals, watch, announcer, common).stay();
            relay.finish();
            code
        }
        Err(error) => {
            note(&diagnose::not_started(&args.command[0], &error).to_string());
            ExitCode(program::NOT_EXECUTABLE)
        }
    }
}

fn refuses_degraded(boot: &Boot, common: &Common) -> bool {
    boot.outcome() == Outcome::Degraded && common.fail_on == Some(FailOn::Degraded)
}

/// Prints the report to stderr: problems and the summary, with `-v` everything, with `-q` nothing unless there are problems.
fn report(state: &RunState, common: &Common, terminal: &Terminal) -> ExitCode {
    let strictness = Strictness { fail_on_degraded: common.fail_on == Some(FailOn::Degraded) };
    let code = state.exit_code(strictness);
    let detail = if common.verbose > 0 { Detail::All } else { Detail::Quiet };
    if !common.quiet || code != ExitCode::OK {
        note(bootproof_report::text(state, strictness, detail, &terminal.err).trim_end());
    }
    code
}
