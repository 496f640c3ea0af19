//! One variable in two environments: as it is declared, and as it would resolve.

use bootproof::{
    Environment, Variables,
    env::{Resolved, Schema, Set, Shown, Variable},
};
use bootproof_core::{Masker, Secret};
use bootproof_report::env::{Side, ValueDifference, VariableDifference};
use std::collections::HashMap;

/// What is declared otherwise of `variable` in the one and the other.
pub(super) fn declared(schema: &Schema, variable: &Variable, both: [Environment; 2]) -> Vec<VariableDifference> {
    let connection = schema.connections.iter().find(|connection| connection.url == variable.name);
    let required = |environment| {
        let by_group = connection.is_some_and(|connection| connection.required.contains(environment));
        yes(variable.required.contains(environment) || by_group)
    };
    let default = |environment| match variable.default.of(environment) {
        None => "none".to_owned(),
        Some((text, _)) => whole(variable.show(text.reveal())).map_or("***".to_owned(), |text| format!("`{text}`")),
    };
    let same_default =
        variable.default.of(both[0]).map(|(text, _)| text) == variable.default.of(both[1]).map(|(text, _)| text);
    let all = [
        ("required", both.map(required), true),
        ("forbidden", both.map(|environment| yes(variable.forbidden.contains(environment))), true),
        ("localhost allowed", both.map(|environment| yes(variable.localhost.contains(environment))), true),
        // Two secrets look alike when they are hidden: what differs is told by the texts.
        ("default", both.map(default), same_default),
    ];
    let differing = all.into_iter().filter(|(_, sides, same)| sides[0] != sides[1] || !same);
    differing.map(|(what, sides, _)| VariableDifference { name: variable.name.clone(), what, sides }).collect()
}

fn yes(yes: bool) -> String {
    if yes { "yes" } else { "no" }.to_owned()
}

/// A text of which nothing is hidden: of two that are hidden in part, it could not be seen how they differ.
fn whole(shown: Shown) -> Option<String> {
    match shown {
        Shown::Whole(text) => Some(text),
        Shown::Partly(_) | Shown::Hidden => None,
    }
}

/// What the variables that are set now come to, where that differs: value, source or problems.
pub(super) fn values(variables: &Variables, both: [Environment; 2]) -> Vec<ValueDifference> {
    let resolved = both.map(|environment| variables.in_environment(environment).resolve());
    let schema = &variables.resolver.schema;
    let secrets = masker(schema, &resolved);
    let codes = [codes(&resolved[0]), codes(&resolved[1])];
    let of = |(at, variable): (usize, &Variable)| {
        // Resolving keeps the order of the schema.
        let set = [0, 1].map(|side| resolved[side].declared.get(at).and_then(|(_, set)| set.as_ref()));
        let sides = [0, 1].map(|one| {
            let name = variable.name.as_str();
            let problems = codes[one].get(name).cloned().unwrap_or_default();
            Side { because_of: resolved[one].failed.get(name).cloned(), problems, ..side(variable, set[one], &secrets) }
        });
        let same = set[0].map(|set| &set.text) == set[1].map(|set| &set.text);
        (!same || sides[0] != sides[1]).then(|| ValueDifference {
            name: variable.name.clone(),
            same: same && set[0].is_some(),
            sides,
        })
    };
    schema.variables.iter().enumerate().filter_map(of).collect()
}

/// The codes of the problems of each variable.
fn codes(resolved: &Resolved) -> HashMap<&str, Vec<&'static str>> {
    let mut codes: HashMap<&str, Vec<&'static str>> = HashMap::new();
    for problem in &resolved.problems {
        let codes = codes.entry(&problem.name).or_default();
        if codes.last() != Some(&problem.rule.code) {
            codes.push(problem.rule.code);
        }
    }
    codes
}

fn side(variable: &Variable, set: Option<&Set>, secrets: &Masker) -> Side {
    let shown = set.filter(|set| set.shown).map(|set| variable.show(set.text.reveal()).without(secrets));
    let source = set.map(|set| set.source.to_string());
    Side { set: set.is_some(), value: shown.and_then(whole), source, because_of: None, problems: vec![] }
}

/// Takes out of a value what is secret on either side.
fn masker(schema: &Schema, resolved: &[Resolved; 2]) -> Masker {
    let secrets: Vec<Secret> = resolved.iter().flat_map(|one| one.secrets(schema)).collect();
    Masker::new(secrets.iter().map(Secret::reveal))
}
