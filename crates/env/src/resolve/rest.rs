//! What is looked at besides the values: .env files that cannot be read, what is missing or forbidden, and what is not declared.

use super::{Resolver, State};
use crate::{Place, Schema, Sources, Variable, dotenv::Dotenv, problem::either, rules};
use bootproof_core::Value;
use std::collections::HashSet;

impl<'a> Resolver<'a> {
    /// Files and lines that cannot be read.
    pub(super) fn check_files(&mut self) {
        let sources: &'a Sources<'a> = self.sources;
        for file in sources.files {
            match &file.content {
                Ok(content) => self.note_lines(&file.path, content),
                Err(error) => {
                    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
                    let sentence = format!("`{}` cannot be read: {error}{cause}", file.path);
                    self.note(0, &file.path, rules::DOTENV, sentence, None);
                }
            }
        }
        for name in sources.process.not_text() {
            // What nobody declared is nobody's concern.
            if let Some(at) = self.index.owner(name).filter(|at| self.index.hits_of(*at).is_empty()) {
                let own = self.schema.variables[at].name.clone();
                let sentence = format!("`{name}` is set to something that is not UTF-8 text");
                self.note(at, &own, rules::NOT_TEXT, sentence, None);
                self.states[at] = State::Failed(own);
            }
        }
    }

    fn note_lines(&mut self, path: &str, content: &Dotenv) {
        for problem in &content.problems {
            // Its own words begin with the line, which the place tells.
            let place = Place::Dotenv { path: path.to_owned(), line: problem.line };
            let (name, sentence) = match &problem.name {
                Some(name) => (name.as_str(), format!("the value of `{name}` {}", problem.fault)),
                None => (path, problem.fault.to_string()),
            };
            self.note(0, name, rules::DOTENV, sentence, Some(place.to_string()));
        }
    }

    /// What is required and not set, or set and forbidden.
    pub(super) fn check_demands(&mut self) {
        let schema: &'a Schema = self.schema;
        for (at, variable) in schema.variables.iter().enumerate() {
            self.check_forbidden(at, variable);
        }
        let errors = self.problems.iter().filter(|(_, problem)| problem.is_error());
        let told: HashSet<String> = errors.map(|(_, problem)| problem.name.clone()).collect();
        for (at, variable) in schema.variables.iter().enumerate() {
            if !self.is_missing(at, &told) {
                continue;
            }
            if let Some(because) = self.demand(variable) {
                let names: Vec<&str> = variable.aliases.iter().map(|alias| alias.name.as_str()).collect();
                let nor = if names.is_empty() { String::new() } else { format!(" (nor {})", either(&names)) };
                let sentence = format!("`{}` is required {because}, and not set{nor}", variable.name);
                self.note(at, &variable.name, rules::MISSING, sentence, None);
            }
        }
    }

    /// Whether it has no value, and no error tells why: one that only warns, or is off, must not hide what is missing. `told` are the
    /// names that have an error.
    fn is_missing(&self, at: usize, told: &HashSet<String>) -> bool {
        match &self.states[at] {
            State::Done(None) => true,
            State::Failed(by) => !told.contains(by),
            State::Done(Some(_)) | State::Todo | State::Doing => false,
        }
    }

    /// Why `variable` must have a value.
    fn demand(&self, variable: &Variable) -> Option<String> {
        if variable.required.contains(self.environment) {
            return Some(format!("in {}", self.environment));
        }
        let condition = variable.required_if.as_ref()?;
        (self.holds(condition) == Some(true)).then(|| format!("when `{}`", condition.source()))
    }

    /// Whether a condition holds for the values as they are.
    pub(super) fn holds(&self, condition: &crate::Condition) -> Option<bool> {
        let look_up = |name: &str| match name {
            // The one in force, which a flag may have chosen.
            bootproof_core::variables::ENVIRONMENT => Some(self.environment.as_str()),
            _ => self.set(name).map(|set| set.text.reveal()),
        };
        // What failed was told: nothing is said because of it.
        condition.holds_but(&look_up, &|name| self.culprit(name).is_some())
    }

    fn check_forbidden(&mut self, at: usize, variable: &'a Variable) {
        if !variable.forbidden.contains(self.environment) {
            return;
        }
        let names =
            [variable.name.as_str()].into_iter().chain(variable.aliases.iter().map(|alias| alias.name.as_str()));
        for name in names.collect::<Vec<_>>() {
            if let Some(hit) = self.index.hits(name).first() {
                let place = self.index.place(hit).to_string();
                let sentence = format!("`{name}` must not be set in {}", self.environment);
                self.note(at, &variable.name, rules::FORBIDDEN, sentence, Some(place));
            }
        }
    }

    /// Everything that is set and not declared is handed on as it is.
    pub(super) fn take_undeclared(&mut self) {
        self.vars = self.sources.process.clone();
        for (name, hit) in self.index.undeclared().collect::<Vec<_>>() {
            let place = self.index.place(&hit);
            if place == Place::Process || hit.names_file {
                continue;
            }
            if let Ok(Some(text)) = self.value_of(name) {
                // What nobody declared may be a secret.
                self.vars.set(name, Value { text, source: place.to_string(), shown: false });
            }
        }
    }
}
