//! `bootproof compose check`. Changes nothing.

use super::{
    args::AroundArgs,
    around::{Surroundings, finding},
    refused, refused_by, shown,
};
use crate::{
    args::{Common, FailOn},
    format::Format,
    terminal::{Terminal, print},
};
use bootproof::{
    Refused,
    compose::{
        Request,
        change::{Base, stale},
        conflict::{Finding, Level, check as find},
    },
};
use bootproof_core::ExitCode;
use bootproof_report::compose::{COMPOSE_SCHEMA_VERSION, ComposeCheck};

/// Prints what is in the way of the project as it would run: with our override, when that is read.
pub(super) fn check(
    request: &Request<'_>,
    args: &AroundArgs,
    common: &Common,
    terminal: &Terminal,
) -> Result<ExitCode, Refused> {
    let base = Base::read(request).map_err(|error| refused(&error))?;
    let project = base.as_it_runs(request).map_err(|error| refused(&error))?;
    let mut around = Surroundings::look(&project, request, args).map_err(refused_by)?;
    let mut found = find(&project, &around.around());
    found.extend(stale(request, &base));
    found.sort_by_key(|finding| finding.level);
    around.notes.extend(project.warnings.iter().map(ToString::to_string));
    if !base.is_read && base.own().is_some() {
        around.notes.push(format!(
            "`{}` is there and not among the files that Compose reads: `{}`, or `COMPOSE_FILE={}` in `.env`",
            shown(&base.path),
            base.command(),
            base.compose_file()
        ));
    }
    let document =
        document(&project.name, project.files.iter().map(|file| shown(file)).collect(), &found, around.notes, common);
    let printed = print(&match common.format() {
        Format::Json => document.json(),
        _ => document.text(&terminal.out, common.quiet),
    });
    Ok(if document.exit_code == ExitCode::OK.0 { printed } else { ExitCode(document.exit_code) })
}

fn document(project: &str, files: Vec<String>, found: &[Finding], notes: Vec<String>, common: &Common) -> ComposeCheck {
    let count = |level| found.iter().filter(|finding| finding.level == level).count();
    let (conflicts, warnings) = (count(Level::Conflict), count(Level::Warning));
    let code = match (conflicts, warnings) {
        (0, 1..) if common.fail_on == Some(FailOn::Degraded) => ExitCode::DEGRADED,
        (0, _) => ExitCode::OK,
        _ => ExitCode::FAILED,
    };
    ComposeCheck {
        schema_version: COMPOSE_SCHEMA_VERSION,
        project: project.to_owned(),
        files,
        findings: found.iter().map(finding).collect(),
        conflicts,
        warnings,
        notes,
        exit_code: code.0,
    }
}
