//! `bootproof wait TARGET... [-- CMD...]`: waits until servers, files or commands are ready, or gone.
//!
//! Begin with [`Request`], which reads the flags. The waiting itself is the library's ([`bootproof::wait`]); here are the progress, the
//! signals, the report and the command that is started afterwards.

mod args;
mod progress;
mod request;
mod rhythm;
mod start;

pub(crate) use args::WaitArgs;
pub(crate) use request::Request;
pub(crate) use start::start;

use crate::{
    args::Common,
    format::Format,
    terminal::{Terminal, note, print},
};
use bootproof::wait::{Outcome, Standing, Waited};
use bootproof_core::{Cause, ExitCode};
use bootproof_report::wait::{WAIT_SCHEMA_VERSION, WaitOutcome, WaitReport, WaitTarget};
use progress::Progress;
use std::{io, sync::Arc};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Waits, tells what came of it, and gives the exit code.
pub(crate) async fn wait(args: &WaitArgs, common: &Common, terminal: &Terminal, request: Request) -> ExitCode {
    // Before the wait begins: a signal that comes early must find somebody who takes it.
    let signals = signals();
    let limit = request.limit;
    let progress = Arc::new(Progress::new(&request, terminal.live && !common.quiet, common.quiet));
    let observer = Arc::clone(&progress);
    let run = request.wait.telling(Arc::new(move |at, standing| observer.saw(at, standing))).run();
    let (outcome, waited, code) = tokio::select! {
        waited = run => { let (outcome, code) = judged(&waited); (outcome, waited, code) }
        number = ended(signals) => (WaitOutcome::Interrupted, progress.so_far(), ExitCode::signal(number)),
        never = progress.go_on() => match never {},
    };
    progress.finish();
    let report = WaitReport {
        schema_version: WAIT_SCHEMA_VERSION,
        outcome,
        exit_code: code.0,
        any: args.any,
        not: args.not,
        took: waited.took,
        limit,
        targets: waited.targets.iter().map(target).collect(),
    };
    tell(&report, args, common, terminal, code)
}

fn tell(report: &WaitReport, args: &WaitArgs, common: &Common, terminal: &Terminal, code: ExitCode) -> ExitCode {
    let printed = match common.format() {
        Format::Json => print(&report.json()),
        _ => {
            let text = report.text(&terminal.out, common.quiet);
            if args.command.is_empty() {
                print(&text)
            } else {
                // stdout is the command's.
                text.lines().for_each(note);
                ExitCode::OK
            }
        }
    };
    // A report that nobody can read must not look like a good one.
    if code == ExitCode::OK { printed } else { code }
}

fn target(standing: &Standing) -> WaitTarget {
    let target = WaitTarget::new(&standing.target, standing.said.as_ref(), standing.done);
    WaitTarget { tries: standing.tries, since: standing.since, ..target }
}

/// How it ended, and the exit code.
fn judged(waited: &Waited) -> (WaitOutcome, ExitCode) {
    let causes = || waited.targets.iter().filter_map(Standing::hopeless).map(|diagnosis| diagnosis.cause);
    match waited.outcome {
        Outcome::Came => (WaitOutcome::Came, ExitCode::OK),
        Outcome::TimeOut => (WaitOutcome::TimeOut, ExitCode::BUDGET),
        Outcome::Hopeless if causes().any(|cause| cause == Cause::Configuration) => {
            (WaitOutcome::Hopeless, ExitCode::CONFIGURATION)
        }
        Outcome::Hopeless => (WaitOutcome::Hopeless, ExitCode::FAILED),
    }
}

fn signals() -> io::Result<(Signal, Signal)> {
    Ok((signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?))
}

/// The number of the signal that ends the wait.
async fn ended(signals: io::Result<(Signal, Signal)>) -> i32 {
    let Ok((mut interrupt, mut terminate)) = signals else {
        note("bootproof: signals cannot be handled here; Ctrl-C ends the wait without a report");
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => SignalKind::interrupt().as_raw_value(),
        _ = terminate.recv() => SignalKind::terminate().as_raw_value(),
    }
}
