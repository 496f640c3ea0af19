//! `--format`: one flag, and which of its words belong to which command.

use crate::{
    args::{Cli, Command},
    env::args::EnvCommand,
    ports::PortsCommand,
};
use clap::{CommandFactory, ValueEnum, error::ErrorKind};

/// How to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// For programs
    Json,
    /// A picture, of `plan`
    Dot,
    /// A picture, of `plan`
    Mermaid,
    /// A .env file, of `env export`
    Dotenv,
    /// Lines for any POSIX shell, of `env export`
    Shell,
    /// For `docker run --env-file`, of `env export`
    Docker,
    /// A Kubernetes Secret, of `env export`
    #[value(name = "k8s-secret")]
    K8sSecret,
    /// A Kubernetes ConfigMap, of `env export`
    #[value(name = "k8s-configmap")]
    K8sConfigmap,
    /// For `EnvironmentFile=`, of `env export`
    Systemd,
    /// Lines `NAME=value`, of `ports`
    Env,
}

use Format::{Docker, Dot, Dotenv, Env, Json, K8sConfigmap, K8sSecret, Mermaid, Shell, Systemd, Text};

const REPORTS: &[Format] = &[Text, Json];
const PLANS: &[Format] = &[Text, Json, Dot, Mermaid];
const PORTS: &[Format] = &[Text, Json, Env];
const EXPORTS: &[Format] = &[Dotenv, Shell, Json, Docker, K8sSecret, K8sConfigmap, Systemd];

/// Ends the program with a usage error when the format belongs to another command: it is never silently text.
pub(crate) fn refuse_foreign(cli: &Cli) {
    let (command, known) = match &cli.command {
        Command::Plan => ("plan", PLANS),
        Command::Verify => ("verify", REPORTS),
        Command::Check => ("check", REPORTS),
        #[cfg(target_os = "linux")]
        Command::Run(_) | Command::Start(_) => ("run", &[Text][..]),
        Command::Explain { .. } => ("explain", REPORTS),
        Command::Diff(_) => ("diff", REPORTS),
        Command::Compose(_) => ("compose", REPORTS),
        Command::Ports(args) => match args.command {
            Some(PortsCommand::Find { .. }) => ("ports find", REPORTS),
            Some(PortsCommand::Who { .. }) => ("ports who", REPORTS),
            _ => ("ports", PORTS),
        },
        Command::Wait(_) => ("wait", REPORTS),
        Command::Init(_) => ("init", &[Text][..]),
        Command::Env(args) => match args.command {
            Some(EnvCommand::Export(_)) => ("env export", EXPORTS),
            Some(EnvCommand::Example { .. }) => ("env example", &[Text][..]),
            _ => ("env", REPORTS),
        },
    };
    let Some(format) = cli.common.format.filter(|format| !known.contains(format)) else { return };
    let owner = match format {
        Text | Json => None,
        Dot | Mermaid => Some("bootproof plan"),
        Env => Some("bootproof ports"),
        _ => Some("bootproof env export"),
    };
    let belongs = owner.map(|owner| format!("; `{}` is for `{owner}`", word(format))).unwrap_or_default();
    let words: Vec<String> = known.iter().map(|format| format!("`{}`", word(*format))).collect();
    let text = format!("`--format` of `bootproof {command}` is one of {}{belongs}", words.join(", "));
    Cli::command().error(ErrorKind::InvalidValue, text).exit();
}

/// The word of the command line.
pub(crate) fn word(format: Format) -> String {
    format.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}
