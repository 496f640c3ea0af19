//! What is declared, what sets it, and what it comes to: looked at once, for all that `bootproof env` prints.

use crate::{args::Common, start::load};
use bootproof::{
    Refused, Variables, Vars,
    env::{Problem, Resolved, Schema, Set, Shown, Variable, diagnose::CODES},
};
use bootproof_core::Masker;
use bootproof_report::env::{EnvOverride, EnvProblem};
use std::collections::HashMap;

/// The variables of a service.
pub(crate) struct Seen {
    /// The name of the service.
    pub(super) service: Option<String>,
    pub(super) variables: Variables,
    pub(super) resolved: Resolved,
    /// What must not be seen in any value.
    secrets: Masker,
    /// The place in the schema of the variable that a name is one of.
    by_name: HashMap<String, usize>,
    /// The places of the problems that a name has.
    problems: HashMap<String, Vec<usize>>,
}

/// Loads the file and resolves the variables.
pub(crate) fn look(common: &Common, vars: Vars) -> Result<Seen, Refused> {
    let startup = load(common, vars)?;
    let (service, variables) = (startup.service().map(str::to_owned), startup.variables()?);
    let resolved = variables.resolve();
    let schema = &variables.resolver.schema;
    let (secrets, by_name, problems) = (resolved.masker(schema), by_name(schema), by_problem(&resolved.problems));
    Ok(Seen { service, variables, resolved, secrets, by_name, problems })
}

/// As [`Schema::variable_named`] finds them: canonical names before aliases, and the first of two.
fn by_name(schema: &Schema) -> HashMap<String, usize> {
    let mut places = HashMap::with_capacity(schema.variables.len());
    for (at, variable) in schema.variables.iter().enumerate() {
        places.entry(variable.name.clone()).or_insert(at);
    }
    for (at, variable) in schema.variables.iter().enumerate() {
        for alias in &variable.aliases {
            places.entry(alias.name.clone()).or_insert(at);
        }
    }
    places
}

/// A problem may be one of several variables.
fn by_problem(problems: &[Problem]) -> HashMap<String, Vec<usize>> {
    let mut places: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, problem) in problems.iter().enumerate() {
        for name in problem.name.split(", ") {
            let places = places.entry(name.to_owned()).or_default();
            if places.last() != Some(&at) {
                places.push(at);
            }
        }
    }
    places
}

impl Seen {
    pub(super) fn schema(&self) -> &Schema {
        &self.variables.resolver.schema
    }

    pub(super) fn environment(&self) -> &'static str {
        self.variables.environment.as_str()
    }

    /// Every declared variable, in the order of the file, with its value.
    pub(super) fn declared(&self) -> impl Iterator<Item = (&Variable, Option<&Set>)> {
        // Resolving keeps the order of the schema.
        self.schema().variables.iter().zip(self.resolved.declared.iter().map(|(_, set)| set.as_ref()))
    }

    /// Whether `name` is the name of a declared variable, be it an older one.
    pub(crate) fn is_declared(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    /// The declared variable one of whose names is `name`.
    pub(super) fn named(&self, name: &str) -> Option<&Variable> {
        self.by_name.get(name).and_then(|at| self.schema().variables.get(*at))
    }

    /// Whether `name` is the canonical name of a declared variable.
    pub(super) fn is_canonical(&self, name: &str) -> bool {
        self.named(name).is_some_and(|variable| variable.name == name)
    }

    /// Every name of a declared variable.
    pub(crate) fn declared_names(&self) -> Vec<String> {
        let names = |variable: &Variable| {
            let aliases = variable.aliases.iter().map(|alias| alias.name.clone());
            [variable.name.clone()].into_iter().chain(aliases).collect::<Vec<_>>()
        };
        self.schema().variables.iter().flat_map(names).collect()
    }

    /// Who is to blame that the declared variable `name` has no value: itself, or another that it is made from.
    pub(super) fn culprit(&self, name: &str) -> Option<&str> {
        self.resolved.failed.get(name).map(String::as_str)
    }

    /// The name of a variable without a value, and behind it the other one that is to blame.
    pub(super) fn with_culprit(&self, name: &str) -> String {
        let other = self.culprit(name).filter(|by| *by != name);
        other.map_or_else(|| name.to_owned(), |by| format!("{name} (because of {by})"))
    }

    /// What is set and not declared.
    pub(super) fn undeclared(&self) -> impl Iterator<Item = (&str, &bootproof_core::Value)> {
        self.resolved.vars.iter().filter(|(name, _)| !self.is_canonical(name))
    }

    /// The declared variable that the undeclared `name` sets or names the file of.
    pub(super) fn belongs_to(&self, name: &str) -> Option<&Variable> {
        self.named(name).or_else(|| self.named(name.strip_suffix("_FILE")?))
    }

    /// What may be shown of `text` as a value of `variable`.
    pub(super) fn shown(&self, variable: &Variable, text: &str) -> Shown {
        variable.show(text).without(&self.secrets)
    }

    /// The errors, each in a line, for stderr.
    pub(super) fn errors(&self) -> Vec<String> {
        self.resolved.errors().map(ToString::to_string).collect()
    }

    /// The problems of which `name` is (one of) the variables.
    pub(super) fn problems_of(&self, name: &str) -> Vec<EnvProblem> {
        self.problems_about(name).map(problem).collect()
    }

    /// The problems of which `name` is (one of) the variables, as resolving tells them.
    pub(super) fn problems_about(&self, name: &str) -> impl Iterator<Item = &Problem> {
        self.problems.get(name).into_iter().flatten().filter_map(|at| self.resolved.problems.get(*at))
    }

    pub(super) fn overrides(&self) -> Vec<EnvOverride> {
        let over = |over: &bootproof::env::Override| EnvOverride {
            code: over.code.clone(),
            severity: over.severity.as_str(),
            reason: over.reason.clone(),
        };
        self.resolved.overrides.iter().map(over).collect()
    }

    /// What the reader must know besides problems: what was assumed, and .env files where others deploy.
    pub(super) fn notes(&self) -> Vec<String> {
        let mut notes = self.variables.assumed.clone();
        if notes.is_empty() && self.schema().variables.is_empty() {
            notes.push("the file declares no variables in [env]".to_owned());
        }
        notes.extend(self.variables.dotenv_notes(&self.resolved));
        notes
    }
}

/// A problem as it is printed.
pub(super) fn problem(problem: &Problem) -> EnvProblem {
    let title = CODES.iter().find(|(code, _)| *code == problem.rule.code).map_or("", |(_, title)| title);
    EnvProblem {
        code: problem.rule.code,
        severity: problem.severity.as_str(),
        name: problem.name.clone(),
        what: problem.sentence.clone(),
        why: title,
        source: problem.source.clone(),
        action: problem.rule.action,
    }
}
