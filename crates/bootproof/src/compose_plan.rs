//! `[compose] plan = true`: the services of the Compose project as services of the plan, in the order of their `depends_on`.
//!
//! What is asked of each is found by `bootproof_compose::graph`; here it becomes a probe. A service of which nothing can be asked is
//! left out, and whoever waits for it waits for what it waits for.

use crate::{file::File, ordered::Ordered, startup::Refused};
use bootproof_compose::{
    Request, diagnose,
    docker::{self, Engine},
    graph::{Ask, Edge, Graph, Login, ServiceNode, graph},
};
use bootproof_core::{Card, Criticality, Cx, Diagnosis, Identity, Phase, Service, Vars};
use bootproof_probe::{ClickHouseService, HttpService, TcpService};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::{collections::BTreeMap, net::SocketAddr, path::Path, sync::Arc};

/// Every code made here, with its title. Each has a page in `docs/codes/`.
const CODES: &[(&str, &str)] = &[
    ("COMPOSE-040", "nobody knows how a one-shot ended"),
    ("COMPOSE-041", "a one-shot failed"),
    ("COMPOSE-042", "a one-shot has not ended yet"),
];

/// The services of a project, and what is not asked of it.
pub(crate) struct ComposePlan {
    pub(crate) services: Vec<Arc<dyn Service>>,
    pub(crate) notes: Vec<String>,
}

/// Reads the project beside `file`, in `folder`.
///
/// # Errors
/// The project cannot be read, or its services wait for each other.
pub(crate) fn services(file: &File, folder: &Path, process: &Vars) -> Result<ComposePlan, Refused> {
    let (files, profiles) = (file.compose.files.clone(), file.compose.profiles.clone());
    let request = Request { files, profiles, ..Request::new(folder, process) };
    let project = bootproof_compose::change::read_as_run(&request)
        .map_err(|errors| Refused { diagnoses: errors.iter().map(diagnose::diagnose).collect() })?;
    let graph = graph(&project).map_err(|ring| {
        Diagnosis::new("COMPOSE-035", ring.to_string())
            .now("nothing was started")
            .action("take one of these out of `depends_on`")
            .configuration()
    })?;
    let notes = graph.silent.iter().map(|(service, why)| format!("compose: nothing is asked of `{service}`: {why}"));
    let notes = notes.collect();
    let of = Project { name: project.name.clone(), folder: project.folder.clone() };
    Ok(ComposePlan { services: nodes(&graph, &Arc::new(of)), notes })
}

/// Which project a container has to belong to.
struct Project {
    name: String,
    folder: std::path::PathBuf,
}

fn nodes(graph: &Graph, project: &Arc<Project>) -> Vec<Arc<dyn Service>> {
    let by_name: BTreeMap<&str, &ServiceNode> = graph.nodes.iter().map(|node| (node.service.as_str(), node)).collect();
    let asked = graph.nodes.iter().filter_map(|node| Some((node, node.ask.as_ref()?)));
    asked.map(|(node, ask)| service(node, ask, &by_name, project)).collect()
}

fn service(
    node: &ServiceNode,
    ask: &Ask,
    by_name: &BTreeMap<&str, &ServiceNode>,
    project: &Arc<Project>,
) -> Arc<dyn Service> {
    let title = format!("Compose service `{}`", node.service);
    let mut card = Card::service(id(&node.service), title, kind(ask)).needs("environment");
    card = card.criticality(Criticality::when(node.required));
    if let Some(patience) = node.patience {
        card = card.limit(patience);
    }
    for (name, required) in waits(&node.needs, by_name) {
        card = if required { card.needs(id(&name)) } else { card.after(id(&name)) };
    }
    let probe = probe(node, ask, project);
    Arc::new(Ordered::under(card, probe))
}

fn id(service: &str) -> String {
    format!("compose.{service}")
}

fn kind(ask: &Ask) -> &'static str {
    match ask {
        Ask::Postgres { .. } => "postgres",
        Ask::Mysql { .. } => "mysql",
        Ask::Redis { .. } => "redis",
        Ask::ClickHouse { .. } => "clickhouse",
        Ask::Http { .. } => "http",
        Ask::Tcp { .. } => "tcp",
        Ask::OneShot => "one-shot",
    }
}

/// What is waited for, by name, and whether it has to succeed: through services of which nothing is asked. The graph has no rings.
fn waits(edges: &[Edge], by_name: &BTreeMap<&str, &ServiceNode>) -> BTreeMap<String, bool> {
    let mut all = BTreeMap::new();
    for edge in edges {
        let Some(node) = by_name.get(edge.service.as_str()) else { continue };
        if node.ask.is_some() {
            *all.entry(edge.service.clone()).or_default() |= edge.required;
            continue;
        }
        for (name, required) in waits(&node.needs, by_name) {
            *all.entry(name).or_default() |= required && edge.required;
        }
    }
    all
}

