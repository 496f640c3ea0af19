//! The flags of `bootproof compose`. `--file` belongs to `bootproof.toml` everywhere; Compose files are named with `--compose-file`.

use clap::{Args, Subcommand};
use std::{ops::RangeInclusive, path::PathBuf};

/// `bootproof compose`.
#[derive(Debug, Args)]
pub(crate) struct ComposeArgs {
    #[command(subcommand)]
    pub(crate) command: ComposeCommand,
}

/// What to do with the project.
#[derive(Debug, Subcommand)]
pub(crate) enum ComposeCommand {
    /// Find conflicts inside of the project, with the machine, and with other projects
    Check {
        #[command(flatten)]
        project: ProjectArgs,
        #[command(flatten)]
        around: AroundArgs,
    },
    /// Write an override file that moves the conflicting published ports and tells who uses them
    Fix {
        #[command(flatten)]
        project: ProjectArgs,
        #[command(flatten)]
        around: AroundArgs,
        /// Show what would be written, and write nothing
        #[arg(long)]
        dry_run: bool,
        /// Where ports may go, such as 17000-17999 [default: the next free ones]
        #[arg(long, value_name = "FIRST-LAST", value_parser = range)]
        range: Option<RangeInclusive<u16>>,
    },
    /// Remove the override file again
    Undo {
        #[command(flatten)]
        project: ProjectArgs,
    },
}

/// Which project.
#[derive(Debug, Args)]
pub(crate) struct ProjectArgs {
    /// A Compose file; again for each that is merged [default: those of bootproof.toml, else those that Compose reads]
    #[arg(long, value_name = "FILE")]
    pub(crate) compose_file: Vec<PathBuf>,
    /// A profile that is on
    #[arg(long, value_name = "PROFILE")]
    pub(crate) profile: Vec<String>,
    /// The folder that paths in the Compose files are relative to
    #[arg(long, value_name = "DIR")]
    pub(crate) project_directory: Option<PathBuf>,
}

/// What is around the project.
#[derive(Debug, Args)]
pub(crate) struct AroundArgs {
    /// The folder of another project that is to run at the same time
    #[arg(long, value_name = "DIR")]
    pub(crate) with: Vec<PathBuf>,
}

fn range(text: &str) -> Result<RangeInclusive<u16>, String> {
    let ends = text.split_once('-').and_then(|(first, last)| Some((first.parse().ok()?, last.parse().ok()?)));
    match ends {
        Some((first, last)) if 0 < first && first <= last => Ok(first..=last),
        _ => Err("a range is two ports such as `17000-17999`, the lower one first".to_owned()),
    }
}
