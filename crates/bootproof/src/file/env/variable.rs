//! `[env.NAME]`: a declared variable.

use super::{
    super::{
        place::Position,
        section::{Section, Value, type_of},
        words::as_variable_text,
    },
    alias, kind,
};
use bootproof_core::{Environment, Secret};
use bootproof_env::{Condition, Defaults, Environments, Pattern, Template, Type, Variable};

/// `[env.NAME]`: a declared variable.
#[derive(Debug, Clone, PartialEq)]
pub struct EnvSection {
    /// Where its name stands.
    pub at: Position,
    /// The variable.
    pub variable: Variable,
}

impl EnvSection {
    pub(super) fn read(mut section: Section<'_>) -> Option<Self> {
        let good_name = section.has_variable_name();
        let kind = kind::read(&mut section);
        let word = kind.as_ref().map_or("string", Type::word);
        let mut variable = Variable::new(section.name.clone(), kind.clone().unwrap_or(Type::String));
        variable.aliases = alias::read(&mut section);
        variable.required = section.required().unwrap_or(Environments::NONE);
        variable.required_if = condition(&mut section);
        variable.forbidden = section.environments("forbidden").unwrap_or(Environments::NONE);
        variable.localhost = section.environments("localhost").unwrap_or(Environments::NONE);
        variable.secret = section.bool("secret");
        let length =
            kind::bounds_of(&mut section, ["min_length", "max_length"], "a whole number", |text| text.parse().ok());
        variable.length = length.unwrap_or_default();
        variable.pattern = pattern(&mut section, word);
        variable.example = section.text("example").map(|text| text.value);
        variable.docs = section.text("docs").map(|text| text.value);
        variable.default = defaults(&mut section, kind.is_some().then_some(&variable));
        let at = section.at;
        section.finish();
        (good_name && kind.is_some()).then_some(Self { at, variable })
    }
}

fn condition(section: &mut Section<'_>) -> Option<Condition> {
    let expected = "a condition such as \"AUTH_MODE == 'oauth'\"";
    let source = section.read("required_if", expected, |value| Some((value, value.get_ref().as_str()?)))?;
    let (value, source) = source.value;
    super::options::condition(section, value, source)
}

/// The types that `pattern` belongs to.
pub(in crate::file) const MATCHED: [&str; 9] =
    ["string", "secret", "url", "host", "address", "email", "list", "json", "path"];

fn pattern(section: &mut Section<'_>, word: &str) -> Option<Pattern> {
    kind::belongs(section, "pattern", &MATCHED, word, |section| {
        let pattern = section.word("pattern", "a regular expression", |text| Pattern::new(text).ok());
        pattern.map(|pattern| pattern.value)
    })
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
    let template = match Template::parse(&text) {
        Ok(template) => template,
        Err(error) => {
            section.note(value, format!("`{key}` in {}: {error}", section.label()));
            return None;
        }
    };
    // What refers to other variables is read when they are known.
    let whole = template.as_literal().map(Secret::reveal);
    let breach = variable.zip(whole).and_then(|(variable, text)| {
        let breach = variable.read_filled(text).err()?;
        // A password may have been written into the wrong section: nothing of what stands in a file is told.
        variable.clone().secret().read_filled(text).err().or(Some(breach))
    });
    if let Some(breach) = breach {
        section.note(value, format!("in {}, `{key}` {}", section.label(), breach.tells));
        return None;
    }
    Some(Secret::new(text))
}
