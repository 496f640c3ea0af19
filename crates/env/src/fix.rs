//! The adapter to the engine: resolves at start-up, hands the result on, and proves it by resolving afresh.

use crate::{
    DotenvFile, Resolved, Schema, Setting, Sources, System, diagnose, dotenv_files, resolve, settings, tally::tally,
};
use bootproof_core::{
    Card, Change, Criticality, Cx, Diagnosis, Environment, Finding, Fix, Permit, Phase, Proof, Scope, Vars,
};
use std::path::PathBuf;

/// The fix `environment`: every declared variable resolves to a typed value, and the service sees exactly that.
#[derive(Debug)]
pub struct EnvironmentFix {
    card: Card,
    scope: Scope,
    resolver: Resolver,
}

/// A schema, and where values come from besides the process: everything that a fresh resolution needs.
#[derive(Debug, Clone, Default)]
pub struct Resolver {
    /// What is declared.
    pub schema: Schema,
    /// What the command line sets.
    pub flags: Vars,
    /// The folder whose .env files are read, where the schema allows that.
    pub folder: Option<PathBuf>,
}

impl Resolver {
    /// Resolves afresh from `process`, with the .env files and secret files as they are now.
    pub fn resolve(&self, process: &Vars, environment: Environment) -> Resolved {
        let files = self.files(environment);
        let sources = Sources::process(process).flags(&self.flags).files(&files);
        resolve(&self.schema, &sources, environment, &System)
    }

    /// Every place that sets `name`, as [`settings`](crate::settings) finds them.
    pub fn settings(&self, process: &Vars, environment: Environment, name: &str) -> Vec<Setting> {
        let files = self.files(environment);
        settings(&self.schema, &Sources::process(process).flags(&self.flags).files(&files), name)
    }

    fn files(&self, environment: Environment) -> Vec<DotenvFile> {
        let folder = self.folder.as_ref().filter(|_| self.schema.dotenv.0.contains(environment));
        folder.map(|folder| dotenv_files(folder, environment)).unwrap_or_default()
    }

    /// Whether nothing at all is declared.
    pub fn is_empty(&self) -> bool {
        self.schema.variables.is_empty()
    }
}

impl EnvironmentFix {
    /// Looks after the variables of a schema. Its proof covers the server's side until [`EnvironmentFix::scope`] says otherwise.
    pub fn new(resolver: Resolver, criticality: Criticality) -> Self {
        let card = Card::fix("environment", "environment variables").criticality(criticality);
        Self { card, scope: Scope::Server, resolver }
    }

    /// Sets what its proof covers.
    pub fn scope(mut self, scope: Scope) -> Self {
        self.scope = scope;
        self
    }

    /// Resolves afresh; errors become one diagnosis.
    fn resolve(&self, cx: &Cx) -> Result<Resolved, Diagnosis> {
        let resolved = self.resolver.resolve(cx.given_vars(), cx.environment());
        let stopped = resolved.errors().next().is_some();
        if stopped { Err(diagnose::problems(resolved.errors())) } else { Ok(resolved) }
    }

    fn look(&self, cx: &Cx) -> Result<Finding, Diagnosis> {
        if self.resolver.is_empty() {
            return Ok(Finding::NothingDeclared);
        }
        let look = cx.look(format!("resolved {} declared variables", self.resolver.schema.variables.len()));
        let resolved = self.resolve(cx)?;
        let facts: Vec<String> = resolved.set().map(|(name, set)| format!("`{name}` from {}", set.source)).collect();
        look.saw(match facts.len() {
            0 => "none has a value".to_owned(),
            n => format!("{n} have a value: {}", sources(&resolved)),
        });
        tell_overrides(cx, &resolved);
        // Optional variables that are all unset leave nothing that could be demonstrated: not to be counted as done.
        Ok(if facts.is_empty() { Finding::NothingDeclared } else { Finding::Facts(facts) })
    }

    fn hand_on(&self, cx: &Cx) -> Result<Change, Diagnosis> {
        let resolved = self.resolve(cx)?;
        if cx.resolved_vars().is_some_and(|shelved| *shelved == resolved.vars) {
            return Ok(Change::nothing());
        }
        let n = resolved.set().count();
        cx.publish_vars(resolved.vars);
        Ok(Change::made([format!("handed {n} resolved variables on")]))
    }

    fn demonstrate(&self, cx: &Cx) -> Result<Proof, Diagnosis> {
        let look = cx.look(format!("resolved {} declared variables afresh", self.resolver.schema.variables.len()));
        let fresh = self.resolve(cx)?;
        let Some(seen) = cx.resolved_vars() else {
            return Err(diagnose::not_what_is_seen(["no resolved variables were handed on".to_owned()]));
        };
        let differing = differences(&fresh.vars, &seen);
        if !differing.is_empty() {
            return Err(diagnose::not_what_is_seen(differing));
        }
        let typed = fresh.set().filter(|(_, set)| set.typed.is_some()).count();
        let rest = rest(&fresh, typed);
        let seen =
            look.saw(format!("{typed} typed values, equal to what the service will see; {}{rest}", sources(&fresh)));
        Ok(Proof::proven(self.scope, seen))
    }
}

/// What differs between a fresh resolution and what the service will see: by name, never by value.
fn differences(fresh: &Vars, seen: &Vars) -> Vec<String> {
    let other = fresh.iter().filter(|(name, value)| seen.value(name) != Some(value));
    let added = seen.iter().filter(|(name, _)| fresh.value(name).is_none());
    other
        .map(|(name, _)| format!("`{name}` differs from what it resolves to now"))
        .chain(added.map(|(name, _)| format!("`{name}` is handed on, but resolves to nothing now")))
        .collect()
}

/// What is not among the typed values, counted: values and references may be wrong where a rule only warns or is off.
fn rest(resolved: &Resolved, typed: usize) -> String {
    let (set, failed) = (resolved.set().count(), resolved.failed.len());
    let counts = [
        (set - typed, "as given, against a rule that is no error here"),
        (failed, "without a value, by a rule that is no error here"),
        (resolved.declared.len() - set - failed, "optional unset"),
    ];
    let told = counts.iter().filter(|(n, _)| *n > 0).map(|(n, words)| format!("; {n} {words}"));
    told.collect()
}

/// Where the values came from, counted.
fn sources(resolved: &Resolved) -> String {
    tally(resolved.set().map(|(_, set)| &set.source))
}

/// Every rule that the schema makes milder or harder is part of the evidence, with its reason.
fn tell_overrides(cx: &Cx, resolved: &Resolved) {
    for over in &resolved.overrides {
        cx.look(format!("applied rule {} as `{}`", over.code, over.severity.as_str()))
            .saw(format!("the file says so for {}: {}", over.environment, over.reason));
    }
}

impl Fix for EnvironmentFix {
    fn card(&self) -> &Card {
        &self.card
    }

    fn inspect<'a>(&'a self, cx: &'a Cx) -> Phase<'a, Finding> {
        Box::pin(async move { self.look(cx) })
    }

    fn apply<'a>(&'a self, cx: &'a Cx, _by: Permit, _seen: &'a Finding) -> Phase<'a, Change> {
        Box::pin(async move { self.hand_on(cx) })
    }

    fn prove<'a>(&'a self, cx: &'a Cx, _done: &'a Change) -> Phase<'a, Proof> {
        Box::pin(async move { self.demonstrate(cx) })
    }

    fn undo<'a>(&'a self, cx: &'a Cx, _done: &'a Change) -> Phase<'a, ()> {
        Box::pin(async move {
            cx.withdraw_vars();
            Ok(())
        })
    }
}
