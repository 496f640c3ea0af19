//! `bootproof env`.

use super::{Seen, seen::problem};
use crate::{
    args::Common,
    format::Format,
    terminal::{Terminal, print},
};
use bootproof::env::{Set, Variable, rules};
use bootproof_core::ExitCode;
use bootproof_report::env::{ENV_SCHEMA_VERSION, EnvRow, EnvTable, EnvUndeclared};

/// Prints every declared variable, with `all` also the names of the others. What is wrong is shown and does not decide the exit code.
pub(super) fn table(seen: &Seen, all: bool, common: &Common, terminal: &Terminal) -> ExitCode {
    let rows = seen.declared().map(|(variable, set)| row(seen, variable, set));
    let others = seen.resolved.problems.iter().filter(|problem| !seen.is_canonical(&problem.name));
    let overrides = seen.resolved.overrides.iter().map(|over| {
        format!(
            "rule {} is `{}` in {}, as the file says: {}",
            over.code,
            over.severity.as_str(),
            over.environment,
            over.reason
        )
    });
    let document = EnvTable {
        schema_version: ENV_SCHEMA_VERSION,
        environment: seen.environment(),
        variables: rows.collect(),
        undeclared: all.then(|| undeclared(seen)),
        problems: others.map(problem).collect(),
        notes: overrides.chain(seen.notes()).collect(),
    };
    print(&match common.format() {
        Format::Json => document.json(),
        _ => document.text(&terminal.out),
    })
}

fn row(seen: &Seen, variable: &Variable, set: Option<&Set>) -> EnvRow {
    let shown = set.map(|set| seen.shown(variable, set.text.reveal()));
    let own = seen.problems_about(&variable.name).filter(|problem| problem.name == variable.name);
    EnvRow {
        name: variable.name.clone(),
        set: set.is_some(),
        value: shown.as_ref().and_then(|shown| shown.text()).map(str::to_owned),
        hidden: shown.is_some_and(|shown| shown.is_masked()),
        source: set.map(|set| set.source.to_string()),
        kind: variable.kind.word(),
        notes: notes(seen, variable, set),
        problems: own.map(problem).collect(),
    }
}

fn notes(seen: &Seen, variable: &Variable, set: Option<&Set>) -> Vec<String> {
    // What is missing is not set; whatever else is wrong is about something that is.
    let is_in_error =
        seen.problems_about(&variable.name).any(|one| one.is_error() && one.rule.code != rules::MISSING.code);
    let facts = [
        ("required", variable.required.contains(seen.variables.environment)),
        ("forbidden", variable.forbidden.contains(seen.variables.environment)),
        ("old name", set.is_some_and(|set| is_old_name(variable, set))),
    ];
    let without = set.is_none().then(|| match seen.culprit(&variable.name) {
        Some(by) if by != variable.name => format!("no value because of {by}"),
        None if !is_in_error => "not set".to_owned(),
        _ => "no value".to_owned(),
    });
    facts.into_iter().filter(|(_, holds)| *holds).map(|(word, _)| word.to_owned()).chain(without).collect()
}

/// Whether it is set under a name that should no longer be used; an alias that does not go is as good as the canonical name.
fn is_old_name(variable: &Variable, set: &Set) -> bool {
    let alias = set.source.alias.as_ref().and_then(|name| variable.aliases.iter().find(|alias| alias.name == *name));
    alias.is_some_and(|alias| alias.deprecated_since.is_some() || alias.removed_in.is_some())
}

fn undeclared(seen: &Seen) -> Vec<EnvUndeclared> {
    let one = |(name, value): (&str, &bootproof_core::Value)| EnvUndeclared {
        name: name.to_owned(),
        source: value.source.clone(),
        belongs_to: seen.belongs_to(name).map(|variable| variable.name.clone()),
    };
    seen.undeclared().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use bootproof::env::{Alias, Place, Removal, Source, Type};
    use bootproof_core::Secret;

    #[test]
    fn only_an_alias_that_goes_is_an_old_name() {
        let mut going = Alias::from("GOING");
        going.removed_in = Some(Removal::Day("2027-01-01".parse().unwrap()));
        let mut old = Alias::from("OLD");
        old.deprecated_since = Some("2026-01-01".parse().unwrap());
        let mut variable = Variable::new("NAME", Type::String);
        variable.aliases = vec![Alias::from("ALSO"), going, old];
        for (alias, is_old) in [(None, false), (Some("ALSO"), false), (Some("GOING"), true), (Some("OLD"), true)] {
            let source = Source { place: Place::Process, alias: alias.map(str::to_owned) };
            let set = Set { text: Secret::new("x"), typed: None, source, shown: true };
            assert_eq!(is_old_name(&variable, &set), is_old, "{alias:?}");
        }
    }
}
