//! `bootproof verify` and `bootproof check`.

use crate::{
    args::{Common, FailOn},
    format::Format,
    live::{Lines, Spinners},
    start::prepare,
    terminal::{Terminal, note, print},
};
use bootproof::{Observer, Stopper, Vars};
use bootproof_core::{ExitCode, Mode, RunState, Strictness};
use bootproof_report::{Detail, Report};
use std::sync::Arc;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Runs the plan and prints the report.
pub(crate) async fn verify(common: &Common, vars: Vars, terminal: &Terminal, mode: Mode) -> ExitCode {
    let prepared = match prepare(common, vars, mode) {
        Ok(prepared) => prepared,
        Err(refused) => return report(&refused.state(), common, terminal),
    };
    // Before the run begins: a signal that comes early must find somebody who takes it.
    let signals =
        signal(SignalKind::interrupt()).and_then(|interrupt| Ok((interrupt, signal(SignalKind::terminate())?)));
    let run = prepared.engine.start(observer(common, terminal));
    let watching = tokio::spawn(stop_on_signal(signals, run.stopper()));
    let finished = run.finish().await;
    watching.abort();
    report(&finished.state, common, terminal)
}

/// Prints the report and tells the exit code.
pub(crate) fn report(state: &RunState, common: &Common, terminal: &Terminal) -> ExitCode {
    let strictness = Strictness { fail_on_degraded: common.fail_on == Some(FailOn::Degraded) };
    let detail = match (common.quiet, common.verbose) {
        (true, _) => Detail::Quiet,
        (false, 0) => Detail::Normal,
        (false, _) => Detail::All,
    };
    let printed = match common.format() {
        Format::Json => print(&Report::from_state(state, strictness).to_json()),
        _ => print(&bootproof_report::text(state, strictness, detail, &terminal.out)),
    };
    let code = state.exit_code(strictness);
    // A report that nobody can read must not look like a good one.
    if code == ExitCode::OK { printed } else { code }
}

/// How progress is shown: as spinners on a terminal, as lines elsewhere.
pub(crate) fn observer(common: &Common, terminal: &Terminal) -> Option<Arc<dyn Observer>> {
    match (common.quiet, terminal.live) {
        (true, _) => None,
        (false, true) => Some(Arc::new(Spinners::new())),
        (false, false) => Some(Arc::new(Lines)),
    }
}

/// Ends the run at the first SIGINT or SIGTERM; it still cleans up and reports. At the second the process ends at once.
async fn stop_on_signal(signals: std::io::Result<(Signal, Signal)>, stopper: Stopper) {
    let Ok((mut interrupt, mut terminate)) = signals else {
        note("bootproof: signals cannot be handled here; Ctrl-C ends the run without a report");
        return;
    };
    for earlier in 0.. {
        let number = tokio::select! {
            _ = interrupt.recv() => libc_number(SignalKind::interrupt()),
            _ = terminate.recv() => libc_number(SignalKind::terminate()),
        };
        if earlier > 0 {
            #[expect(clippy::exit, reason = "the second signal asks for exactly this")]
            std::process::exit(128 + number);
        }
        stopper.stop(number);
    }
}

fn libc_number(kind: SignalKind) -> i32 {
    kind.as_raw_value()
}
