//! `bootproof init`: drafts a `bootproof.toml` from what the project has.

use crate::{
    args::Common,
    terminal::{note, print},
};
use bootproof::{
    env::draft::{Draft, draft},
    file::{DEFAULT_FILE, File},
};
use bootproof_core::ExitCode;
use clap::Args;
use std::{
    error::Error,
    fs::OpenOptions,
    io::{self, Write as _},
    path::Path,
};

/// `bootproof init`.
#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// Overwrite the file when there is one
    #[arg(long, conflicts_with = "print")]
    force: bool,
    /// Write to stdout, and no file
    #[arg(long)]
    print: bool,
}

/// Drafts the file and writes it. What was read and what was left out goes to stderr.
pub(crate) fn init(args: &InitArgs, common: &Common) -> ExitCode {
    if common.env.is_some() {
        note("bootproof: `init` writes one file for all environments: `--env` is for other commands");
        return ExitCode::USAGE;
    }
    let path = common.file.as_deref().unwrap_or(Path::new(DEFAULT_FILE));
    let is_there = path.symlink_metadata().is_ok();
    if is_there && !args.force && !args.print {
        return refuse(path);
    }
    let root = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let draft = match draft(root) {
        Ok(draft) => draft,
        Err(error) => {
            let why = error.source().map(|source| format!(": {source}")).unwrap_or_default();
            note(&format!("bootproof: {error}{why}"));
            return ExitCode::USAGE;
        }
    };
    if draft.schema.variables.is_empty() {
        return nothing_found(&draft, common);
    }
    // A draft that bootproof itself refuses must not be left in a project.
    if let Err(error) = File::parse(&draft.text, path) {
        note(&format!(
            "bootproof: the draft cannot be read back, which is a fault of bootproof; nothing was written: {error}"
        ));
        return ExitCode::FAILED;
    }
    tell(&draft, common);
    if args.print {
        return print(&draft.text);
    }
    match save(path, &draft.text, args.force) {
        Ok(()) => {
            note(&format!("wrote `{}`: look through it, then run `bootproof env check`", path.display()));
            ExitCode::OK
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => refuse(path),
        Err(error) => {
            note(&format!("bootproof: `{}` could not be written: {error}", path.display()));
            ExitCode::FAILED
        }
    }
}

fn tell(draft: &Draft, common: &Common) {
    if common.quiet {
        return;
    }
    draft.read.iter().for_each(|line| note(&format!("read      {line}")));
    draft.left_out.iter().for_each(|line| note(&format!("left out  {}", line.replace(char::is_control, " "))));
}

fn nothing_found(draft: &Draft, common: &Common) -> ExitCode {
    tell(draft, common);
    note(
        "bootproof: nothing here says what the service needs: no example or .env file, no Compose file, no code that reads a variable",
    );
    note("run it in the folder of the project; `docs/bootproof-toml.md` shows how to write the file by hand");
    ExitCode::FAILED
}

fn refuse(path: &Path) -> ExitCode {
    let path = path.display();
    note(&format!(
        "bootproof: `{path}` is there already, and was left as it is: `--force` overwrites it, `--print` only prints the draft"
    ));
    ExitCode::USAGE
}

/// Nobody else's file is overwritten, not even one that came a moment ago.
fn save(path: &Path, text: &str, force: bool) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true);
    let mut file =
        if force { options.create(true).truncate(true).open(path)? } else { options.create_new(true).open(path)? };
    file.write_all(text.as_bytes())
}
