//! From a file, variables and wishes to an engine that can run.

use crate::{
    Boot, assemble,
    assume::from_variables,
    diagnose,
    file::{At, DEFAULT_FILE, FIXES, File},
    policy::policy_of,
    process,
    variables::Variables,
};
use bootproof_core::{
    Budget, ChosenEnvironment, Diagnosis, Environment, Host, Mode, Policy, RedisMode, RunMeta, RunState, Scope, Secret,
    Seed, Value, Vars, diagnose::plan_refused, variables,
};
use bootproof_engine::{Engine, Settings};
use bootproof_env::Resolver;
use bootproof_ports::Given;
use std::{
    borrow::Cow,
    fmt, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

/// A service whose file gives no name, or which has no file.
pub(crate) const UNNAMED: &str = "unnamed";

/// The ids of the fixes.
pub struct Fixes;

impl Fixes {
    /// All five, in the order of the plan.
    pub const IDS: [&'static str; 5] = FIXES;
}

/// A start that can be run. Nothing is touched before [`Startup::run`].
pub struct Startup {
    /// `None`: there is none, and what the variables say is assumed.
    file: Option<File>,
    /// The folder of the file, whose .env files may be read.
    folder: PathBuf,
    vars: Vars,
    flags: Vars,
    wishes: Wishes,
    given: Vec<Given>,
}

/// What the caller wants otherwise than file and variables say.
struct Wishes {
    environment: Option<String>,
    budget: Option<Duration>,
    seed: Option<Seed>,
    mode: Mode,
    scope: Scope,
    only: Vec<String>,
    skip: Vec<String>,
}

/// A validated start: the engine, and the policy it will follow.
pub struct Prepared {
    /// Runs the plan.
    pub engine: Engine,
    /// The policy in force.
    pub policy: Arc<Policy>,
    /// The variables as the schema maps them, for when the environment fix hands none on.
    pub mapped: Arc<Vars>,
    /// The names of the declared ports, in the order of the file.
    pub ports: Vec<String>,
}

/// Why nothing was started: the configuration cannot be used. [`fmt::Display`] gives every diagnosis in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Everything that is wrong, as far as it could be told.
    pub diagnoses: Vec<Diagnosis>,
}

impl Refused {
    /// The report of a start that was refused: nothing in it, and why.
    pub fn state(&self) -> RunState {
        RunState::refused(RunMeta {
            service: UNNAMED.to_owned(),
            environment: None,
            started_at: process::wall_clock(),
            seed: Seed(0),
            budget: Budget::default().total(),
            mode: Mode::Verify,
            notes: vec![],
            refused: self.diagnoses.clone(),
        })
    }
}

impl From<Diagnosis> for Refused {
    fn from(diagnosis: Diagnosis) -> Self {
        Self { diagnoses: vec![diagnosis] }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: Vec<_> = self.diagnoses.iter().map(ToString::to_string).collect();
        f.write_str(&all.join("\n\n"))
    }
}

impl std::error::Error for Refused {}

impl Startup {
    /// Describes the service by the file at `path` and the process environment, which is read here, once.
    ///
    /// # Errors
    /// When the file cannot be read, or something in it is wrong: all that can be told in one pass.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, Refused> {
        let vars = process::variables();
        #[cfg(unix)]
        let given = process::given_sockets(&vars);
        #[cfg(not(unix))]
        let given = vec![];
        Ok(Self::load(Some(path.as_ref()), vars)?.scope(Scope::Process).given(given))
    }

    /// Describes the service by `file`, else by `bootproof.toml` in the current folder when there is one, else by what `vars`
    /// say. For whoever reads the environment himself.
    ///
    /// # Errors
    /// As [`Startup::from_file`].
    pub fn load(file: Option<&Path>, vars: Vars) -> Result<Self, Refused> {
        let default = Path::new(DEFAULT_FILE);
        let path = file.or_else(|| is_there(default).then_some(default));
        let file = path.map(File::read).transpose().map_err(|error| Refused { diagnoses: diagnose::file(&error) })?;
        let folder = path.and_then(Path::parent).unwrap_or(Path::new("")).to_owned();
        Ok(Self { file, folder, vars, flags: Vars::default(), wishes: Wishes::default(), given: vec![] })
    }

    /// Sets a variable, over whatever else sets it. For flags of a command line; a secret is refused there.
    pub fn set(mut self, name: &str, text: &str) -> Self {
        self.flags.set(name, Value { text: Secret::new(text), source: "flag".to_owned(), shown: false });
        self
    }

    /// Chooses the environment, whatever ENVIRONMENT says. An unknown name is refused by [`Startup::prepare`].
    pub fn environment(mut self, name: &str) -> Self {
        self.wishes.environment = Some(name.to_owned());
        self
    }

    /// Sets the total time of the run.
    pub fn budget(mut self, budget: Duration) -> Self {
        self.wishes.budget = Some(budget);
        self
    }

    /// Sets the seed of the waits between attempts, to repeat those of an earlier run.
    pub fn seed(mut self, seed: u64) -> Self {
        self.wishes.seed = Some(Seed(seed));
        self
    }

    /// Sets the sockets that this process was given: a declared port that is among them is not bound again.
    pub fn given(mut self, sockets: Vec<Given>) -> Self {
        self.given = sockets;
        self
    }

    /// Sets whether anything is changed.
    pub fn mode(mut self, mode: Mode) -> Self {
        self.wishes.mode = mode;
        self
    }

    /// Sets what the proofs cover: [`Scope::Process`] for a program that starts itself.
    pub fn scope(mut self, scope: Scope) -> Self {
        self.wishes.scope = scope;
        self
    }

    /// Switches all other fixes off. Empty: none.
    pub fn only(mut self, fixes: &[String]) -> Self {
        self.wishes.only = fixes.to_vec();
        self
    }

    /// Switches these fixes off.
    pub fn skip(mut self, fixes: &[String]) -> Self {
        self.wishes.skip = fixes.to_vec();
        self
    }

    /// Validates everything that can be known before anything runs.
    ///
    /// # Errors
    /// An environment that cannot be chosen, flags that cannot be read, limits out of range, a plan that cannot be run.
    pub fn prepare(mut self) -> Result<Prepared, Refused> {
        let given = std::mem::take(&mut self.given);
        let environment = self.choose()?;
        let (variables, file) = self.describe(environment.name);
        let mut policy = policy_of(&file, &environment, &self.steering())?;
        self.wishes.change(&mut policy);
        switch_services_off(&file, &mut policy, &self.wishes);
        let policy = Arc::new(policy);
        let assembled = assemble::assemble(&file, &policy, &variables, self.wishes.scope, given)?;
        let notes = variables.assumed.into_iter().chain(assembled.notes).collect();
        let mapped = Arc::new(assembled.mapped);
        let settings = Settings {
            meta: self.meta(&file, environment, &policy, notes),
            policy: Arc::clone(&policy),
            mapped: Arc::clone(&mapped),
            given: Arc::new(variables.process),
        };
        let engine = Engine::new(assembled.work, settings)
            .map_err(|errors| plan_refused(errors.iter().map(ToString::to_string)))?;
        Ok(Prepared { engine, policy, mapped, ports: in_order(&file) })
    }

    /// The declared variables and everything that sets them, for whoever wants to look at them and start nothing.
    ///
    /// # Errors
    /// An environment that cannot be chosen.
    pub fn variables(&self) -> Result<Variables, Refused> {
        Ok(self.describe(self.choose()?.name).0)
    }

    /// The service's name, when its file gives one.
    pub fn service(&self) -> Option<&str> {
        self.file.as_ref()?.service.as_deref()
    }

    /// The file that describes the service, when there is one.
    pub fn file(&self) -> Option<&File> {
        self.file.as_ref()
    }

    pub(crate) fn choose(&self) -> Result<ChosenEnvironment, Refused> {
        let set = self.flags.text(variables::ENVIRONMENT).or(self.vars.text(variables::ENVIRONMENT));
        let (flag, variable) = (self.wishes.environment.as_deref(), set);
        // The machine is looked at only when nobody said what it is.
        let host = if flag.or(variable).is_none() { process::host(&self.vars) } else { Host::default() };
        Ok(ChosenEnvironment::choose(flag, variable, &host).map_err(|error| diagnose::environment(&error))?)
    }

    /// What bootproof's own variables are read from: what [`Startup::set`] sets comes before the process.
    fn steering(&self) -> Cow<'_, Vars> {
        if self.flags.is_empty() {
            return Cow::Borrowed(&self.vars);
        }
        let mut vars = self.vars.clone();
        vars.set_all(self.flags.iter().map(|(name, value)| (name.to_owned(), value.clone())).collect());
        Cow::Owned(vars)
    }

    /// The variables, with notes on what was assumed, and the service as its file or the variables describe it.
    pub(crate) fn describe(&self, environment: Environment) -> (Variables, Cow<'_, File>) {
        let schema = self.file.as_ref().map(File::schema).unwrap_or_default();
        let resolver = Resolver { schema, flags: self.flags.clone(), folder: Some(self.folder.clone()) };
        let variables = Variables { resolver, process: self.vars.clone(), environment, assumed: vec![] };
        match &self.file {
            Some(file) => (variables, Cow::Borrowed(file)),
            None => {
                let (file, assumed) = from_variables(&variables.resolve().vars);
                (Variables { assumed, ..variables }, Cow::Owned(file))
            }
        }
    }

    fn meta(&self, file: &File, environment: ChosenEnvironment, policy: &Policy, mut notes: Vec<String>) -> RunMeta {
        if !policy.robust {
            notes.push("proofs are switched off (USE_ROBUST_STARTUP, or `robust` in the policy): fixes are applied and NOTHING IS PROVEN".to_owned());
        }
        RunMeta {
            service: file.service.clone().unwrap_or_else(|| UNNAMED.to_owned()),
            environment: Some(environment),
            started_at: process::wall_clock(),
            seed: self.wishes.seed.unwrap_or_else(process::fresh_seed),
            budget: policy.budget.total(),
            mode: policy.mode,
            notes,
            refused: vec![],
        }
    }

    /// Runs the start. Never panics and never fails: what went wrong is in the report of what it returns.
    pub async fn run(self) -> Boot {
        match self.prepare() {
            Ok(prepared) => Boot::ran(prepared.engine.start(None).finish().await),
            Err(refused) => Boot::refused(&refused),
        }
    }
}

