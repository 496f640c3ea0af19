//! From the plain data of a file to the nodes of a plan.
//!
//! The five fixes are a plain list; each service stands beside the fix that looks after it.

#[cfg(feature = "discovery")]
use crate::{
    discover::{Discover, Places},
    registry::Registry,
};
use crate::{
    file::{At, File, PortSection, Position},
    ordered::Ordered,
    policy::requires,
    startup::{Refused, UNNAMED},
    variables::Variables,
};
use bootproof_core::{Criticality, Diagnosis, Need, Policy, Scope, Service, Vars};
use bootproof_engine::Work;
use bootproof_env::{EnvironmentFix, Environments};
use bootproof_ports::{
    Given, Host, PortSpec, PortsFix, UnixSpec,
    ledger::{Ledger, Service as Publisher},
};
use bootproof_probe::{ClickHouseService, CommandService, HttpService, TcpService};
use bootproof_tasks::{Limit, TaskSpec, TasksFix, TasksSpec};
use std::{
    net::IpAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

/// The nodes of a plan, and the variables for runs without an environment fix.
pub(crate) struct Assembled {
    pub(crate) work: Vec<Work>,
    pub(crate) mapped: Vars,
    /// What to tell of the variables whatever becomes of the run.
    pub(crate) notes: Vec<String>,
}

/// Makes the nodes that `file` declares, under `policy`.
///
/// # Errors
/// Everything a room refuses before anything runs.
pub(crate) fn assemble(
    file: &File,
    policy: &Policy,
    variables: &Variables,
    scope: Scope,
    given: Vec<Given>,
) -> Result<Assembled, Refused> {
    let resolved = variables.resolve();
    let mapped = &resolved.vars;
    let parts = Parts { file, policy, variables, mapped, scope };
    let mut refused = vec![];
    let tasks = parts.tasks().map_err(|diagnosis| refused.push(diagnosis)).ok();
    let ports = parts.ports(given).map_err(|diagnosis| refused.push(diagnosis)).ok();
    let work = [Some(parts.environment()), ports, parts.databases(), tasks, parts.redis()];
    let mut work: Vec<Work> = work.into_iter().flatten().collect();
    work.extend(parts.services());
    let mut notes = if parts.is_on("environment") { variables.notes(&resolved) } else { vec![] };
    match parts.composed() {
        Ok((services, told)) => {
            work.extend(services.into_iter().map(Work::Service));
            notes.extend(told);
        }
        Err(why) => refused.extend(why.diagnoses),
    }
    // What an address refers to has to be found before it is used.
    let work = work.into_iter().map(|work| parts.after_what_it_refers_to(work)).collect();
    refused.extend(parts.missing_features());
    if !refused.is_empty() {
        return Err(Refused { diagnoses: refused });
    }
    Ok(Assembled { work, mapped: resolved.vars, notes })
}

/// The services of a Compose project, and notes on those that are not asked.
type Composed = (Vec<Arc<dyn Service>>, Vec<String>);

struct Parts<'a> {
    file: &'a File,
    policy: &'a Policy,
    variables: &'a Variables,
    mapped: &'a Vars,
    scope: Scope,
}

