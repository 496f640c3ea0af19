//! `bootproof env check`.

use super::{Seen, seen::problem};
use crate::{
    args::Common,
    format::Format,
    terminal::{Terminal, print},
};
use bootproof_core::ExitCode;
use bootproof_report::env::{ENV_SCHEMA_VERSION, EnvCheck};

/// Prints every problem; 78 when one is an error.
pub(super) fn check(seen: &Seen, common: &Common, terminal: &Terminal) -> ExitCode {
    let resolved = &seen.resolved;
    let errors = resolved.errors().count();
    let code = if errors > 0 { ExitCode::CONFIGURATION } else { ExitCode::OK };
    let document = EnvCheck {
        schema_version: ENV_SCHEMA_VERSION,
        environment: seen.environment(),
        declared: resolved.declared.len(),
        set: resolved.set().count(),
        errors,
        warnings: resolved.warnings().count(),
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
