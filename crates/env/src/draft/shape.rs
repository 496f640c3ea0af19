//! From facts to declared variables: what is required, which default may be written, and what is left to a group.

use super::{
    fact::{Fact, Origin},
    gather::Project,
    guess,
    servers::{self, Chosen},
};
use crate::{Environments, Override, Schema, Template, Type, Variable, read, suspicious};
use bootproof_core::{Environment, Secret};
use std::collections::BTreeSet;

/// What a first look at the project's own .env files showed to be guessed wrongly.
#[derive(Debug, Default)]
pub(super) struct Doubts {
    /// Groups that the project's values contradict.
    pub groups: BTreeSet<&'static str>,
    /// Variables that hold something else than was guessed.
    pub types: BTreeSet<String>,
}

/// A variable to be written down.
#[derive(Debug)]
pub(super) struct Item {
    pub variable: Variable,
    /// Where it is spoken of.
    pub whence: String,
    /// What to look at.
    pub remarks: Vec<String>,
}

/// A server or a port that is declared for variables.
#[derive(Debug)]
pub(super) struct Section {
    /// `database.main`.
    pub header: String,
    /// Its lines, in TOML.
    pub lines: Vec<String>,
    /// Why it is written as a comment.
    pub not_yet: Option<String>,
}

/// All that is written down.
#[derive(Debug)]
pub(super) struct Plan {
    pub groups: Vec<Chosen>,
    pub items: Vec<Item>,
    pub sections: Vec<Section>,
    /// The rule about blank values, made milder in development when the .env files hold some.
    pub blank: Option<Override>,
    pub notes: Vec<String>,
}

impl Plan {
    /// What `[env]` comes to.
    pub fn schema(&self) -> Schema {
        let mut schema = Schema::of(self.items.iter().map(|item| item.variable.clone()));
        for chosen in &self.groups {
            schema.add(chosen.group.clone());
        }
        schema.severities.extend(self.blank.clone());
        schema
    }
}

/// Plans the variables of `project`, without its sections.
pub(super) fn plan(project: &Project, doubts: &Doubts) -> Plan {
    let groups = servers::choose(project, &doubts.groups);
    let in_group = |fact: &&Fact| groups.iter().any(|chosen| chosen.knows(&fact.name));
    let own = project.facts.iter().filter(|fact| !in_group(fact)).map(|fact| item(fact, doubts));
    let of_groups = groups.iter().flat_map(|chosen| of_group(chosen, project));
    let items = of_groups.chain(own).collect();
    Plan { groups, items, sections: vec![], blank: None, notes: vec![] }
}

fn item(fact: &Fact, doubts: &Doubts) -> Item {
    let mut variable = guess::guess(fact);
    if doubts.types.contains(&fact.name) && variable.kind != Type::Secret {
        variable.kind = Type::String;
    }
    variable.required = Environments::all_when(fact.is_required());
    variable.docs = fact.docs.clone().filter(|docs| !guess::looks_generated(docs));
    let mut remarks = vec![];
    add_default(&mut variable, &[fact], &mut remarks);
    Item { variable, whence: fact.whence(), remarks }
}

/// The variables of a group that need a line of their own: those with a default, and parts that the code cannot go on without.
fn of_group(chosen: &Chosen, project: &Project) -> Vec<Item> {
    let mut items = vec![];
    for (at, variable) in chosen.group.variables.iter().enumerate() {
        let facts: Vec<&Fact> = chosen.names(at).filter_map(|name| project.facts.get(name)).collect();
        let (mut variable, mut remarks) = (variable.clone(), vec![]);
        let before = variable.default.clone();
        add_default(&mut variable, &facts, &mut remarks);
        let is_needed = !chosen.leads(at) && facts.iter().any(|fact| fact.is_required());
        if is_needed {
            variable.required = Environments::ALL;
        }
        if is_needed || variable.default != before {
            let whence: Vec<String> = facts.iter().map(|fact| fact.whence()).collect();
            items.push(Item { variable, whence: whence.join(", "), remarks });
        }
    }
    items
}

/// The default of the code holds everywhere, but where deployed environments would refuse it; the value of an example file is
/// what developers copy. Never one of a secret.
fn add_default(variable: &mut Variable, facts: &[&Fact], remarks: &mut Vec<String>) {
    let of = |origin| {
        let mut texts: Vec<String> =
            facts.iter().flat_map(|fact| fact.whole(Some(origin))).map(|text| as_written(variable, text)).collect();
        texts.sort_unstable();
        texts.dedup();
        texts
    };
    if variable.is_secret() || facts.iter().any(|fact| guess::is_secret(fact)) {
        return;
    }
    let (in_code, in_example) = (of(Origin::Code), of(Origin::Example));
    match in_code.as_slice() {
        [text] => {
            if let Some(default) = harmless(variable, text) {
                set_default(variable, default);
            }
        }
        [] => {
            if let [text] = in_example.as_slice()
                && let Some(default) = harmless(variable, text)
            {
                variable.default.only.insert(Environment::Development, default);
            }
        }
        _ => remarks.push("the code has different defaults for it: write the right one here".to_owned()),
    }
}

fn set_default(variable: &mut Variable, default: Secret) {
    let suits = |environment| match variable.read(default.reveal()) {
        Ok(typed) => suspicious::of_value(variable, default.reveal(), &typed, environment).is_empty(),
        Err(_) => false,
    };
    if Environment::ALL.into_iter().all(suits) {
        variable.default.everywhere = Some(default);
    } else {
        for environment in Environment::ALL.into_iter().filter(|environment| !environment.is_deployed()) {
            variable.default.only.insert(environment, default.clone());
        }
    }
}

/// A text as a default has it: bools as words, lists without blanks.
fn as_written(variable: &Variable, text: &str) -> String {
    match variable.kind {
        Type::Bool => read::bool_of(text).map_or_else(|| text.to_owned(), |value| value.to_string()),
        Type::List { .. } => text.split(',').map(str::trim).collect::<Vec<_>>().join(","),
        _ => text.to_owned(),
    }
}

/// A default that can stand in a file that everybody reads, and that is read as what it is.
fn harmless(variable: &Variable, text: &str) -> Option<Secret> {
    let is_harmless = variable.read(text).is_ok() && !suspicious::carries_secret(text) && !guess::looks_generated(text);
    if !is_harmless {
        return None;
    }
    let is_plain = |written: &str| {
        Template::parse(written).is_ok_and(|template| template.as_literal().is_some_and(|read| read.reveal() == text))
    };
    [text.to_owned(), text.replace('$', "$$")].into_iter().find(|written| is_plain(written)).map(Secret::new)
}