impl Parts<'_> {
    fn is_on(&self, id: &str) -> bool {
        self.policy.switched_off_by(id).is_none()
    }

    fn criticality(&self, id: &str) -> Criticality {
        Criticality::when(requires(self.file, self.policy.environment, id))
    }

    /// Whether a service is required: as declared, else as `default`.
    fn service_criticality(&self, declared: Option<Environments>, default: bool) -> Criticality {
        Criticality::when(declared.map_or(default, |environments| environments.contains(self.policy.environment)))
    }

    /// What is resolved is shown where it was resolved, in this process, and nowhere else.
    fn environment(&self) -> Work {
        let fix =
            EnvironmentFix::new(self.variables.resolver.clone(), self.criticality("environment")).scope(Scope::Process);
        Work::Fix(Arc::new(fix))
    }

    fn ports(&self, given: Vec<Given>) -> Result<Work, Diagnosis> {
        let specs = self
            .file
            .ports
            .iter()
            .filter(|section| section.unix.is_none())
            .map(|section| port_spec(section, self.policy, self.mapped))
            .collect();
        let fix = PortsFix::new(specs, self.criticality("ports")).scope(self.scope).given(given);
        let fix = fix.unix_sockets(self.file.ports.iter().filter_map(unix_spec).collect());
        Ok(Work::Fix(Arc::new(fix.ledger(Ledger::of(&self.variables.process), self.publisher()))))
    }

    /// In whose name ports are published. Two checkouts of one project are told apart by their folder.
    fn publisher(&self) -> Publisher {
        let name = self.file.service.as_deref().unwrap_or(UNNAMED);
        let publisher = Publisher::new(name);
        publisher.project(folder_of(self.file))
    }

    fn tasks(&self) -> Result<Work, Diagnosis> {
        let section = &self.file.tasks;
        let mut spec = TasksSpec { declared: section.at.is_some(), ..TasksSpec::default() };
        if let Some(limit) = section.default_timeout {
            spec.default_limit = limit.value;
        }
        spec.tasks = section
            .commands
            .iter()
            .map(|task| TaskSpec {
                name: task.name.clone(),
                command: Some(task.command.value.clone()),
                limit: task.limit.map(|limit| limit.value),
                soft: task.soft.map(|soft| soft.value),
            })
            .collect();
        let limits = section.default_timeout.into_iter().chain(section.commands.iter().flat_map(|task| task.limit));
        let limits = limits.filter(|limit| Limit::new(limit.value).is_err());
        match TasksFix::new(spec, self.criticality("tasks")) {
            Ok(fix) => Ok(Work::Fix(Arc::new(fix))),
            Err(diagnosis) => Err(limits.fold(diagnosis, |diagnosis, limit| diagnosis.why(self.written(&limit)))),
        }
    }

    fn written(&self, limit: &At<std::time::Duration>) -> String {
        format!("{}:{}: {:?} is written here", self.file.path.display(), limit.at, limit.value)
    }

    #[cfg(feature = "database")]
    fn databases(&self) -> Option<Work> {
        let specs = self.file.database.iter().map(|section| bootproof_db::DatabaseSpec {
            name: section.name.clone(),
            url: section.url.value.reveal().to_owned(),
            pool: section.pool.unwrap_or(DEFAULT_POOL),
        });
        let fix = bootproof_db::DatabaseFix::new(specs.collect(), self.criticality("database")).scope(self.scope);
        Some(Work::Fix(Arc::new(fix)))
    }

    #[cfg(not(feature = "database"))]
    fn databases(&self) -> Option<Work> {
        None
    }

    #[cfg(feature = "redis")]
    fn redis(&self) -> Option<Work> {
        let specs = self.file.redis.iter().map(|section| bootproof_redis::RedisSpec {
            name: section.name.clone(),
            url: section.url.as_ref().map(|url| url.value.reveal().to_owned()),
            local: section.local.as_ref().map(|url| url.value.reveal().to_owned()),
            use_: section.r#use.map_or(bootproof_redis::Use::Cache, |u| redis_use(u.value)),
            allow_fallback: section.fallback.as_ref().map(|reason| reason.value.clone()),
        });
        let fix = bootproof_redis::RedisFix::new(specs.collect(), self.criticality("redis")).scope(self.scope);
        Some(Work::Fix(Arc::new(fix)))
    }

    #[cfg(not(feature = "redis"))]
    fn redis(&self) -> Option<Work> {
        None
    }

    /// The services. Those that are switched off stay in the plan, and the report says who did it.
    fn services(&self) -> Vec<Work> {
        let mut all = self.database_services();
        all.extend(self.redis_services());
        all.extend(self.other_services());
        let found = self.discovered();
        all.into_iter().chain(found).map(Work::Service).collect()
    }

    #[cfg(feature = "database")]
    fn database_services(&self) -> Vec<Arc<dyn Service>> {
        let service = |section: &crate::file::DatabaseSection| -> Arc<dyn Service> {
            // As required as the fix that needs it.
            let criticality = self.criticality("database");
            Arc::new(bootproof_probe::DatabaseService::new(&section.name, section.url.value.reveal(), criticality))
        };
        self.file.database.iter().map(service).collect()
    }

    #[cfg(not(feature = "database"))]
    fn database_services(&self) -> Vec<Arc<dyn Service>> {
        vec![]
    }

    /// The remote Redis servers. The in-process store is no service.
    #[cfg(feature = "redis")]
    fn redis_services(&self) -> Vec<Arc<dyn Service>> {
        let service = |section: &crate::file::RedisSection| -> Option<Arc<dyn Service>> {
            let url = &section.url.as_ref()?.value;
            let in_process = self.mapped.expand(url.reveal()).is_ok_and(|url| url.reveal().starts_with("memory:"));
            let criticality = self.service_criticality(section.required, false);
            let probe = || bootproof_probe::RedisService::new(&section.name, url.reveal(), criticality);
            (!in_process).then(|| Arc::new(probe()) as Arc<dyn Service>)
        };
        self.file.redis.iter().filter_map(service).collect()
    }

    #[cfg(not(feature = "redis"))]
    fn redis_services(&self) -> Vec<Arc<dyn Service>> {
        vec![]
    }

    fn other_services(&self) -> Vec<Arc<dyn Service>> {
        let mut all: Vec<Arc<dyn Service>> = vec![];
        for section in &self.file.clickhouse {
            let declared = section.required.map(|environments| environments.contains(self.policy.environment));
            let criticality = Criticality::when(self.policy.requires_clickhouse(declared));
            all.push(Arc::new(ClickHouseService::new(&section.name, section.url.value.reveal(), criticality)));
        }
        for section in &self.file.http {
            let service = HttpService::new(
                &section.name,
                section.url.value.reveal(),
                self.service_criticality(section.required, true),
            );
            all.push(Arc::new(service.accepting(section.status.clone())));
        }
        for section in &self.file.tcp {
            let criticality = self.service_criticality(section.required, true);
            all.push(Arc::new(TcpService::new(&section.name, section.address.value.reveal(), criticality)));
        }
        for section in &self.file.command {
            let criticality = self.service_criticality(section.required, true);
            let service = CommandService::new(&section.name, section.command.value.clone(), criticality);
            all.push(Arc::new(match section.timeout {
                Some(limit) => service.limit(limit.value),
                None => service,
            }));
        }
        all
    }

    /// The services of the Compose project, when they are wanted in the plan, and what is not asked of it.
    #[cfg(feature = "compose")]
    fn composed(&self) -> Result<Composed, Refused> {
        if !self.file.compose.plan {
            return Ok((vec![], vec![]));
        }
        let plan = crate::compose_plan::services(self.file, &folder_of(self.file), &self.variables.process)?;
        Ok((plan.services, plan.notes))
    }

    #[cfg(not(feature = "compose"))]
    fn composed(&self) -> Result<Composed, Refused> {
        Ok((vec![], vec![]))
    }

    #[cfg(feature = "discovery")]
    fn discovered(&self) -> Vec<Arc<dyn Service>> {
        let (file, settings) = (self.file, &self.file.discovery);
        if file.discover.is_empty() && settings.at.is_none() {
            return vec![];
        }
        let places = Arc::new(Places::of(file, &self.variables.process));
        let find = |section: &crate::file::DiscoverSection| -> Arc<dyn Service> {
            let criticality = self.service_criticality(section.required, true);
            Arc::new(Discover::new(section, criticality, Arc::clone(&places)))
        };
        let mut all: Vec<_> = file.discover.iter().map(find).collect();
        if settings.etcd.is_some() {
            all.push(Arc::new(Registry::new(file.service.as_deref().unwrap_or(UNNAMED), places)));
        }
        all
    }

    #[cfg(not(feature = "discovery"))]
    fn discovered(&self) -> Vec<Arc<dyn Service>> {
        vec![]
    }

    /// `work`, which waits for what finds the variables that its addresses refer to.
    fn after_what_it_refers_to(&self, work: Work) -> Work {
        let card = match &work {
            Work::Fix(fix) => fix.card(),
            Work::Service(service) => service.card(),
        };
        let needs = self.finders(&self.file.variables_of(&card.id), &card.id);
        if needs.is_empty() {
            return work;
        }
        let card = card.clone();
        match work {
            Work::Fix(fix) => Work::Fix(Arc::new(Ordered::needing(card, needs, fix))),
            Work::Service(service) => Work::Service(Arc::new(Ordered::needing(card, needs, service))),
        }
    }

    /// What finds `variables`, for the node `id`. It is not run when that fails: it would go nowhere, or to somebody else. Only Redis has
    /// what stands in for it, and waits only.
    fn finders(&self, variables: &[String], id: &str) -> Vec<Need> {
        let found = self.file.discover.iter().filter_map(|one| {
            let variable = &one.variable.as_ref()?.value;
            let required = id != "redis";
            let on = format!("discover.{}", one.name);
            // A default may name the variable that it is the default of.
            (variables.contains(variable) && on != id).then_some(Need { on, required })
        });
        found.collect()
    }

    /// Sections that this build cannot serve are refused, not left out silently.
    fn missing_features(&self) -> Vec<Diagnosis> {
        let discover = self.file.discover.first().map(|section| section.at).or(self.file.discovery.at);
        let compose = self.file.compose.at.filter(|_| self.file.compose.plan);
        let sections: [(&str, &str, bool, Option<Position>); 4] = [
            ("compose", "compose", cfg!(feature = "compose"), compose),
            ("discover", "discovery", cfg!(feature = "discovery"), discover),
            ("database", "database", cfg!(feature = "database"), self.file.database.first().map(|s| s.at)),
            ("redis", "redis", cfg!(feature = "redis"), self.file.redis.first().map(|s| s.at)),
        ];
        let missing = |(section, feature, built_in, at): (&str, &str, bool, Option<Position>)| {
            let at = at.filter(|_| !built_in && self.is_on(section))?;
            Some(crate::diagnose::feature_missing(&self.file.path, at, section, feature))
        };
        sections.into_iter().filter_map(missing).collect()
    }
}

