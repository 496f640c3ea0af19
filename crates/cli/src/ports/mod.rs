//! `bootproof ports`: who has published which port on this machine, where a service is, and who has a port.

mod find;
mod list;
mod who;

pub(crate) use find::find;

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
    /// Find a service by its name, as a start would: as `[discover.NAME]` says, else in the registries
    Find {
        /// Its name, such as `users`, or `users/api` for one of its ports
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Tell who has a port, whatever they speak and on whatever address
    Who {
        /// The numbers
        #[arg(required = true, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
        ports: Vec<u16>,
    },
}

/// Runs `bootproof ports` and its subcommands, but [`find`], which needs a runtime.
pub(crate) fn ports(command: Option<&PortsCommand>, common: &Common, vars: &Vars, terminal: &Terminal) -> ExitCode {
    match command {
        Some(PortsCommand::Who { ports }) => who::who(ports, common),
        _ => list::list(common, vars, terminal),
    }
}
