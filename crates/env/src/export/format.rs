//! The formats and their words on the command line.

use super::{Shape, docker, dotenv, json, k8s_configmap, k8s_secret, shell, systemd};
use bootproof_core::nearest;
use std::{fmt, str::FromStr};

/// A form in which another program reads variables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// A `.env` file.
    Dotenv,
    /// `export` lines for any POSIX shell.
    Shell,
    /// One JSON object.
    Json,
    /// A file for `docker run --env-file`.
    Docker,
    /// A Kubernetes Secret, as YAML.
    K8sSecret,
    /// A Kubernetes ConfigMap, as YAML.
    K8sConfigmap,
    /// A file for systemd's `EnvironmentFile=`.
    Systemd,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Dotenv, Self::Shell, Self::Json, Self::Docker, Self::K8sSecret, Self::K8sConfigmap, Self::Systemd];

    /// The word on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dotenv => "dotenv",
            Self::Shell => "shell",
            Self::Json => "json",
            Self::Docker => "docker",
            Self::K8sSecret => "k8s-secret",
            Self::K8sConfigmap => "k8s-configmap",
            Self::Systemd => "systemd",
        }
    }

    pub(super) fn shape(self) -> &'static Shape {
        match self {
            Self::Dotenv => &dotenv::SHAPE,
            Self::Shell => &shell::SHAPE,
            Self::Json => &json::SHAPE,
            Self::Docker => &docker::SHAPE,
            Self::K8sSecret => &k8s_secret::SHAPE,
            Self::K8sConfigmap => &k8s_configmap::SHAPE,
            Self::Systemd => &systemd::SHAPE,
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|f| f.as_str() == text).ok_or_else(|| UnknownFormat {
            value: text.to_owned(),
            nearest: nearest(text, Self::ALL.map(Self::as_str)),
        })
    }
}

/// A word that is no format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not a format{}; there are {}", value.escape_debug(),
    nearest.map(|n| format!(": did you mean `{n}`?")).unwrap_or_default(),
    Format::ALL.map(|f| format!("`{f}`")).join(", "))]
pub struct UnknownFormat {
    /// What was given.
    pub value: String,
    /// The nearest format, when one is near.
    pub nearest: Option<&'static str>,
}
