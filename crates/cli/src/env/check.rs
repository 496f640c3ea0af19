//! `bootproof env check`.

use super::{Seen, seen::problem};
use crate::{
    args::{Common, FailOn},
    format::Format,
    terminal::{Terminal, print},
};
use bootproof_core::ExitCode;
use bootproof_report::env::{ENV_SCHEMA_VERSION, EnvCheck};

/// Prints every problem; 78 when one is an error or nothing was there to be checked, and with `--fail-on degraded` 3 when one is a warning.
pub(super) fn check(seen: &Seen, common: &Common, terminal: &Terminal) -> ExitCode {
    let resolved = &seen.resolved;
    let (errors, warnings) = (resolved.errors().count(), resolved.warnings().count());
    let code = match (errors, warnings) {
        (1.., _) => ExitCode::CONFIGURATION,
        // As for a start in which nothing is declared: in the wrong folder, nothing would ever be wrong.
        _ if resolved.declared.is_empty() => ExitCode::CONFIGURATION,
        (0, 1..) if common.fail_on == Some(FailOn::Degraded) => ExitCode::DEGRADED,
        _ => ExitCode::OK,
    };
    let document = EnvCheck {
        schema_version: ENV_SCHEMA_VERSION,
        environment: seen.environment(),
        declared: resolved.declared.len(),
        set: resolved.set().count(),
        errors,
        warnings,
        exit_code: code.0,
        problems: resolved.problems.iter().map(problem).collect(),
        overrides: seen.overrides(),
        notes: seen.notes(),
    };
    let printed = print(&match common.format() {
        Format::Json => document.json(),
        _ => document.text(&terminal.out, common.quiet),
    });
    if code == ExitCode::OK { printed } else { code }
}
