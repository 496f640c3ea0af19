//! From what is set and what is declared to what the service shall see: a pure function.
//!
//! Read [`resolve`] first. Each variable is looked for under its name, under `NAME_FILE`, then under its older names, then in its
//! defaults ([`look`]). Everything is looked at even when the first thing is wrong, so that all problems come in one report.

mod connect;
mod index;
mod look;
mod rest;
mod several;
mod unknown;

use crate::{Override, Place, Problem, Rule, Schema, Source, Sources, Typed, Variable, World, problem::Breach};
use bootproof_core::{Environment, Secret, Value, Vars};
use index::Index;
use std::{
    collections::{BTreeMap, HashMap},
    fmt,
};

/// A declared variable that has a value.
#[derive(Clone, PartialEq)]
pub struct Set {
    /// The text.
    pub text: Secret,
    /// The text as its type; `None` when it breaks a rule.
    pub typed: Option<Typed>,
    /// Where it came from.
    pub source: Source,
    /// Whether it may be shown: no secret, and no URL that carries one.
    pub shown: bool,
}

impl fmt::Debug for Set {
    /// Where it came from, and nothing of the value: `Debug` output ends up in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Set").field("source", &self.source).field("shown", &self.shown).finish_non_exhaustive()
    }
}

/// What came of resolving.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolved {
    /// The variables as a program shall see them: undeclared ones as they were, declared ones under their canonical names, with
    /// their sources. One that has a problem keeps the value it was given, if any, so that this can be used in a run whose
    /// environment fix is switched off: it is what the service itself would see.
    pub vars: Vars,
    /// The declared variables, in the order of the schema; `None` for what has no value.
    pub declared: Vec<(String, Option<Set>)>,
    /// The declared variables that have no value although something is set or defaulted for them, each with the variable that is to
    /// blame: itself, or another one that it is made from. What is to blame has a problem, unless its rule is switched off.
    pub failed: BTreeMap<String, String>,
    /// Every problem, errors and warnings, in the order of the schema.
    pub problems: Vec<Problem>,
    /// The changes of severity that made a difference, each with its reason.
    pub overrides: Vec<Override>,
}

impl Resolved {
    /// The declared variable `name`, when it is set.
    pub fn get(&self, name: &str) -> Option<&Set> {
        self.declared.iter().find(|(declared, _)| declared == name).and_then(|(_, set)| set.as_ref())
    }

    /// The declared variables that are set.
    pub fn set(&self) -> impl Iterator<Item = (&str, &Set)> {
        self.declared.iter().filter_map(|(name, set)| Some((name.as_str(), set.as_ref()?)))
    }

    /// What stops the start.
    pub fn errors(&self) -> impl Iterator<Item = &Problem> {
        self.problems.iter().filter(|problem| problem.is_error())
    }

    /// What is told and does not stop it.
    pub fn warnings(&self) -> impl Iterator<Item = &Problem> {
        self.problems.iter().filter(|problem| !problem.is_error())
    }
}

/// Resolves every variable of `schema` from `sources` in `environment`. Changes nothing, and looks at nothing but `sources` and
/// `world`. Takes time in proportion to what is set and declared.
pub fn resolve(schema: &Schema, sources: &Sources<'_>, environment: Environment, world: &dyn World) -> Resolved {
    let mut resolver = Resolver::new(schema, sources, environment, world);
    resolver.check_files();
    for at in 0..schema.variables.len() {
        resolver.look_at(at);
    }
    resolver.check_demands();
    resolver.check_several();
    resolver.take_undeclared();
    resolver.check_unknown();
    resolver.finish()
}

/// How far a variable is.
enum State {
    Todo,
    /// Being looked at: met again, there is a ring.
    Doing,
    Done(Option<Set>),
    /// What should be its value cannot be had; a problem of the variable named here says why.
    Failed(String),
}

