//! The command line of `bootproof env`.

use super::audit::AuditArgs;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// `bootproof env`.
#[derive(Debug, Args)]
pub(crate) struct EnvArgs {
    #[command(subcommand)]
    pub(crate) command: Option<EnvCommand>,
    /// Also what is set and not declared: names and sources, never values
    #[arg(long)]
    pub(crate) all: bool,
}

/// What to do with the variables.
#[derive(Debug, Subcommand)]
pub(crate) enum EnvCommand {
    /// Tell everything about one variable: what is declared, every place that sets it, which one wins and why
    Explain {
        /// Its name, or an older one
        name: String,
    },
    /// Tell everything that is wrong, and exit with 78 if anything is; nothing is connected or started
    Check,
    /// Write the variables as dotenv, shell, json, docker, k8s-secret, k8s-configmap or systemd reads them (`--format`)
    Export(ExportArgs),
    /// Write a commented `.env.example`
    Example {
        /// The file to write [default: stdout]
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
        /// Overwrite it
        #[arg(long, requires = "output")]
        force: bool,
    },
    /// Tell where the code and the file part: undeclared, unused, differing defaults, each with file and line
    Audit(AuditArgs),
    /// Keyed hashes, to compare what two services or two environments hold without showing it
    Fingerprint {
        /// The file that holds the key [default: $BOOTPROOF_FINGERPRINT_KEY]
        #[arg(long, value_name = "FILE")]
        key_file: Option<PathBuf>,
        /// An earlier output of `--format json`: tell which names differ, are missing, or are new; exit with 1 if any
        #[arg(long, value_name = "FILE")]
        compare: Option<PathBuf>,
    },
}

/// `bootproof env export`.
#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// Write secrets, too
    #[arg(long)]
    pub(crate) reveal: bool,
    /// The name of the Kubernetes object [default: the service's]
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Also what is set and not declared, which counts as secret
    #[arg(long)]
    pub(crate) all: bool,
}
