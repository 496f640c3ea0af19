//! `cargo xtask test`: servers installed, tests run, everything stopped, totals last.

mod children;
mod install;
mod leftover;
mod selection;
mod totals;

use std::process::{Command, ExitCode, Stdio};

use selection::Selection;
use totals::{Reader, Totals};

pub(crate) fn main(args: &[&str]) -> ExitCode {
    let selection = match Selection::parse(args) {
        Ok(selection) => selection,
        Err(problem) => return crate::usage(&problem),
    };
    if let Err(problem) = install::missing() {
        eprintln!("xtask: {problem}");
        return ExitCode::FAILURE;
    }
    match run(&selection) {
        Ok(totals) => {
            println!("{totals}");
            if totals.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(selection: &Selection) -> std::io::Result<Totals> {
    let signals = children::Signals::take()?;
    let run = leftover::Run::begin()?;
    let mut totals = tests(selection, &run, &signals)?;
    if selection.with_documentation() && !signals.came() {
        totals += step(cargo(&selection.documentation(), selection, &run), totals::cargo_test, &signals)?;
    }
    for server in run.end() {
        eprintln!("xtask: a test left {server} running; it was ended, and counts as a failure");
        totals.failed += 1;
    }
    if let Some(signal) = signals.name() {
        eprintln!("xtask: ended by {signal}");
        totals.failed = totals.failed.max(1);
    }
    Ok(totals)
}

/// The tests proper. That none was selected is a failure: a run of nothing proves nothing.
fn tests(selection: &Selection, run: &leftover::Run, signals: &children::Signals) -> std::io::Result<Totals> {
    let (runner, reader): (_, Reader) = match has_nextest() {
        true => (selection.nextest(), totals::nextest),
        false => (selection.cargo_test(), totals::cargo_test),
    };
    let mut totals = step(cargo(&runner, selection, run), reader, signals)?;
    if totals.passed + totals.failed == 0 {
        eprintln!("xtask: no test was selected");
        totals.failed = 1;
    }
    Ok(totals)
}

/// Runs one runner to its end. One that fails without naming a failed test counts as one.
fn step(mut command: Command, reader: Reader, signals: &children::Signals) -> std::io::Result<Totals> {
    let (status, mut totals) = children::run(&mut command, reader, signals)?;
    if !status.success() && totals.failed == 0 {
        eprintln!("xtask: {} ended with {status}", command.get_program().display());
        totals.failed = 1;
    }
    Ok(totals)
}

fn cargo(args: &[String], selection: &Selection, run: &leftover::Run) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(args).current_dir(crate::root());
    command.env("BOOTPROOF_TEST_RUN", run.folder());
    if let Some(environment) = &selection.environment {
        command.env("BOOTPROOF_TEST_ENV", environment);
    }
    command
}

fn has_nextest() -> bool {
    let mut version = Command::new("cargo");
    version.args(["nextest", "--version"]).stdout(Stdio::null()).stderr(Stdio::null());
    version.status().is_ok_and(|status| status.success())
}