impl State {
    fn set(&self) -> Option<&Set> {
        match self {
            Self::Done(set) => set.as_ref(),
            _ => None,
        }
    }
}

/// A problem stands behind those of the variables declared before its own.
const BEHIND_ALL: usize = usize::MAX;

struct Resolver<'a> {
    schema: &'a Schema,
    sources: &'a Sources<'a>,
    environment: Environment,
    world: &'a dyn World,
    index: Index<'a>,
    states: Vec<State>,
    /// What undeclared names that were looked up come to.
    others: HashMap<&'a str, Result<Secret, String>>,
    /// The names being looked up, for rings.
    stack: Vec<&'a str>,
    /// Who is to blame for what is set and could not be had, since this was last cleared.
    failed: Option<String>,
    problems: Vec<(usize, Problem)>,
    overrides: Vec<Override>,
    vars: Vars,
}

impl<'a> Resolver<'a> {
    fn new(schema: &'a Schema, sources: &'a Sources<'a>, environment: Environment, world: &'a dyn World) -> Self {
        Self {
            schema,
            sources,
            environment,
            world,
            index: Index::of(schema, sources),
            states: schema.variables.iter().map(|_| State::Todo).collect(),
            others: HashMap::new(),
            stack: vec![],
            failed: None,
            problems: vec![],
            overrides: vec![],
            vars: Vars::default(),
        }
    }

    /// Notes a problem of the variable at `at`, unless the rule is off here.
    fn note(&mut self, at: usize, name: &str, rule: Rule, sentence: String, source: Option<String>) {
        let severity = self.schema.severity(&rule, self.environment);
        if severity != rule.severity(self.environment)
            && let Some(over) = self.schema.override_of(rule.code, self.environment)
            && !self.overrides.contains(over)
        {
            self.overrides.push(over.clone());
        }
        if severity != crate::Severity::Off {
            self.problems.push((at, Problem { name: name.to_owned(), rule, severity, sentence, source }));
        }
    }

    /// Notes what the variable at `at` breaks by its value.
    fn note_breach(&mut self, at: usize, breach: Breach, source: &Source) {
        let variable: &'a Variable = &self.schema.variables[at];
        let sentence = format!("`{}` {}", variable.name, breach.tells);
        self.note(at, &variable.name, breach.rule, sentence, Some(source.to_string()));
    }

    /// The declared variable `name`, when it is set.
    fn set(&self, name: &str) -> Option<&Set> {
        self.index.declared(name).and_then(|at| self.states[at].set())
    }

    /// Who is to blame that the declared variable `name` failed, if it did.
    fn culprit(&self, name: &str) -> Option<&str> {
        match &self.states[self.index.declared(name)?] {
            State::Failed(by) => Some(by),
            _ => None,
        }
    }

    fn finish(mut self) -> Resolved {
        let mut declared = Vec::with_capacity(self.states.len());
        let mut values = Vec::with_capacity(self.states.len());
        let mut failed = BTreeMap::new();
        for (variable, state) in self.schema.variables.iter().zip(self.states) {
            let set = match state {
                State::Done(set) => set,
                State::Failed(by) => {
                    failed.insert(variable.name.clone(), by);
                    None
                }
                State::Todo | State::Doing => None,
            };
            if let Some(set) = &set {
                let value = Value { text: set.text.clone(), source: set.source.to_string(), shown: set.shown };
                values.push((variable.name.clone(), value));
            }
            declared.push((variable.name.clone(), set));
        }
        self.vars.set_all(values);
        self.problems.sort_by_key(|(at, _)| *at);
        let problems = self.problems.into_iter().map(|(_, problem)| problem).collect();
        Resolved { vars: self.vars, declared, failed, problems, overrides: self.overrides }
    }
}

/// A value put together from other variables.
fn from_parts(text: Secret, names: Vec<String>) -> Set {
    Set { text, typed: None, source: Source { place: Place::Parts(names), alias: None }, shown: false }
}

#[cfg(test)]
mod tests;
