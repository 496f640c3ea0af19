//! `bootproof env explain NAME`.

use super::{Seen, facts, places};
use crate::{
    args::Common,
    format::Format,
    terminal::{Terminal, note, print},
};
use bootproof::env::{Alias, Variable};
use bootproof_core::{ExitCode, nearest};
use bootproof_report::env::{ENV_SCHEMA_VERSION, EnvAlias, EnvDefault, EnvExplained};

/// Prints everything about the variable `name`: a declared one by any of its names, or one that is only set.
pub(crate) fn explain(seen: &Seen, name: &str, common: &Common, terminal: &Terminal) -> ExitCode {
    let document = match seen.schema().variable_named(name) {
        Some(variable) => declared(seen, variable, name),
        None => match undeclared(seen, name) {
            Some(document) => document,
            None => return unknown(seen, name),
        },
    };
    print(&match common.format() {
        Format::Json => document.json(),
        _ => document.text(&terminal.out),
    })
}

fn declared(seen: &Seen, variable: &Variable, asked: &str) -> EnvExplained {
    let set = seen.resolved.get(&variable.name);
    let shown = set.map(|set| seen.shown(variable, set.text.reveal()));
    EnvExplained {
        schema_version: ENV_SCHEMA_VERSION,
        environment: seen.environment(),
        name: variable.name.clone(),
        asked_for: (asked != variable.name).then(|| asked.to_owned()),
        declared: true,
        docs: variable.docs.clone(),
        set: set.is_some(),
        value: shown.as_ref().and_then(|shown| shown.text()).map(str::to_owned),
        hidden: shown.is_some_and(|shown| shown.is_masked()),
        source: set.map(|set| set.source.to_string()),
        because_of: seen.culprit(&variable.name).map(str::to_owned),
        facts: facts::of(seen, variable),
        default: default(seen, variable),
        aliases: variable.aliases.iter().map(alias).collect(),
        places: places::of(seen, variable),
        problems: seen.problems_of(&variable.name),
        notes: seen.notes(),
    }
}

/// A default may hold references, so that what it comes to is not what is shown here.
fn default(seen: &Seen, variable: &Variable) -> Option<EnvDefault> {
    let (text, only) = variable.default.of(seen.variables.environment)?;
    let shown = seen.shown(variable, text.reveal());
    Some(EnvDefault { environment: only.map(|only| only.as_str()), value: shown.text().map(str::to_owned) })
}

fn alias(alias: &Alias) -> EnvAlias {
    EnvAlias {
        name: alias.name.clone(),
        deprecated_since: alias.deprecated_since.map(|day| day.to_string()),
        removed_in: alias.removed_in.as_ref().map(ToString::to_string),
    }
}

/// A variable that is set and not declared: everything but its value.
fn undeclared(seen: &Seen, name: &str) -> Option<EnvExplained> {
    let settings = seen.variables.settings(name);
    if settings.is_empty() {
        return None;
    }
    let mut notes = seen.notes();
    match seen.belongs_to(name) {
        Some(variable) => notes.push(format!("it names the file that holds `{}`", variable.name)),
        None => notes.extend(near(seen, name).map(|near| format!("the nearest declared variable is `{near}`"))),
    }
    Some(EnvExplained {
        schema_version: ENV_SCHEMA_VERSION,
        environment: seen.environment(),
        name: name.to_owned(),
        asked_for: None,
        declared: false,
        docs: None,
        set: true,
        value: None,
        hidden: true,
        source: settings.first().map(|first| first.place.to_string()),
        because_of: None,
        facts: vec![],
        default: None,
        aliases: vec![],
        places: places::of_undeclared(&settings),
        problems: seen.problems_of(name),
        notes,
    })
}

fn near(seen: &Seen, name: &str) -> Option<String> {
    let names = seen.declared_names();
    nearest(name, names.iter().map(String::as_str)).map(str::to_owned)
}

fn unknown(seen: &Seen, name: &str) -> ExitCode {
    let near = near(seen, name).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    note(&format!("bootproof: no variable `{}` is declared or set{near}", name.escape_debug()));
    note("`bootproof env --all` lists all of them");
    ExitCode::USAGE
}
