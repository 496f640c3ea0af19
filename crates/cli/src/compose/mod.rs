//! `bootproof compose`: conflicts of a Compose project, and the override file that cures them.

pub(crate) mod args;
mod around;
mod check;
mod fix;
mod undo;

use crate::{
    args::Common,
    start::load,
    terminal::{Terminal, note},
    verify::report,
};
use args::{ComposeArgs, ComposeCommand, ProjectArgs};
use bootproof::{
    Diagnosis, Refused, Vars,
    compose::{Place, Request, change},
};
use bootproof_core::ExitCode;
use std::path::{Path, PathBuf};

/// Runs it.
pub(crate) fn compose(args: &ComposeArgs, common: &Common, vars: Vars, terminal: &Terminal) -> ExitCode {
    if common.env.is_some() {
        note("bootproof: `compose` looks at one project for all environments: `--env` is for other commands");
        return ExitCode::USAGE;
    }
    let (ComposeCommand::Check { project, .. }
    | ComposeCommand::Fix { project, .. }
    | ComposeCommand::Undo { project }) = &args.command;
    let seen = request(project, common, &vars).and_then(|request| match &args.command {
        ComposeCommand::Check { around, .. } => check::check(&request, around, common, terminal),
        ComposeCommand::Fix { around, dry_run, range, .. } => {
            fix::fix(&request, around, &fix::Wish { dry_run: *dry_run, range: range.clone() }, common, terminal)
        }
        ComposeCommand::Undo { .. } => undo::undo(&request, common, terminal),
    });
    seen.unwrap_or_else(|refused| report(&refused.state(), common, terminal))
}

/// The project that the flags name, else `[compose]` of the file, else what Compose would read here.
fn request<'v>(args: &ProjectArgs, common: &Common, vars: &'v Vars) -> Result<Request<'v>, Refused> {
    let startup = load(common, vars.clone())?;
    let here = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
    let mut request = Request::new(&here, vars);
    request.files.clone_from(&args.compose_file);
    request.profiles.clone_from(&args.profile);
    request.project_folder = args.project_directory.as_ref().map(|folder| here.join(folder));
    if let Some(file) = startup.file() {
        let beside = common.file.as_deref().and_then(Path::parent).map_or(here.clone(), |folder| here.join(folder));
        if request.files.is_empty() {
            request.files = file.compose.files.iter().map(|file| beside.join(file)).collect();
        }
        if request.profiles.is_empty() {
            request.profiles.clone_from(&file.compose.profiles);
        }
    }
    Ok(request)
}

/// What was not changed, as the report of a run that did not start.
fn refused(error: &change::ChangeError) -> Refused {
    Refused { diagnoses: change::diagnose::diagnose(error) }
}

fn refused_by(diagnoses: Vec<Diagnosis>) -> Refused {
    Refused { diagnoses }
}

/// What is left to do when our override is gone and the request names it.
fn still_named() -> String {
    let name = change::FILE_NAME;
    format!("`COMPOSE_FILE`, or a list of files, still names `{name}`: take it out, or Compose finds no such file")
}

/// A path as people know it: relative to where they are, when it is there.
fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(&here).ok().filter(|rest| !rest.as_os_str().is_empty()).unwrap_or(path).display().to_string()
}

fn place(place: &Place) -> String {
    Place::new(PathBuf::from(shown(&place.file)), place.line, place.column).to_string()
}
