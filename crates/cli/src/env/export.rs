//! `bootproof env export`.

use super::{Seen, args::ExportArgs};
use crate::{
    args::Common,
    format::Format as Flag,
    terminal::{note, print},
};
use bootproof::env::export::{ExportError, Exported, Format, Options, export as write};
use bootproof_core::ExitCode;

/// Writes the variables for another program. Secrets only when they are asked for; those left out are named on stderr.
pub(super) fn export(seen: &Seen, args: &ExportArgs, common: &Common) -> ExitCode {
    let errors = seen.errors();
    if !errors.is_empty() {
        note("bootproof: nothing was exported, because the environment is wrong:");
        errors.iter().for_each(|error| note(&format!("  {error}")));
        note("`bootproof env check` tells what to do");
        return ExitCode::CONFIGURATION;
    }
    if seen.resolved.declared.is_empty() && !args.all {
        note("bootproof: nothing was exported, because no variable is declared:");
        seen.notes().iter().for_each(|line| note(&format!("  {line}")));
        note("`bootproof init` drafts a bootproof.toml; `--all` exports what is set without one");
        return ExitCode::CONFIGURATION;
    }
    tell_without_value(seen);
    let items = items(seen, args.all);
    let name = args.name.as_deref().or(seen.service.as_deref()).unwrap_or_default();
    let format = format(common.format);
    match write(format, &items, &Options { reveal: args.reveal, name }) {
        Ok(export) => {
            tell_withheld(&export.withheld, format);
            print(export.text.reveal())
        }
        Err(error) => refuse(&error),
    }
}

/// By name: stdout may be read by a program that says nothing of the comments in it.
fn tell_withheld(names: &[String], format: Format) {
    let why = match format {
        Format::K8sConfigmap => "secrets belong into a `k8s-secret`",
        _ => "secrets are written only with `--reveal`",
    };
    if !names.is_empty() {
        note(&format!("withheld, as {why}: {}", names.join(", ")));
    }
}

/// No error, so that a warning tells why, or a rule that is off would.
fn tell_without_value(seen: &Seen) {
    let names: Vec<String> = seen.resolved.failed.keys().map(|name| seen.with_culprit(name)).collect();
    if !names.is_empty() {
        note(&format!("left out, as they have no value that can be used: {}", names.join(", ")));
    }
}

/// Declared variables that have a value, in the order of the file; with `all` the others behind them, which may be anything and count
/// as secret. What only leads to a declared variable, an older name or `NAME_FILE`, would contradict it and is left out.
fn items(seen: &Seen, all: bool) -> Vec<Exported<'_>> {
    let declared = seen.declared().filter_map(|(variable, set)| {
        let text = set?.text.reveal();
        Some(Exported { name: &variable.name, text, secret: seen.shown(variable, text).is_masked() })
    });
    let others = seen.undeclared().filter(|(name, _)| all && seen.belongs_to(name).is_none());
    let others = others.map(|(name, value)| Exported { name, text: value.text.reveal(), secret: true });
    declared.chain(others).collect()
}

fn format(flag: Option<Flag>) -> Format {
    match flag {
        Some(Flag::Shell) => Format::Shell,
        Some(Flag::Json) => Format::Json,
        Some(Flag::Docker) => Format::Docker,
        Some(Flag::K8sSecret) => Format::K8sSecret,
        Some(Flag::K8sConfigmap) => Format::K8sConfigmap,
        Some(Flag::Systemd) => Format::Systemd,
        // The rest is refused before.
        _ => Format::Dotenv,
    }
}

fn refuse(error: &ExportError) -> ExitCode {
    note(&format!("bootproof: {error}"));
    match error {
        ExportError::NeedsReveal => ExitCode::USAGE,
        ExportError::ObjectName { .. } => {
            note("the name is given by `--name NAME`, else it is that of [service] in the file");
            ExitCode::USAGE
        }
        ExportError::CannotHold { .. } | ExportError::TooLarge { .. } => ExitCode::FAILED,
    }
}
