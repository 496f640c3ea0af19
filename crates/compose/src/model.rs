//! What a Compose project says, as far as bootproof looks at it. Read [`Project`] first.
//!
//! Everything that can be wrong or be moved carries the [`Place`] of the file that had the last word on it.

use crate::{ComposeWarning, Place, PortMapping};
use bootproof_core::Secret;
use std::{collections::BTreeMap, ops::RangeInclusive, path::PathBuf, sync::Arc, time::Duration};

/// A project: all of its files merged, references filled in, `extends` and `include` followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// Its name, as it begins the names of its containers.
    pub name: String,
    /// The folder that relative paths are relative to.
    pub folder: PathBuf,
    /// The Compose files of the project itself, in the order in which they were merged; what they include is in the
    /// places.
    pub files: Vec<PathBuf>,
    /// All services by name, also those that no chosen profile enables.
    pub services: BTreeMap<String, Service>,
    /// What Compose would warn of, each told once.
    pub warnings: Vec<ComposeWarning>,
}

impl Project {
    /// The services that `docker compose up` would start.
    pub fn enabled(&self) -> impl Iterator<Item = &Service> {
        self.services.values().filter(|service| service.enabled)
    }
}

/// A service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Its name.
    pub name: String,
    /// Where its name stands.
    pub place: Place,
    /// Whether a chosen profile enables it, or it has none.
    pub enabled: bool,
    /// Its profiles, as written.
    pub profiles: Vec<String>,
    /// `image`.
    pub image: Option<String>,
    /// Whether it has a `build`.
    pub has_build: bool,
    /// Whether it has a `command` of its own.
    pub has_command: bool,
    /// `container_name`: two of these cannot run at once.
    pub container_name: Option<String>,
    /// `network_mode`, such as `host` or `service:db`.
    pub network_mode: Option<String>,
    /// `restart`, such as `no` or `unless-stopped`.
    pub restart: Option<String>,
    /// How many containers it has: `scale`, else `deploy.replicas`, else 1.
    pub replicas: u64,
    /// `scale`, when it is written.
    pub scale: Option<u64>,
    /// Its ports, each target with a mapping of its own, in the order of the files.
    pub ports: Vec<PortMapping>,
    /// `expose`: ports that it listens on inside, and that are not published. An entry that is no port is left out.
    pub expose: Vec<RangeInclusive<u16>>,
    /// Services that are started before it, by name.
    pub depends_on: Vec<Dependency>,
    /// Its variables: those of its `environment` and, where that says nothing, of its `env_file`.
    pub environment: BTreeMap<String, EnvEntry>,
    /// Its health check, when the file says something of one.
    pub healthcheck: Option<Healthcheck>,
}

/// A service that must be there first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// Its name.
    pub service: String,
    /// What of it is waited for.
    pub condition: Condition,
    /// Whether the service may not start without it.
    pub required: bool,
    /// Whether this one is started again when that one is.
    pub restart: bool,
    /// Where it is written: under `depends_on`, or where it follows from (`links`, `network_mode: service:x`).
    pub place: Place,
}

/// What `depends_on` waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Condition {
    /// `service_started`
    Started,
    /// `service_healthy`
    Healthy,
    /// `service_completed_successfully`: it is a one-shot.
    Completed,
}

impl Condition {
    /// As Compose writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Started => "service_started",
            Self::Healthy => "service_healthy",
            Self::Completed => "service_completed_successfully",
        }
    }
}

/// A variable of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvEntry {
    /// Its value; `None` when it is handed on from outside and is not set there.
    pub value: Option<Secret>,
    /// Where it is written: a Compose file or an env file.
    pub place: Place,
    /// The variables that its text refers to, `${NAME:-x}`, in order of their appearance.
    pub references: Arc<[String]>,
}

/// `healthcheck`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Healthcheck {
    /// What is run.
    pub test: HealthTest,
    /// The time between two runs.
    pub interval: Option<Duration>,
    /// The limit of one run.
    pub timeout: Option<Duration>,
    /// How many failures in a row make it unhealthy.
    pub retries: Option<u64>,
    /// The time in which failures do not count.
    pub start_period: Option<Duration>,
    /// The time between two runs while it starts.
    pub start_interval: Option<Duration>,
    /// Where it is written.
    pub place: Place,
}

/// `healthcheck.test` and `healthcheck.disable`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HealthTest {
    /// Nothing is said: the image's own test, if it has one.
    Image,
    /// `NONE` or `disable: true`: there is no check.
    Disabled,
    /// `CMD`: a program with its words. They may hold secrets.
    Command(Vec<Secret>),
    /// `CMD-SHELL`: a line for the shell. It may hold secrets.
    Shell(Secret),
}
