//! `bootproof env audit`: the code audit, held against the file.

mod declared;
mod findings;

use crate::{
    args::Common,
    format::Format,
    start::load,
    terminal::{Terminal, note, print},
    verify::report,
};
use bootproof::{
    Refused, Startup, Variables, Vars,
    env::audit::{AuditError, Scan, ScanOptions, scan},
};
use bootproof_core::ExitCode;
use bootproof_report::env::{ENV_SCHEMA_VERSION, EnvAudit};
use clap::Args;
use std::{
    error::Error,
    path::{Path, PathBuf},
};

/// `bootproof env audit`.
#[derive(Debug, Args)]
pub(crate) struct AuditArgs {
    /// The folder with the source code [default: the folder of the file]
    path: Option<PathBuf>,
    /// Exit with 78 for warnings, too
    #[arg(long)]
    strict: bool,
}

/// Scans the source tree and tells where it and the file part. Exits with 78 when a finding is an error.
pub(crate) fn audit(args: &AuditArgs, common: &Common, vars: Vars, terminal: &Terminal) -> ExitCode {
    let (startup, variables) = match look(common, vars) {
        Ok(seen) => seen,
        Err(refused) => return report(&refused.state(), common, terminal),
    };
    let folder = variables.resolver.folder.clone().filter(|folder| !folder.as_os_str().is_empty());
    let root = args.path.clone().or(folder).unwrap_or_else(|| PathBuf::from("."));
    let names = variables.resolver.schema.variables.iter().map(|variable| variable.name.clone()).collect();
    match scan(&root, &ScanOptions { names, ..ScanOptions::default() }) {
        Ok(scan) => tell(&document(&startup, &variables, &scan, &root, args.strict), common, terminal),
        Err(error) => refuse(&error),
    }
}

fn look(common: &Common, vars: Vars) -> Result<(Startup, Variables), Refused> {
    let startup = load(common, vars)?;
    let variables = startup.variables()?;
    Ok((startup, variables))
}

fn refuse(error: &AuditError) -> ExitCode {
    let why = error.source().map(|source| format!(": {source}")).unwrap_or_default();
    note(&format!("bootproof: {error}{why}"));
    ExitCode::USAGE
}

fn document(startup: &Startup, variables: &Variables, scan: &Scan, root: &Path, strict: bool) -> EnvAudit {
    let schema = &variables.resolver.schema;
    let declared = declared::declared(startup.file(), schema, scan);
    let (findings, mut notes) = findings::findings(scan, &declared, schema, variables.environment);
    if startup.file().is_none() {
        notes.push("there is no bootproof.toml, so that nothing is declared: `bootproof init` drafts one".to_owned());
    }
    let errors = findings.iter().filter(|finding| finding.severity == "error").count();
    let warnings = findings.len() - errors;
    let fails = errors > 0 || (strict && warnings > 0);
    EnvAudit {
        schema_version: ENV_SCHEMA_VERSION,
        environment: variables.environment.as_str(),
        root: root.display().to_string(),
        files: scan.files,
        reads: scan.reads.len(),
        errors,
        warnings,
        exit_code: if fails { ExitCode::CONFIGURATION.0 } else { ExitCode::OK.0 },
        findings,
        computed: scan.dynamic.iter().filter(|site| !site.in_test).map(ToString::to_string).collect(),
        skipped: scan.skipped.iter().map(ToString::to_string).collect(),
        notes,
    }
}

fn tell(document: &EnvAudit, common: &Common, terminal: &Terminal) -> ExitCode {
    let printed = print(&match common.format() {
        Format::Json => document.json(),
        _ => document.text(&terminal.out, common.quiet),
    });
    if document.exit_code == ExitCode::OK.0 { printed } else { ExitCode(document.exit_code) }
}
