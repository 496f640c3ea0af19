//! From what is declared, the mode and the variables to what a handle is made from.

use crate::{Fallback, Place, RedisSpec, Settings, Target, Use, diagnose};
use bootproof_core::{Cx, Diagnosis, RedisMode};

/// Why the in-process store is the first choice.
const MEMORY: &str = "`memory:`";
const MODE: &str = "REDIS_MODE=fallback";

/// A spec that can be opened.
#[derive(Debug, Clone)]
pub(crate) struct Declared {
    pub(crate) settings: Settings,
    /// Who made the in-process store the first choice, if it is.
    pub(crate) in_process_by: Option<&'static str>,
}

/// Reads all of `specs`.
///
/// # Errors
/// The first problem, with those of other specs among its causes.
pub(crate) fn read_all(specs: &[RedisSpec], cx: &Cx) -> Result<Vec<Declared>, Diagnosis> {
    let (good, bad): (Vec<_>, Vec<_>) = specs.iter().map(|spec| read(spec, cx)).partition(Result::is_ok);
    match diagnose::together(bad.into_iter().filter_map(Result::err).collect()) {
        Some(diagnosis) => Err(diagnosis),
        None => Ok(good.into_iter().filter_map(Result::ok).collect()),
    }
}

fn read(spec: &RedisSpec, cx: &Cx) -> Result<Declared, Diagnosis> {
    let fallback = Fallback::of(spec.use_, cx.environment(), spec.allow_fallback.as_deref());
    let settings = Settings::new(&spec.name).used_as(spec.use_, fallback);
    match cx.policy().redis_mode {
        RedisMode::Shared => shared(spec, cx, settings),
        RedisMode::Local => local(spec, cx, settings),
        RedisMode::Fallback | RedisMode::Disabled => in_process(settings, MODE),
    }
}

fn shared(spec: &RedisSpec, cx: &Cx, mut settings: Settings) -> Result<Declared, Diagnosis> {
    settings.remote = match place(spec, spec.url.as_deref(), cx)? {
        Some(Place::Memory) => return in_process(settings, MEMORY),
        Some(Place::Server(target)) => Some(target),
        None => None,
    };
    settings.local = local_server(spec, cx)?;
    if settings.remote.is_none() && settings.local.is_none() {
        return Err(diagnose::incomplete(&spec.name, "it has no `url`")
            .action("give it a `url`; `memory:` says that the in-process store is meant"));
    }
    Ok(Declared { settings, in_process_by: None })
}

fn local(spec: &RedisSpec, cx: &Cx, mut settings: Settings) -> Result<Declared, Diagnosis> {
    let url = place(spec, spec.url.as_deref(), cx)?;
    if url == Some(Place::Memory) {
        return in_process(settings, MEMORY);
    }
    let remote = match url {
        Some(Place::Server(target)) => Some(target),
        _ => None,
    };
    let own = remote.as_ref().is_some_and(Target::is_loopback);
    settings.local = match local_server(spec, cx)? {
        Some(target) => Some(target),
        None => remote.clone().filter(|_| own),
    };
    if settings.local.is_none() {
        return Err(diagnose::incomplete(&spec.name, "REDIS_MODE is `local`, and no `local` server is declared")
            .action("declare `local = \"redis://127.0.0.1:6379\"`, or set REDIS_MODE=fallback"));
    }
    // Who declared a shared server meant one for all machines; the mode puts another in its place.
    let diverted = remote.is_some() && !own;
    if diverted && !settings.fallback.is_allowed() {
        return Err(diagnose::may_not_fall_back(&spec.name, spec.use_, "a server of this machine (REDIS_MODE=local)"));
    }
    Ok(Declared { settings, in_process_by: None })
}

fn in_process(settings: Settings, by: &'static str) -> Result<Declared, Diagnosis> {
    if !settings.fallback.is_allowed() {
        let by = format!("the in-process store ({by})");
        return Err(diagnose::may_not_fall_back(&settings.name, settings.use_, &by));
    }
    Ok(Declared { settings, in_process_by: Some(by) })
}

fn local_server(spec: &RedisSpec, cx: &Cx) -> Result<Option<Target>, Diagnosis> {
    match place(spec, spec.local.as_deref(), cx)? {
        Some(Place::Server(target)) => Ok(Some(target)),
        Some(Place::Memory) => Err(diagnose::incomplete(&spec.name, "its `local` is `memory:`, which is no server")
            .action("leave `local` out: the in-process store follows by itself")),
        None => Ok(None),
    }
}

fn place(spec: &RedisSpec, template: Option<&str>, cx: &Cx) -> Result<Option<Place>, Diagnosis> {
    let Some(template) = template else { return Ok(None) };
    let url = cx.vars().expand(template).map_err(|names| diagnose::missing(&spec.name, &names))?;
    Place::parse(&url).map(Some)
}