/// The names of the ports of `file`, as they stand in it.
fn in_order(file: &File) -> Vec<String> {
    let mut ports: Vec<_> = file.ports.iter().collect();
    ports.sort_by_key(|port| (port.at.line, port.at.column));
    ports.into_iter().map(|port| port.name.clone()).collect()
}

/// Whether there is something at `path`, were it only a link to nowhere or a folder nobody may look into: then that is told, and
/// nothing is assumed in its place.
fn is_there(path: &Path) -> bool {
    std::fs::symlink_metadata(path).map_or_else(|error| error.kind() != io::ErrorKind::NotFound, |_| true)
}

impl Default for Wishes {
    fn default() -> Self {
        let (only, skip) = (vec![], vec![]);
        Self { environment: None, budget: None, seed: None, mode: Mode::Verify, scope: Scope::Server, only, skip }
    }
}

impl Wishes {
    fn change(&self, policy: &mut Policy) {
        policy.mode = self.mode;
        if let Some(budget) = self.budget {
            policy.budget = Budget::new(budget);
        }
        for id in Fixes::IDS.map(str::to_owned) {
            if self.skip.contains(&id) {
                policy.switched_off.insert(id.clone(), format!("--skip {id}"));
            } else if let Some(by) = self.only().filter(|_| !self.only.contains(&id) && id != NEEDED_BY_ALL) {
                policy.switched_off.insert(id, by);
            }
        }
    }

