//! From what is set and what is declared to what the service shall see: a pure function.
//!
//! Each variable is looked for under its name, under `NAME_FILE`, then under its older names, then in its defaults.
//! Everything is looked at even when the first thing is wrong, so that all problems come in one report.

use crate::{Problem, Rule, Schema, Type, Variable};
use bootproof_core::{Environment, Secret, Value, Vars, mask_url};
use std::{collections::HashSet, io, path::Path};

/// How a secret file is read: given by the caller, so that resolving stays pure.
pub(crate) type ReadFile<'a> = &'a dyn Fn(&Path) -> io::Result<String>;

/// What came of resolving.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolution {
    /// The variables: undeclared ones as they were, declared ones under their canonical names, with their sources. One that
    /// has a problem keeps the value it was given, if any, so that this can be used in a run whose environment fix is
    /// switched off: it is what the service itself would see.
    pub vars: Vars,
    /// Every problem, in the order of the schema.
    pub problems: Vec<Problem>,
}

/// Resolves every variable of `schema` from `given` in `environment`. Changes nothing and reads nothing but through
/// `read_file`.
pub fn resolve(schema: &Schema, given: &Vars, environment: Environment, read_file: ReadFile<'_>) -> Resolution {
    let declared = schema
        .variables
        .iter()
        .flat_map(|variable| variable.aliases.iter().chain([&variable.name]))
        .map(String::as_str)
        .collect();
    let places = Places { given, declared, read_file };
    let mut resolution = Resolution { vars: given.clone(), problems: vec![] };
    for variable in &schema.variables {
        resolution.add(variable, places.search(variable), environment);
    }
    resolution
}

/// A value that was found.
struct Found<'a> {
    /// The name it was found under.
    name: &'a str,
    text: Secret,
    source: String,
}

impl Found<'_> {
    fn is_blank(&self) -> bool {
        self.text.reveal().trim().is_empty()
    }
}

/// What a search for a variable came to.
#[derive(Default)]
struct Search<'a> {
    /// Values, the canonical name's first.
    found: Vec<Found<'a>>,
    /// What is wrong with the places.
    rules: Vec<Rule>,
}

impl Resolution {
    fn add(&mut self, variable: &Variable, search: Search<'_>, environment: Environment) {
        let Search { mut found, mut rules } = search;
        if !found.iter().all(Found::is_blank) {
            // Templates hand unset old names on as blanks: those contradict nothing.
            found.retain(|f| f.name == variable.name || !f.is_blank());
        }
        rules.extend(contradictions(&found));
        let places_are_fine = rules.is_empty();
        self.problems.extend(rules.into_iter().map(|rule| Problem::of(variable, rule)));
        match found.into_iter().next() {
            Some(found) => self.take(variable, found.text, found.source),
            None if places_are_fine => self.fall_back(variable, environment),
            None => {}
        }
    }

    fn take(&mut self, variable: &Variable, text: Secret, source: String) {
        if let Err(rule) = variable.read(text.reveal()) {
            self.problems.push(Problem::by_value(variable, rule, text.reveal(), &source));
        }
        let shown = may_be_shown(variable, text.reveal());
        self.vars.set(variable.name.clone(), Value { text, source, shown });
    }

    fn fall_back(&mut self, variable: &Variable, environment: Environment) {
        match variable.default.of(environment) {
            Some((text, source)) => self.take(variable, text.clone(), source),
            None if variable.required.contains(environment) => {
                let rule = Rule::Missing { environment, aliases: variable.aliases.clone() };
                self.problems.push(Problem::of(variable, rule));
            }
            None => {}
        }
    }
}

/// Not secrets, and of URLs only those that carry none.
fn may_be_shown(variable: &Variable, text: &str) -> bool {
    let is_url = matches!(variable.kind, Type::Url { .. }) || text.contains("://");
    let carries_one = is_url && mask_url(text) != text;
    !(variable.is_secret() || carries_one)
}

fn contradictions(found: &[Found<'_>]) -> Vec<Rule> {
    let Some((first, others)) = found.split_first() else { return vec![] };
    others
        .iter()
        // A blank value is told as blank.
        .filter(|other| !first.is_blank() && other.text != first.text)
        .map(|other| Rule::NamesDiffer { name: first.name.to_owned(), other: other.name.to_owned() })
        .collect()
}

/// Where values are looked for.
struct Places<'a> {
    given: &'a Vars,
    /// Every declared name and alias: a declared `LOG_FILE` is not the secret file of `LOG`.
    declared: HashSet<&'a str>,
    read_file: ReadFile<'a>,
}

impl Places<'_> {
    fn search<'v>(&self, variable: &'v Variable) -> Search<'v> {
        let mut search = Search::default();
        self.look_under(&variable.name, None, &mut search);
        for alias in &variable.aliases {
            self.look_under(alias, Some(alias), &mut search);
        }
        search
    }

    fn look_under<'v>(&self, name: &'v str, alias: Option<&str>, search: &mut Search<'v>) {
        let file_name = format!("{name}_FILE");
        let path = self.given.text(&file_name).filter(|_| !self.declared.contains(file_name.as_str()));
        match (self.given.value(name), path.map(str::trim)) {
            (Some(value), path) => {
                if path.is_some_and(|path| !path.is_empty()) {
                    search.rules.push(Rule::FileAndValue { name: name.to_owned(), variable: file_name });
                }
                let source = alias.map_or_else(|| value.source.clone(), |alias| format!("alias {alias}"));
                search.found.push(Found { name, text: value.text.clone(), source });
            }
            (None, Some(path)) if !path.is_empty() => match self.read(path, file_name) {
                Ok(text) => {
                    let old = alias.map(|alias| format!("alias {alias}, ")).unwrap_or_default();
                    search.found.push(Found { name, text, source: format!("{old}file {path}") });
                }
                Err(rule) => search.rules.push(rule),
            },
            (None, _) => {}
        }
    }

    /// The text of a secret file without its last line breaks, which editors and `echo` add.
    fn read(&self, path: &str, variable: String) -> Result<Secret, Rule> {
        match (self.read_file)(Path::new(path)) {
            Ok(text) => {
                let text = Secret::new(text);
                let text = Secret::new(text.reveal().trim_end_matches(['\n', '\r']));
                if text.reveal().is_empty() { Err(Rule::FileEmpty { variable }) } else { Ok(text) }
            }
            Err(error) => Err(Rule::FileUnreadable { variable, kind: error.kind() }),
        }
    }
}

#[cfg(test)]
#[path = "resolve_tests.rs"]
mod tests;