impl Declared {
    /// One line for people, the same at every look.
    pub(crate) fn fact(&self) -> String {
        let Settings { name, use_, remote, local, fallback, .. } = &self.settings;
        let mut layers: Vec<String> = vec![];
        layers.extend(remote.as_ref().map(|target| format!("remote `{target}`")));
        layers.extend(local.as_ref().map(|target| format!("local `{target}`")));
        if let Some(by) = self.in_process_by {
            layers.push(format!("the in-process store, by {by}"));
        } else if fallback.is_allowed() {
            layers.push("the in-process store".into());
        } else {
            layers.truncate(1);
        }
        format!("`{name}` ({use_}): {}{}", layers.join(", then "), bypass(*use_, fallback))
    }
}

/// What is shown about an exception at every start.
pub(crate) fn bypass(use_: Use, fallback: &Fallback) -> String {
    match fallback {
        Fallback::Free => String::new(),
        Fallback::ByName(reason) => format!("; a {use_} that may fall back, allowed by name: {reason}"),
        Fallback::Refused => format!("; a {use_} may not fall back here"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bootproof_core::{Cause, Environment, Step};
    use bootproof_testkit::contract::Rig;

    fn read_in(environment: Environment, mode: RedisMode, spec: &RedisSpec) -> Result<Declared, Diagnosis> {
        let rig = Rig::new(environment).vars(&[("URL", "redis://:hunter22@cache/0")]).policy(|p| p.redis_mode = mode);
        read(spec, &rig.cx(Step::Inspect))
    }

    fn fact(environment: Environment, mode: RedisMode, spec: &RedisSpec) -> String {
        read_in(environment, mode, spec).unwrap().fact()
    }

    #[test]
    fn the_mode_decides_which_layers_there_are() {
        let spec = RedisSpec::new("c", "${URL}").local("redis://127.0.0.1");
        let development = Environment::Development;
        assert_eq!(
            fact(development, RedisMode::Shared, &spec),
            "`c` (cache): remote `redis://***@cache/0`, then local `redis://127.0.0.1`, then the in-process store"
        );
        assert_eq!(
            fact(development, RedisMode::Local, &spec),
            "`c` (cache): local `redis://127.0.0.1`, then the in-process store"
        );
        assert_eq!(
            fact(development, RedisMode::Fallback, &spec),
            "`c` (cache): the in-process store, by REDIS_MODE=fallback"
        );
        let own = RedisSpec::new("c", "redis://localhost:7000");
        assert!(fact(development, RedisMode::Local, &own).contains("local `redis://localhost:7000`"));
    }

    #[test]
    fn nothing_is_served_by_less_than_was_declared_for_it() {
        let lock = RedisSpec::new("l", "${URL}").local("redis://127.0.0.1").used_as(Use::Lock);
        let memory = RedisSpec { url: Some("memory:".into()), ..lock.clone() };
        for environment in [Environment::Staging, Environment::Production] {
            assert_eq!(
                fact(environment, RedisMode::Shared, &lock),
                "`l` (lock): remote `redis://***@cache/0`; a lock may not fall back here"
            );
            for (mode, spec) in [(RedisMode::Local, &lock), (RedisMode::Fallback, &lock), (RedisMode::Shared, &memory)]
            {
                let refused = read_in(environment, mode, spec).unwrap_err();
                assert_eq!((refused.code, refused.cause), ("REDIS-026", Cause::Configuration));
                let named = spec.clone().allow_fallback("one machine only");
                assert!(fact(environment, mode, &named).contains("allowed by name: one machine only"));
            }
        }
        assert!(read_in(Environment::Test, RedisMode::Fallback, &lock).is_ok());
    }

    #[test]
    fn what_is_incomplete_is_named_and_every_problem_is_reported() {
        let rig = Rig::new(Environment::Test);
        let specs = [
            RedisSpec::new("a", "${NOWHERE}"),
            RedisSpec::new("b", "http://x"),
            RedisSpec { url: None, ..RedisSpec::new("c", "") },
        ];
        let diagnosis = read_all(&specs, &rig.cx(Step::Inspect)).unwrap_err();
        let text = diagnosis.to_string();
        assert_eq!((diagnosis.code, diagnosis.cause), ("REDIS-025", Cause::Configuration));
        assert!(text.contains("`NOWHERE`") && text.contains("REDIS-001") && text.contains("`c`"), "{text}");
        let remote = RedisSpec::new("r", "redis://cache");
        assert_eq!(read_in(Environment::Test, RedisMode::Local, &remote).unwrap_err().code, "REDIS-025");
        let twice = RedisSpec::new("t", "redis://cache").local("memory:");
        assert_eq!(read_in(Environment::Test, RedisMode::Shared, &twice).unwrap_err().code, "REDIS-025");
    }
}