/// The folder of `file`, absolute.
pub(crate) fn folder_of(file: &File) -> PathBuf {
    let folder = file.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    folder.canonicalize().unwrap_or_else(|_| folder.to_owned())
}

/// Connections of a pool when the file does not say: what a small service needs, and half of SQLx's own default of 10.
#[cfg(feature = "database")]
const DEFAULT_POOL: u32 = 5;

/// The Unix socket that a section declares instead of a port.
fn unix_spec(section: &PortSection) -> Option<UnixSpec> {
    let unix = &section.unix.as_ref()?.value;
    let spec = UnixSpec::new(&section.name, &unix.path);
    Some(match unix.mode {
        Some(mode) => spec.mode(mode),
        None => spec,
    })
}

fn port_spec(section: &PortSection, policy: &Policy, vars: &Vars) -> PortSpec {
    let host = match section.host_in(policy.environment) {
        "localhost" => Host::Localhost,
        "*" => Host::Any,
        // The file takes only these two words and addresses.
        address => address.parse::<IpAddr>().map_or(Host::Localhost, Host::Address),
    };
    // Who wants any number has it from the system: the environment's range is where a number that is busy moves to.
    let named = section.variable.as_ref().is_some_and(|variable| vars.text(&variable.value).is_some());
    let wants_one = named || section.port.is_some_and(|port| port.value != 0);
    PortSpec {
        range: section.range.as_ref().map(|range| range.value.clone()),
        variable: section.variable.as_ref().map(|variable| variable.value.clone()),
        host,
        environment_range: policy.port_range.clone().filter(|_| wants_one),
        strict: section.strict,
        protocol: section.protocol,
        hand_over: section.hand_over,
        scheme: section.scheme.as_ref().map(|scheme| scheme.value.clone()),
        ..PortSpec::new(&section.name, section.port.map_or(0, |port| port.value))
    }
}

#[cfg(feature = "redis")]
fn redis_use(word: crate::file::RedisUse) -> bootproof_redis::Use {
    use crate::file::RedisUse;
    match word {
        RedisUse::Cache => bootproof_redis::Use::Cache,
        RedisUse::Session => bootproof_redis::Use::Session,
        RedisUse::RateLimit => bootproof_redis::Use::RateLimit,
        RedisUse::Lock => bootproof_redis::Use::Lock,
        RedisUse::Queue => bootproof_redis::Use::Queue,
        RedisUse::Pubsub => bootproof_redis::Use::Pubsub,
    }
}
