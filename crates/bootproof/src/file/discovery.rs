//! `[discovery]`, `[discover.NAME]` and `[compose]`: where other services are found, and where this one says that it is.

use super::{
    place::{At, Position},
    section::Section,
};
use bootproof_core::Secret;
use bootproof_env::Environments;
use std::{path::PathBuf, time::Duration};

/// `[discovery]`: the registry that several machines share.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DiscoverySection {
    /// Where its name stands. `None`: it is not declared.
    pub at: Option<Position>,
    /// The URLs of etcd's members, asked in this order: templates with `${NAME}`s.
    pub etcd: Option<At<Vec<String>>>,
    /// Keeps projects apart that share an etcd. `None`: as built in.
    pub namespace: Option<At<String>>,
    /// A PEM file with authorities that are trusted besides Mozilla's, relative to this file's folder.
    pub ca: Option<At<PathBuf>>,
    /// The user that etcd knows: a template with `${NAME}`s.
    pub user: Option<At<String>>,
    /// The user's password: a template with `${NAME}`s.
    pub password: Option<At<Secret>>,
    /// How long an entry outlives its service. `None`: as built in.
    pub ttl: Option<At<Duration>>,
    /// The address that others reach this machine at. `None`: one of its own that is not loopback.
    pub advertise: Option<At<String>>,
}

/// `[discover.NAME]`: a service of somebody else's, found by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiscoverSection {
    /// Its name, under which others publish it: `users`, or `users/api` for one of its ports.
    pub name: String,
    /// Where its name stands.
    pub at: Position,
    /// Which of its published ports. `None`: the only one it has.
    pub port: Option<At<String>>,
    /// The scheme of what is found without one.
    pub scheme: Option<At<String>>,
    /// How it is asked whether it is alive.
    pub check: DiscoverCheck,
    /// The variable that says where it is, and that is given what was found.
    pub variable: Option<At<String>>,
    /// The name that DNS is asked for: `_http._tcp.users.internal` (SRV), or `users.internal:8080`.
    pub dns: Option<At<String>>,
    /// The service of the Compose project, and its port: `users:8080`.
    pub compose: Option<At<String>>,
    /// Where it is when nobody says: a URL or `host:port`, a template with `${NAME}`s.
    pub default: Option<At<Secret>>,
    /// What its answer must contain for it to be the right one.
    pub identity: Option<At<String>>,
    /// Where its failure fails the start. `None`: everywhere.
    pub required: Option<Environments>,
}

/// How a service that was found is asked whether it is alive.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum DiscoverCheck {
    /// It accepts a connection.
    #[default]
    Tcp,
    /// It answers a GET of this path.
    Http(String),
    /// It is spoken to in this protocol: `postgres`, `mysql`, `redis` or `clickhouse`.
    Protocol(&'static str),
}

/// `[compose]`: the Compose project that runs what this service needs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ComposeSection {
    /// Where its name stands. `None`: it is not declared.
    pub at: Option<Position>,
    /// Its files, in order, relative to this file's folder. Empty: those that Compose itself would read.
    pub files: Vec<PathBuf>,
    /// The profiles that are on.
    pub profiles: Vec<String>,
    /// Whether its services become services of the plan, in the order of their `depends_on`.
    pub plan: bool,
}

/// What a service can be asked in.
pub(super) const PROTOCOLS: [&str; 4] = ["postgres", "mysql", "redis", "clickhouse"];
const CHECK: &str = "`tcp`, a path such as \"/health\", `postgres`, `mysql`, `redis` or `clickhouse`";

const FILES: &str = "a list of files such as [\"compose.yaml\"]";
const PROFILES: &str = "a list of profiles such as [\"tools\"]";

impl DiscoverySection {
    pub(super) fn read(file: &mut Section<'_>) -> Self {
        let Some(mut section) = file.table("discovery") else { return Self::default() };
        let read = Self {
            at: Some(section.at),
            etcd: section.strings("etcd", "a list of URLs such as [\"http://10.0.0.7:2379\"]"),
            namespace: section.text("namespace"),
            ca: section.text("ca").map(|ca| At { value: ca.value.into(), at: ca.at }),
            user: section.text("user"),
            password: section.secret("password"),
            ttl: section.duration("ttl"),
            advertise: section.text("advertise"),
        };
        if read.etcd.as_ref().is_some_and(|etcd| etcd.value.iter().all(|url| url.trim().is_empty())) {
            section.missing("at least one URL in `etcd`");
        }
        section.finish();
        read
    }
}

impl DiscoverSection {
    pub(super) fn read(mut section: Section<'_>) -> Option<Self> {
        let good_name = section.has_good_name();
        let read = Self {
            name: section.name.clone(),
            at: section.at,
            port: section.text("port"),
            scheme: section.scheme(),
            check: section.word("check", CHECK, check).map(|check| check.value).unwrap_or_default(),
            variable: section.variable(),
            dns: section.text("dns"),
            compose: section.word("compose", "a service and its port such as \"users:8080\"", |text| {
                let (service, port) = text.rsplit_once(':')?;
                (!service.is_empty() && port.parse::<u16>().is_ok_and(|port| port != 0)).then(|| text.to_owned())
            }),
            default: section.secret("default"),
            identity: section.text("identity"),
            required: section.required(),
        };
        if let (DiscoverCheck::Tcp, Some(identity)) = (&read.check, &read.identity) {
            let text =
                format!("`identity` in {} needs a `check` that tells one: a path or a protocol", section.label());
            section.bad(identity.at, text);
        }
        section.finish();
        good_name.then_some(read)
    }
}

fn check(text: &str) -> Option<DiscoverCheck> {
    match text {
        "tcp" => Some(DiscoverCheck::Tcp),
        path if path.starts_with('/') => Some(DiscoverCheck::Http(path.to_owned())),
        word => PROTOCOLS.into_iter().find(|known| *known == word).map(DiscoverCheck::Protocol),
    }
}

impl ComposeSection {
    pub(super) fn read(file: &mut Section<'_>) -> Self {
        let Some(mut section) = file.table("compose") else { return Self::default() };
        let mut list = |key, expected| section.strings(key, expected).map(|list| list.value).unwrap_or_default();
        let (files, profiles) = (list("files", FILES), list("profiles", PROFILES));
        let files = files.into_iter().map(PathBuf::from).collect();
        let plan = section.bool("plan").unwrap_or_default();
        let read = Self { at: Some(section.at), files, profiles, plan };
        section.finish();
        read
    }
}
