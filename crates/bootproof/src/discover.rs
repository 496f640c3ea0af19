//! `[discover.NAME]` as a node of the plan: finds a service of somebody else's, and tells the variables where it is.
//!
//! [`Discover`] is a [`Service`]: it changes nothing outside of this process. What it found lies on the shelf under
//! `discover/NAME`.

use crate::{
    assemble::folder_of,
    file::{At, ComposeSection, DiscoverCheck, DiscoverSection, File},
};
use bootproof_compose::Request;
use bootproof_core::{Card, Criticality, Cx, Diagnosis, Identity, Phase, Secret, Service, Value, Vars};
use bootproof_discovery::{
    Answer, Check, DiscoverySettings, Dns, Found, LocalRegistry, Published, Question, Reason, Source, Sources, Wanted,
    resolve,
};
use bootproof_ports::ledger::Ledger;
use std::{path::PathBuf, sync::Arc, time::Duration};

/// The most that finding one service may take: the searches of a start run side by side, within a budget of 30 s.
const SEARCH: Duration = Duration::from_secs(5);
/// What is kept back of a step for telling what was found.
const TELLING: Duration = Duration::from_millis(50);

/// Where all services of a start are looked for.
#[derive(Debug)]
pub(crate) struct Places {
    pub(crate) settings: DiscoverySettings,
    pub(crate) ledger: Ledger,
    /// The folder of the file in full, where Compose files are looked for: its name is that of the Compose project.
    pub(crate) folder: PathBuf,
    pub(crate) compose: ComposeSection,
    /// The variables of the process, which Compose files may refer to.
    pub(crate) process: Vars,
}

impl Places {
    /// As `file` declares them, for a process with these variables.
    pub(crate) fn of(file: &File, process: &Vars) -> Self {
        let (section, mut settings) = (&file.discovery, DiscoverySettings::default());
        settings.etcd = section.etcd.as_ref().map(|etcd| etcd.value.clone()).unwrap_or_default();
        settings.namespace = text(&section.namespace);
        settings.user = text(&section.user);
        settings.password = section.password.as_ref().map(|password| password.value.reveal().to_owned());
        settings.ca = section.ca.as_ref().map(|ca| folder_of(file).join(&ca.value));
        settings.advertise = text(&section.advertise);
        if let Some(ttl) = section.ttl {
            settings.ttl = ttl.value;
        }
        let (ledger, folder) = (Ledger::of(process), folder_of(file));
        Self { settings, ledger, folder, compose: file.compose.clone(), process: process.clone() }
    }
}

/// A service that is looked for.
pub(crate) struct Discover {
    card: Card,
    wanted: Wanted,
    places: Arc<Places>,
}

impl Discover {
    /// The node of `section`.
    pub(crate) fn new(section: &DiscoverSection, criticality: Criticality, places: Arc<Places>) -> Self {
        let id = id(&section.name);
        let card = Card::service(id, format!("service `{}`, found by name", section.name), "discovery");
        let wanted = wanted(section);
        Self { card: card.needs("environment").criticality(criticality), wanted, places }
    }

    async fn find(&self, cx: &Cx) -> Result<Identity, Diagnosis> {
        let look = cx.look(format!("looked for a service called `{}`", self.wanted.name));
        let found = search(cx, &self.wanted, &self.places).await?;
        for passed in &found.passed_over {
            cx.look("asked").saw(passed.to_string());
        }
        look.saw(found.to_string());
        self.tell(cx, &found);
        let identity = Identity(format!("{}, says {}", found.endpoint, found.source));
        cx.shelf().put(format!("discover/{}", self.wanted.name), Arc::new(found));
        Ok(identity)
    }

    /// Sets the variable, unless it said so itself.
    fn tell(&self, cx: &Cx, found: &Found) {
        if let (Some(variable), false) = (&self.wanted.variable, matches!(found.source, Source::Variable(_))) {
            let text = found.url.clone().unwrap_or_else(|| Secret::new(found.endpoint.to_string()));
            let source = format!("discover.{}: {}", self.wanted.name, found.source);
            let value = Value { text, source, shown: found.url.is_none() };
            cx.set_vars([(variable.clone(), value)]);
        }
    }
}

/// What `section` says of the service that is looked for.
pub(crate) fn wanted(section: &DiscoverSection) -> Wanted {
    Wanted {
        port: text(&section.port),
        variable: text(&section.variable),
        dns: text(&section.dns),
        scheme: text(&section.scheme),
        compose: section.compose.as_ref().and_then(|compose| {
            let (service, port) = compose.value.rsplit_once(':')?;
            Some((service.to_owned(), port.parse().ok()?))
        }),
        default: section.default.as_ref().map(|default| default.value.reveal().to_owned()),
        check: match &section.check {
            DiscoverCheck::Tcp => Check::Tcp,
            DiscoverCheck::Http(path) => Check::Http { path: path.clone() },
            DiscoverCheck::Protocol(word) => Check::Protocol((*word).to_owned()),
        },
        identity: text(&section.identity),
        ..Wanted::named(&section.name)
    }
}