    /// Who switches everything else off, when only some fixes are wanted.
    fn only(&self) -> Option<String> {
        (!self.only.is_empty()).then(|| format!("--only {}", self.only.join(",")))
    }
}

/// The fix that all others need: `--only` leaves it on.
const NEEDED_BY_ALL: &str = "environment";

/// Switches off the services of fixes that are off, remote Redis servers that REDIS_MODE rules out, and with `--only` all that
/// belong to no fix.
fn switch_services_off(file: &File, policy: &mut Policy, wishes: &Wishes) {
    let databases = file.database.iter().map(|s| format!("database.{}", s.name));
    let redis = file.redis.iter().map(|s| format!("redis.{}", s.name));
    let mut off: Vec<(String, String)> = vec![];
    if let Some(by) = policy.switched_off_by("database") {
        off.extend(databases.map(|id| (id, by.to_owned())));
    }
    let mode = (policy.redis_mode != RedisMode::Shared).then(|| format!("REDIS_MODE={}", policy.redis_mode));
    if let Some(by) = policy.switched_off_by("redis").map(str::to_owned).or(mode) {
        off.extend(redis.map(|id| (id, by.clone())));
    }
    if let Some(by) = wishes.only() {
        let others = file.clickhouse.iter().map(|s| format!("clickhouse.{}", s.name));
        let others = others.chain(file.http.iter().map(|s| format!("http.{}", s.name)));
        let others = others.chain(file.tcp.iter().map(|s| format!("tcp.{}", s.name)));
        let others = others.chain(file.command.iter().map(|s| format!("command.{}", s.name)));
        // What the wanted fixes refer to has to be found for them.
        let wanted: Vec<String> = wishes.only.iter().flat_map(|id| file.variables_of(id)).collect();
        let is_wanted = |variable: &At<String>| wanted.contains(&variable.value);
        let found = file.discover.iter().filter(|s| !s.variable.as_ref().is_some_and(is_wanted));
        let found = found.map(|s| format!("discover.{}", s.name));
        let others = others.chain(found).chain(file.discovery.etcd.iter().map(|_| "discovery.etcd".to_owned()));
        off.extend(others.map(|id| (id, by.clone())));
    }
    policy.switched_off.extend(off);
}
