//! `[env.NAME]`: the declared variables.

use super::{
    error::{ProblemKind, Told},
    place::Position,
    section::{Section, Value, type_of},
    words::as_variable_text,
};
use bootproof_core::{Environment, Secret};
use bootproof_env::{Defaults, Environments, Problem, Schema, Type, Variable};
use std::collections::HashMap;

/// `[env.NAME]`: a declared variable.
#[derive(Debug, Clone, PartialEq)]
pub struct EnvSection {
    /// Where its name stands.
    pub at: Position,
    /// The variable.
    pub variable: Variable,
}

/// The words for types, in the order in which they are suggested.
const TYPES: [&str; 12] =
    ["string", "secret", "bool", "int", "float", "port", "url", "host", "address", "duration", "enum", "list"];

impl EnvSection {
    pub(super) fn read_all(file: &mut Section<'_>) -> Vec<Self> {
        let (mut all, mut owners) = (vec![], HashMap::new());
        for section in file.named("env") {
            let (notes, label) = (section.notes, section.label());
            if let Some(read) = Self::read(section) {
                for clash in clashes(&mut owners, &read.variable) {
                    notes.add(read.at, ProblemKind::Value, format!("{label}: {clash}"));
                }
                all.push(read);
            }
        }
        all
    }

    fn read(mut section: Section<'_>) -> Option<Self> {
        let good_name = section.has_variable_name();
        let kind = kind(&mut section);
        let mut variable = Variable {
            name: section.name.clone(),
            kind: kind.clone().unwrap_or(Type::String),
            aliases: aliases(&mut section),
            required: section.required().unwrap_or(Environments::NONE),
            default: Defaults::default(),
            secret: section.bool("secret").unwrap_or(false),
        };
        variable.default = defaults(&mut section, kind.is_some().then_some(&variable));
        let at = section.at;
        section.finish();
        (good_name && kind.is_some()).then_some(Self { at, variable })
    }
}

/// The schema that the sections declare, in their order.
pub(super) fn schema(sections: &[EnvSection]) -> Schema {
    Schema { variables: sections.iter().map(|section| section.variable.clone()).collect() }
}

/// The names of `new` that belong to a variable already, this one included. `owners` says to which.
fn clashes(owners: &mut HashMap<String, String>, new: &Variable) -> Vec<String> {
    let names = [&new.name].into_iter().chain(&new.aliases);
    let taken = names.filter_map(|name| {
        let owner = owners.insert(name.clone(), new.name.clone())?;
        Some(format!("{} is a name of `{owner}` already", Told(name)))
    });
    taken.collect()
}

fn aliases(section: &mut Section<'_>) -> Vec<String> {
    let Some(list) = section.strings("aliases", "a list of names such as [\"OLD_NAME\"]") else { return vec![] };
    for alias in list.value.iter().filter(|alias| !super::is_variable_name(alias)) {
        let text =
            format!("`aliases` in {} holds {}, which is not the name of a variable", section.label(), Told(alias));
        section.bad(list.at, text);
    }
    list.value
}

/// The type with what belongs to it; `None` when something of it is wrong, which is noted.
fn kind(section: &mut Section<'_>) -> Option<Type> {
    let words = TYPES.map(|word| (word, word));
    let given = section.value("type").is_some();
    let word = if given { section.one_of("type", &words)?.value } else { "string" };
    let (min, max) = (bound(section, "min", word), bound(section, "max", word));
    let schemes = belongs(section, "schemes", "url", word, |s| s.strings("schemes", "a list such as [\"postgres\"]"));
    let values =
        belongs(section, "values", "enum", word, |s| s.strings("values", "a list of words such as [\"debug\"]"));
    Some(match word {
        "secret" => Type::Secret,
        "bool" => Type::Bool,
        "int" if matches!((min, max), (Some(min), Some(max)) if min > max) => {
            section.bad(section.at, format!("`min` in {} is more than `max`", section.label()));
            return None;
        }
        "int" => Type::Int { min, max },
        "float" => Type::Float,
        "port" => Type::Port,
        "url" => Type::Url { schemes: schemes.map(|s| s.value).unwrap_or_default() },
        "host" => Type::Host,
        "address" => Type::Address,
        "duration" => Type::Duration,
        "enum" => match values.map(|v| v.value) {
            Some(values) if !values.is_empty() => Type::Enum { values },
            _ => {
                section.missing("`values`, the words of the enum");
                return None;
            }
        },
        "list" => Type::List,
        _ => Type::String,
    })
}

fn bound(section: &mut Section<'_>, key: &'static str, word: &str) -> Option<i64> {
    belongs(section, key, "int", word, |s| s.integer(key, i64::MIN..=i64::MAX)).map(|bound| bound.value)
}

/// What `read` reads of `key`, if the type is the one that `key` belongs to; else a note.
fn belongs<T>(
    section: &mut Section<'_>,
    key: &'static str,
    to: &str,
    word: &str,
    read: impl FnOnce(&mut Section<'_>) -> Option<T>,
) -> Option<T> {
    if to == word {
        return read(section);
    }
    let value = section.value(key)?;
    section.note(value, format!("`{key}` in {} belongs to `type = \"{to}\"`, and this is `{word}`", section.label()));
    None
}

/// `default = ...`, or `default.ENVIRONMENT = ...`. Each is checked against `variable` where it stands.
fn defaults(section: &mut Section<'_>, variable: Option<&Variable>) -> Defaults {
    let mut defaults = Defaults::default();
    let Some(value) = section.value("default") else { return defaults };
    let Some(table) = value.get_ref().as_table() else {
        defaults.everywhere = default(section, "default", value, variable);
        return defaults;
    };
    for (key, value) in table {
        match key.get_ref().parse::<Environment>() {
            Ok(environment) => {
                let text = default(section, &format!("default.{environment}"), value, variable);
                defaults.only.extend(text.map(|text| (environment, text)));
            }
            Err(_) => section.unknown_environment(key, "default"),
        }
    }
    defaults
}

fn default(section: &Section<'_>, key: &str, value: &Value<'_>, variable: Option<&Variable>) -> Option<Secret> {
    let Some(text) = as_variable_text(value) else {
        let expected = "a string, a number, a boolean or a list of strings";
        section.note(value, format!("`{key}` in {} must be {expected}, and is {}", section.label(), type_of(value)));
        return None;
    };
    if let Some(rule) = variable.and_then(|variable| variable.read(&text).err()) {
        let problem = Problem { name: key.to_owned(), rule, source: None, value: None };
        section.note(value, format!("in {}, {}", section.label(), problem.sentence()));
        return None;
    }
    Some(Secret::new(text))
}