fn probe(node: &ServiceNode, ask: &Ask, project: &Arc<Project>) -> Arc<dyn Service> {
    let (name, required) = (&node.service, Criticality::when(node.required));
    match ask {
        Ask::Postgres { at, login } => database(name, url("postgres", *at, login, "postgres"), *at, required),
        Ask::Mysql { at, login } => database(name, url("mysql", *at, login, "root"), *at, required),
        Ask::Redis { at, password } => {
            let login = Login { password: password.clone(), ..Login::default() };
            redis(name, url("redis", *at, &login, ""), *at, required)
        }
        Ask::ClickHouse { at, login } => {
            Arc::new(ClickHouseService::new(name, url("http", *at, login, "default"), required))
        }
        Ask::Http { at, path } => Arc::new(HttpService::new(name, literal(&format!("http://{at}{path}")), required)),
        Ask::Tcp { at } => Arc::new(TcpService::new(name, at.to_string(), required)),
        Ask::OneShot => Arc::new(OneShot {
            card: Card::service(id(name), format!("one-shot `{name}`"), "one-shot"),
            service: name.clone(),
            project: Arc::clone(project),
        }),
    }
}

#[cfg(feature = "database")]
fn database(name: &str, url: String, _: SocketAddr, criticality: Criticality) -> Arc<dyn Service> {
    Arc::new(bootproof_probe::DatabaseService::new(name, url, criticality))
}

/// Without the feature, only whether somebody is there.
#[cfg(not(feature = "database"))]
fn database(name: &str, _: String, at: SocketAddr, criticality: Criticality) -> Arc<dyn Service> {
    Arc::new(TcpService::new(name, at.to_string(), criticality))
}

#[cfg(feature = "redis")]
fn redis(name: &str, url: String, _: SocketAddr, criticality: Criticality) -> Arc<dyn Service> {
    Arc::new(bootproof_probe::RedisService::new(name, url, criticality))
}

/// Without the feature, only whether somebody is there.
#[cfg(not(feature = "redis"))]
fn redis(name: &str, _: String, at: SocketAddr, criticality: Criticality) -> Arc<dyn Service> {
    Arc::new(TcpService::new(name, at.to_string(), criticality))
}

/// The URL of a server, as a template in which nothing is replaced. `user` is who the image makes when nobody says.
fn url(scheme: &str, at: SocketAddr, login: &Login, user: &str) -> String {
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let mut url = format!("{scheme}://");
    let user = login.user.as_deref().unwrap_or(user);
    if !user.is_empty() || login.password.is_some() {
        url += &encoded(user);
        if let Some(password) = &login.password {
            url += &format!(":{}", encoded(password.reveal()));
        }
        url.push('@');
    }
    url += &at.to_string();
    if let Some(database) = &login.database {
        url += &format!("/{}", encoded(database));
    }
    literal(&url)
}

/// `text` as a template in which nothing is replaced.
fn literal(text: &str) -> String {
    text.replace('$', "$$")
}

/// A container that runs to its end. Only the engine knows how it ended.
struct OneShot {
    card: Card,
    service: String,
    project: Arc<Project>,
}

impl OneShot {
    async fn ask(&self, cx: &Cx) -> Result<Identity, Diagnosis> {
        let look = cx.look(format!("asked the `docker` client how `{}` ended", self.service));
        let patience = docker::PATIENCE.min(cx.left());
        let engine = tokio::task::spawn_blocking(move || docker::ask(Path::new("docker"), patience)).await;
        let engine = engine.unwrap_or_else(|error| Engine::Silent(error.to_string()));
        let unknown = |why: &str| {
            Diagnosis::new(CODES[0].0, format!("nobody knows how the one-shot `{}` ended", self.service))
                .why(why)
                .now("what waits for it is not looked at")
                .action("start the project (`docker compose up`), where the `docker` client reaches its engine")
        };
        let containers = match &engine {
            Engine::Answered(all) => all,
            Engine::Silent(why) => return Err(unknown(why).away()),
            Engine::Absent => return Err(unknown("there is no `docker` client here")),
        };
        let ours = |one: &&docker::Container| {
            one.is_of(&self.project.name, &self.project.folder) && one.service.as_deref() == Some(&self.service)
        };
        let Some(container) = containers.iter().find(ours) else {
            return Err(unknown("the project has no container of it: it was not started").away());
        };
        match container.exit {
            Some(0) => {
                look.saw(format!("{} ended with 0", container.shown()));
                Ok(Identity(format!("`{}` ended with 0", container.name)))
            }
            Some(code) => Err(Diagnosis::new(CODES[1].0, format!("the one-shot `{}` ended with {code}", self.service))
                .now("what waits for it is not looked at")
                .action(format!("look why: `docker logs {}`", container.name))),
            None => Err(Diagnosis::new(CODES[2].0, format!("the one-shot `{}` has not ended yet", self.service))
                .now("what waits for it is not looked at")
                .action(format!("wait for it: `docker wait {}`", container.name))
                .away()),
        }
    }
}

impl Service for OneShot {
    fn card(&self) -> &Card {
        &self.card
    }

    fn probe<'a>(&'a self, cx: &'a Cx) -> Phase<'a, Identity> {
        Box::pin(self.ask(cx))
    }
}
