//! The command line.

use crate::{
    compose::args::ComposeArgs, diff::DiffArgs, env::args::EnvArgs, format::Format, init::InitArgs, ports::PortsArgs,
    wait::WaitArgs,
};
use bootproof::Fixes;
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use std::{ffi::OsString, path::PathBuf, time::Duration};

/// Makes a backend service start right, and proves it.
#[derive(Debug, Parser)]
#[command(
    name = "bootproof",
    version,
    about = "Makes a backend service start right, and proves it",
    max_term_width = 100,
    disable_help_subcommand = true
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Apply the five fixes, and prove each on the real thing
    Verify,
    /// Look at everything, change nothing
    Check,
    /// Verify, then start a program with the variables and the sockets, and return its exit code
    #[cfg(target_os = "linux")]
    Run(crate::run::RunArgs),
    #[cfg(target_os = "linux")]
    #[command(name = crate::run::helper::NAME, hide = true)]
    Start(crate::run::helper::StartArgs),
    /// Print the graph, the limits, and the most a start can take
    Plan,
    /// Tell what a diagnosis code means and what to do, or all about a variable
    Explain {
        /// A code such as `PORT-002`, or a variable; without one, all codes are listed
        word: Option<String>,
    },
    /// Show the variables: name, value or `***`, source, type, note
    Env(EnvArgs),
    /// Draft a bootproof.toml from example files, .env files, the Compose file and the code
    Init(InitArgs),
    /// Tell what differs between two environments, as far as variables go
    Diff(DiffArgs),
    /// List the ports that programs of this user have published, and where they are
    Ports(PortsArgs),
    /// Find and cure conflicts of a Docker Compose project
    Compose(ComposeArgs),
    /// Wait until servers, files or commands are ready, or gone; then start a command
    Wait(WaitArgs),
}

/// Flags that work everywhere.
#[derive(Debug, Args)]
pub(crate) struct Common {
    /// development, test, staging or production; else $ENVIRONMENT
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) env: Option<String>,
    /// The file that describes the service [default: bootproof.toml, when there is one]
    #[arg(short, long, global = true, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// How to print [default: text; of `env export`: dotenv]
    #[arg(long, global = true, value_enum)]
    pub(crate) format: Option<Format>,
    /// Set a variable, over whatever else sets it; no secrets, as everybody on the machine can read a command line
    #[arg(long, global = true, value_name = "NAME=VALUE")]
    pub(crate) set: Vec<OsString>,
    /// The total time the run may take, such as 10s
    #[arg(long, global = true, value_name = "TIME", value_parser = duration)]
    pub(crate) timeout: Option<Duration>,
    /// Only these fixes, and the environment that they need
    #[arg(long, global = true, value_name = "FIX", value_delimiter = ',', value_parser = fix, conflicts_with = "skip")]
    pub(crate) only: Vec<String>,
    /// Not these fixes
    #[arg(long, global = true, value_name = "FIX", value_delimiter = ',', value_parser = fix)]
    pub(crate) skip: Vec<String>,
    /// Exit with 3 when anything is less than proven; of `env check`, when there are warnings
    #[arg(long, global = true, value_enum, value_name = "WHAT")]
    pub(crate) fail_on: Option<FailOn>,
    /// The seed of the waits between attempts, as an earlier report printed it
    #[arg(long, global = true, value_name = "NUMBER")]
    pub(crate) seed: Option<u64>,
    /// No progress; only problems and the summary
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// All evidence, with its times
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,
    /// When to colour
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub(crate) color: Color,
}

impl Common {
    /// How to print.
    pub(crate) fn format(&self) -> Format {
        self.format.unwrap_or(Format::Text)
    }
}

/// What else counts as failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    Degraded,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

/// A time above zero, with its unit.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    match bootproof::parse_duration(text) {
        Some(time) if !time.is_zero() => Ok(time),
        _ => Err("a time above zero with its unit is needed, such as `500ms`, `10s` or `2m`".to_owned()),
    }
}

fn fix(text: &str) -> Result<String, String> {
    if Fixes::IDS.contains(&text) {
        return Ok(text.to_owned());
    }
    let near = bootproof_core::nearest(text, Fixes::IDS).map(|n| format!("did you mean `{n}`? ")).unwrap_or_default();
    Err(format!("{near}the fixes are {}", Fixes::IDS.join(", ")))
}
