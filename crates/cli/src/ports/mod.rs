//! `bootproof ports`: who has published which port on this machine.

mod list;

use crate::{args::Common, terminal::Terminal};
use bootproof::Vars;
use bootproof_core::ExitCode;
use clap::{Args, Subcommand};

/// `bootproof ports`.
#[derive(Debug, Args)]
pub(crate) struct PortsArgs {
    #[command(subcommand)]
    pub(crate) command: Option<PortsCommand>,
}

/// What to do with ports.
#[derive(Debug, Subcommand)]
pub(crate) enum PortsCommand {
    /// List the ports that programs of this user have published, and where they are (as without a subcommand)
    List,
}

/// Runs `bootproof ports` and its subcommands.
pub(crate) fn ports(args: &PortsArgs, common: &Common, vars: &Vars, terminal: &Terminal) -> ExitCode {
    match args.command {
        None | Some(PortsCommand::List) => list::list(common, vars, terminal),
    }
}
