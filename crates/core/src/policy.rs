//! What an environment demands.
//!
//! [`Policy::builtin`] holds the defaults of each environment; a file and then the ancestor's variables override them.

use crate::{Backoff, Budget, Card, Environment, Kind, Permit, Vars, variables};
use std::{collections::BTreeMap, fmt, ops::RangeInclusive, str::FromStr, time::Duration};

/// What an environment demands of a start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The environment.
    pub environment: Environment,
    /// Whether the run changes anything.
    pub mode: Mode,
    /// Whether the start goes on after a failure, so that all failures are found; else it stops at the first failure of
    /// anything required. Default true, in production false. `GRACEFUL_STARTUP_MODE`.
    pub graceful: bool,
    /// Whether fixes are proven. When false they are only applied, and every verdict is `unproven`. `USE_ROBUST_STARTUP`.
    pub robust: bool,
    /// How much a proof may do on shared servers. Light in production.
    pub proofs: Proofs,
    /// The most a step may take, its attempts and waits included. 10 s, in production 30 s.
    pub step_timeout: Duration,
    /// The total time of a start. 30 s.
    pub budget: Budget,
    /// How often and how late failed steps are tried again.
    pub backoff: Backoff,
    /// Where ports that declare no range of their own may move. In development 17000 to 17999, in test 18000 to 18999, in
    /// staging 19000 to 19999, all below the ports that systems hand out by themselves; in production nowhere.
    pub port_range: Option<RangeInclusive<u16>>,
    /// Where Redis may be. `REDIS_MODE`.
    pub redis_mode: RedisMode,
    /// Whether ClickHouse services are required, as `CLICKHOUSE_REQUIRED` says it. See [`Policy::requires_clickhouse`].
    pub clickhouse_required: Option<bool>,
    /// Fixes and services that are switched off, by id, and who did it.
    pub switched_off: BTreeMap<String, String>,
}

/// Whether a run changes anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Applies and proves.
    Verify,
    /// Looks only.
    Check,
}

/// How much a proof may do on shared servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proofs {
    /// May create and remove scratch tables and keys.
    Full,
    /// Creates nothing on shared servers.
    Light,
}

/// Where Redis may be: the ancestor's four modes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RedisMode {
    /// Remote, then a local server, then in-process.
    Shared,
    /// A local server, then in-process.
    Local,
    /// In-process only.
    Fallback,
    /// None: the fix is switched off.
    Disabled,
}

/// A setting that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is `{value}`; it must be {allowed}")]
pub struct PolicyError {
    /// The variable or key.
    pub name: String,
    /// What it holds.
    pub value: String,
    /// What it may hold.
    pub allowed: &'static str,
}

/// The most an optional service may hold a start up. Optional ClickHouse once made starts take 60 to 90 s; what answers at all
/// answers within two.
pub const OPTIONAL_SERVICE: Duration = Duration::from_secs(2);

const BOOLEAN: &str = "`true` or `false` (also `1`/`0`, `yes`/`no`, `on`/`off`)";
const REDIS_MODES: &str = "`shared`, `local`, `fallback` or `disabled`";

impl Policy {
    /// The defaults of `environment`.
    pub fn builtin(environment: Environment) -> Self {
        let production = environment == Environment::Production;
        Self {
            environment,
            mode: Mode::Verify,
            graceful: !production,
            robust: true,
            proofs: if production { Proofs::Light } else { Proofs::Full },
            step_timeout: Duration::from_secs(if production { 30 } else { 10 }),
            budget: Budget::default(),
            backoff: Backoff::default(),
            port_range: port_range(environment),
            redis_mode: RedisMode::Shared,
            clickhouse_required: None,
            switched_off: BTreeMap::new(),
        }
    }

    /// Takes over what the ancestor's variables say: `GRACEFUL_STARTUP_MODE`, `USE_ROBUST_STARTUP`, `CLICKHOUSE_REQUIRED`,
    /// `REDIS_MODE`.
    ///
    /// # Errors
    /// All variables whose value is not one of those allowed.
    pub fn read_vars(&mut self, vars: &Vars) -> Result<(), Vec<PolicyError>> {
        let mut errors = vec![];
        for (name, field) in
            [(variables::GRACEFUL_STARTUP_MODE, &mut self.graceful), (variables::USE_ROBUST_STARTUP, &mut self.robust)]
        {
            match vars.text(name).map(|text| boolean(name, text)) {
                Some(Ok(value)) => *field = value,
                Some(Err(error)) => errors.push(error),
                None => {}
            }
        }
        let name = variables::CLICKHOUSE_REQUIRED;
        match vars.text(name).map(|text| boolean(name, text)).transpose() {
            Ok(required) => self.clickhouse_required = required,
            Err(error) => errors.push(error),
        }
        if let Some(text) = vars.text(variables::REDIS_MODE) {
            match text.parse() {
                Ok(mode) => self.redis_mode = mode,
                Err(error) => errors.push(error),
            }
        }
        if self.redis_mode == RedisMode::Disabled {
            self.switched_off.entry("redis".into()).or_insert_with(|| "REDIS_MODE=disabled".into());
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// Whether a ClickHouse service is required of which the file says `declared`: the variable wins over the file, the file
    /// over the built-in default, which is true in production only.
    pub fn requires_clickhouse(&self, declared: Option<bool>) -> bool {
        self.clickhouse_required.or(declared).unwrap_or(self.environment == Environment::Production)
    }

    /// The right to change something: none in a read-only run.
    pub fn permit(&self) -> Option<Permit> {
        (self.mode == Mode::Verify).then_some(Permit(()))
    }

    /// The most the node of `card` may take: nothing for one that is switched off; its own limit or the step limit, whichever is less; [`OPTIONAL_SERVICE`] for a
    /// service that nobody requires.
    pub fn limit_of(&self, card: &Card) -> Duration {
        let limit = card.limit.min(self.step_timeout);
        match card.kind {
            _ if self.switched_off.contains_key(&card.id) => Duration::ZERO,
            Kind::Service(_) if !card.is_required() => limit.min(OPTIONAL_SERVICE),
            _ => limit,
        }
    }

    /// Who switched the fix or service `id` off, if somebody did.
    pub fn switched_off_by(&self, id: &str) -> Option<&str> {
        self.switched_off.get(id).map(String::as_str)
    }
}

/// A thousand numbers for each environment that is not production. Below 32768, where Linux begins to hand out ports by itself,
/// and above what well-known servers use.
fn port_range(environment: Environment) -> Option<RangeInclusive<u16>> {
    match environment {
        Environment::Development => Some(17_000..=17_999),
        Environment::Test => Some(18_000..=18_999),
        Environment::Staging => Some(19_000..=19_999),
        Environment::Production => None,
    }
}

/// Reads a boolean as the ancestor's variables hold them.
fn boolean(name: &str, text: &str) -> Result<bool, PolicyError> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Ok(true),
        "false" | "0" | "no" | "off" => Ok(false),
        _ => Err(PolicyError { name: name.into(), value: text.into(), allowed: BOOLEAN }),
    }
}