fn text(at: &Option<At<String>>) -> Option<String> {
    at.as_ref().map(|at| at.value.clone())
}

/// Looks for `wanted` in `places`, with the variables and in the time of `cx`.
pub(crate) async fn search(cx: &Cx, wanted: &Wanted, places: &Places) -> Result<Found, Diagnosis> {
    let (vars, dns) = (cx.vars(), Dns::system());
    let look = cx.look("read how etcd is declared");
    // What is wrong with it matters only when no other source knows the service.
    let (etcd, unusable) = match places.settings.etcd(cx.environment(), &vars, &dns) {
        Ok(etcd) => (etcd, None),
        Err(diagnosis) => (None, Some(diagnosis)),
    };
    if let Some(diagnosis) = &unusable {
        look.saw(format!("it is not asked: {}", diagnosis.what));
    }
    let speak = |question: Question| -> Answer<'_> { Box::pin(speak(cx, question)) };
    let registry = LocalRegistry::read(&places.ledger, cx.environment(), Some(&places.folder)).await;
    let local = |name: &str| registry.as_ref().map_err(Clone::clone).and_then(|registry| registry.find(name));
    let compose = |service: &str, port| places.published(service, port);
    let sources = Sources {
        local: Some(&local),
        etcd: etcd.as_ref(),
        compose: Some(&compose),
        speak: Some(&speak),
        seed: cx.seed(),
        limit: cx.at_most(SEARCH).saturating_sub(TELLING),
        ..Sources::new(&vars, &dns)
    };
    resolve(wanted, &sources).await.map_err(|not_found| match (not_found.reason.clone(), unusable) {
        (Reason::Nowhere, Some(diagnosis)) => diagnosis,
        _ => not_found.diagnosis(),
    })
}

impl Places {
    /// The ports that the Compose file publishes for `target` of `service`.
    fn published(&self, service: &str, target: u16) -> Result<Vec<Published>, String> {
        let Self { folder, compose, process, .. } = self;
        let request = Request {
            files: compose.files.clone(),
            profiles: compose.profiles.clone(),
            ..Request::new(folder.clone(), process)
        };
        let project = bootproof_compose::read(&request).map_err(|errors| {
            errors.first().map_or_else(|| "the Compose file cannot be read".to_owned(), ToString::to_string)
        })?;
        let service =
            project.services.get(service).ok_or_else(|| format!("the Compose file has no service `{service}`"))?;
        let ports = service.ports.iter().filter(|mapping| mapping.port.target == target);
        let published = ports.filter_map(|mapping| {
            let range = mapping.port.published.as_ref()?;
            // Of a range only the engine knows which one it took.
            (range.start() == range.end()).then(|| Published {
                host_ip: mapping.port.host_ip,
                port: *range.start(),
                place: mapping.place.to_string(),
            })
        });
        Ok(published.collect())
    }
}

/// The id of the node that finds the service `name`.
pub(crate) fn id(name: &str) -> String {
    format!("discover.{name}")
}

/// Asks who answers there, by the probe of the protocol.
async fn speak(cx: &Cx, question: Question) -> Result<String, Diagnosis> {
    let url = match &question.url {
        Some(url) => url.reveal().to_owned(),
        None => format!("{}://{}", scheme(&question.protocol), question.endpoint.authority()),
    };
    // The probe fills in references: a `$` of the URL is none.
    let template = url.replace('$', "$$");
    let service = probe(&question.protocol, &template).ok_or_else(|| {
        Diagnosis::new("CONF-007", format!("this build cannot ask `{}`", question.protocol))
            .now("nothing is connected to it")
            .action("build with the features `database` and `redis`")
            .configuration()
    })?;
    service.probe(cx).await.map(|identity| identity.0)
}

fn scheme(protocol: &str) -> &str {
    if protocol == "clickhouse" { "http" } else { protocol }
}

fn probe(protocol: &str, url: &str) -> Option<Box<dyn Service>> {
    const NAME: &str = "found";
    match protocol {
        #[cfg(feature = "database")]
        "postgres" | "mysql" => Some(Box::new(bootproof_probe::DatabaseService::new(NAME, url, Criticality::Required))),
        #[cfg(feature = "redis")]
        "redis" => Some(Box::new(bootproof_probe::RedisService::new(NAME, url, Criticality::Required))),
        "clickhouse" => Some(Box::new(bootproof_probe::ClickHouseService::new(NAME, url, Criticality::Required))),
        _ => None,
    }
}

impl Service for Discover {
    fn card(&self) -> &Card {
        &self.card
    }

    fn probe<'a>(&'a self, cx: &'a Cx) -> Phase<'a, Identity> {
        Box::pin(self.find(cx))
    }
}
