//! The adapter to the engine: resolves at start-up, hands the result on, and proves it by resolving afresh.

use crate::{Resolution, Schema, diagnose, read_secret_file, resolve, sources::tally};
use bootproof_core::{Card, Change, Criticality, Cx, Diagnosis, Finding, Fix, Permit, Phase, Proof, Scope, Vars};

/// The fix `environment`: every declared variable resolves to a typed value, and the service sees exactly that.
#[derive(Debug)]
pub struct EnvironmentFix {
    card: Card,
    schema: Schema,
    scope: Scope,
}

impl EnvironmentFix {
    /// Looks after the variables of `schema`. Its proof covers the server's side until [`EnvironmentFix::scope`] says otherwise.
    pub fn new(schema: Schema, criticality: Criticality) -> Self {
        let card = Card::fix("environment", "environment variables").criticality(criticality);
        Self { card, schema, scope: Scope::Server }
    }

    /// Sets what its proof covers.
    pub fn scope(mut self, scope: Scope) -> Self {
        self.scope = scope;
        self
    }

    /// Resolves afresh; problems become one diagnosis.
    fn resolve(&self, cx: &Cx) -> Result<Vars, Diagnosis> {
        let Resolution { vars, problems } = resolve(&self.schema, cx.given_vars(), cx.environment(), &read_secret_file);
        if problems.is_empty() { Ok(vars) } else { Err(diagnose::problems(&problems)) }
    }

    /// The declared variables that have a value, with its source.
    fn set_in<'a>(&'a self, vars: &'a Vars) -> impl Iterator<Item = (&'a str, &'a str)> {
        let names = self.schema.variables.iter().map(|variable| variable.name.as_str());
        names.filter_map(|name| vars.value(name).map(|value| (name, value.source.as_str())))
    }

    fn look(&self, cx: &Cx) -> Result<Finding, Diagnosis> {
        if self.schema.variables.is_empty() {
            return Ok(Finding::NothingDeclared);
        }
        let look = cx.look(format!("resolved {} declared variables", self.schema.variables.len()));
        let vars = self.resolve(cx)?;
        let facts: Vec<String> = self.set_in(&vars).map(|(name, source)| format!("`{name}` from {source}")).collect();
        look.saw(format!("{} have a value: {}", facts.len(), tally(self.set_in(&vars).map(|(_, source)| source))));
        // Optional variables that are all unset leave nothing that could be demonstrated: not to be counted as done.
        Ok(if facts.is_empty() { Finding::NothingDeclared } else { Finding::Facts(facts) })
    }

    fn hand_on(&self, cx: &Cx) -> Result<Change, Diagnosis> {
        let vars = self.resolve(cx)?;
        if cx.resolved_vars().is_some_and(|shelved| *shelved == vars) {
            return Ok(Change::nothing());
        }
        let n = self.set_in(&vars).count();
        cx.publish_vars(vars);
        Ok(Change::made([format!("handed {n} resolved variables on")]))
    }

    fn demonstrate(&self, cx: &Cx) -> Result<Proof, Diagnosis> {
        let look = cx.look(format!("resolved {} declared variables afresh", self.schema.variables.len()));
        let fresh = self.resolve(cx)?;
        let Some(seen) = cx.resolved_vars() else {
            return Err(diagnose::not_what_is_seen(["no resolved variables were handed on".to_owned()]));
        };
        let differing = self.differences(&fresh, &seen);
        if !differing.is_empty() {
            return Err(diagnose::not_what_is_seen(differing));
        }
        let n = self.set_in(&seen).count();
        let unset = self.schema.variables.len() - n;
        let unset = if unset == 0 { String::new() } else { format!("; {unset} optional unset") };
        let sources = tally(self.set_in(&seen).map(|(_, source)| source));
        let seen = look.saw(format!("{n} typed values, equal to what the service will see; {sources}{unset}"));
        Ok(Proof::proven(self.scope, seen))
    }

    /// What differs between a fresh resolution and what the service will see: by name, never by value.
    fn differences(&self, fresh: &Vars, seen: &Vars) -> Vec<String> {
        let other = fresh.iter().filter(|(name, value)| seen.value(name) != Some(value));
        let added = seen.iter().filter(|(name, _)| fresh.value(name).is_none());
        let mut why: Vec<String> = other
            .map(|(name, _)| format!("`{name}` differs from what it resolves to now"))
            .chain(added.map(|(name, _)| format!("`{name}` is handed on, but resolves to nothing now")))
            .collect();
        for variable in &self.schema.variables {
            if seen.text(&variable.name).is_some_and(|text| variable.read(text).is_err()) {
                why.push(format!("`{}` is handed on, but is not of its type", variable.name));
            }
        }
        why
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