impl RedisMode {
    /// The word used in variables and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Shared => "shared",
            Self::Local => "local",
            Self::Fallback => "fallback",
            Self::Disabled => "disabled",
        }
    }
}

impl fmt::Display for RedisMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for RedisMode {
    type Err = PolicyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Shared, Self::Local, Self::Fallback, Self::Disabled]
            .into_iter()
            .find(|mode| mode.as_str() == text.trim().to_ascii_lowercase())
            .ok_or_else(|| PolicyError { name: variables::REDIS_MODE.into(), value: text.into(), allowed: REDIS_MODES })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(environment: Environment, pairs: &[(&str, &str)]) -> Policy {
        let mut policy = Policy::builtin(environment);
        policy.read_vars(&Vars::from_pairs("test", pairs.iter().copied())).unwrap();
        policy
    }

    #[test]
    fn production_is_strict_light_and_needs_clickhouse_and_the_others_do_not() {
        for environment in Environment::ALL {
            let policy = Policy::builtin(environment);
            let production = environment == Environment::Production;
            assert_eq!(policy.graceful, !production);
            assert_eq!(policy.requires_clickhouse(None), production);
            assert_eq!(policy.proofs == Proofs::Light, production);
            assert_eq!(policy.step_timeout.as_secs(), if production { 30 } else { 10 });
            assert!(policy.robust && policy.redis_mode == RedisMode::Shared);
        }
    }

    #[test]
    fn each_flag_works_in_both_directions() {
        for environment in Environment::ALL {
            for (text, value) in [("true", true), ("false", false), ("1", true), ("OFF", false)] {
                let vars = Vars::from_pairs("test", [("GRACEFUL_STARTUP_MODE", text), ("USE_ROBUST_STARTUP", text)]);
                // From the opposite, so that a flag that nobody reads is seen.
                let mut policy = Policy { graceful: !value, robust: !value, ..Policy::builtin(environment) };
                policy.read_vars(&vars).unwrap();
                assert_eq!((policy.graceful, policy.robust), (value, value));
                let policy = read(environment, &[("CLICKHOUSE_REQUIRED", text)]);
                for declared in [None, Some(true), Some(false)] {
                    assert_eq!(policy.requires_clickhouse(declared), value, "the variable wins over the file");
                }
            }
        }
    }

    #[test]
    fn each_redis_mode_is_read_and_disabled_switches_the_fix_off_by_name() {
        for (text, mode) in
            [("shared", RedisMode::Shared), ("local", RedisMode::Local), ("fallback", RedisMode::Fallback)]
        {
            let policy = read(Environment::Staging, &[("REDIS_MODE", text)]);
            assert_eq!((policy.redis_mode, policy.switched_off_by("redis")), (mode, None));
        }
        assert_eq!(
            read(Environment::Test, &[("REDIS_MODE", "disabled")]).switched_off_by("redis"),
            Some("REDIS_MODE=disabled")
        );
    }

    #[test]
    fn every_unreadable_flag_is_reported_at_once() {
        let vars = Vars::from_pairs(
            "test",
            [("GRACEFUL_STARTUP_MODE", "maybe"), ("REDIS_MODE", "cloud"), ("CLICKHOUSE_REQUIRED", "")],
        );
        let errors = Policy::builtin(Environment::Test).read_vars(&vars).unwrap_err();
        let names: Vec<_> = errors.iter().map(|e| e.name.as_str()).collect();
        assert_eq!(names, ["GRACEFUL_STARTUP_MODE", "CLICKHOUSE_REQUIRED", "REDIS_MODE"]);
        assert!(errors[2].to_string().contains("`fallback`"), "{}", errors[2]);
    }

    #[test]
    fn an_optional_service_never_holds_a_start_up_for_long() {
        let policy = Policy::builtin(Environment::Production);
        let service =
            |required| Card::service("clickhouse.a", "a", "clickhouse").criticality(crate::Criticality::when(required));
        assert_eq!(policy.limit_of(&service(false)), OPTIONAL_SERVICE);
        assert_eq!(policy.limit_of(&service(true)), policy.step_timeout);
        assert_eq!(policy.limit_of(&service(true).limit(Duration::from_secs(1))), Duration::from_secs(1));
    }

    #[test]
    fn a_read_only_run_gets_no_permit() {
        let mut policy = Policy::builtin(Environment::Test);
        assert!(policy.permit().is_some());
        policy.mode = Mode::Check;
        assert!(policy.permit().is_none());
    }
}
