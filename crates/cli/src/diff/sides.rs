//! One variable in two environments: as it is declared, and as it would resolve.

use bootproof::{
    Environment, Variables,
    env::{Resolved, Schema, Variable},
};
use bootproof_core::{Secret, mask_text, mask_url};
use bootproof_report::variables::{Side, ValueDifference, VariableDifference};

/// Shorter secrets are met in other texts by chance.
const TELLING: usize = 8;

/// What is declared otherwise of `variable` in the one and the other.
pub(super) fn declared(schema: &Schema, variable: &Variable, both: [Environment; 2]) -> Vec<VariableDifference> {
    let connection = schema.connections.iter().find(|connection| connection.url == variable.name);
    let required = |environment| {
        let by_group = connection.is_some_and(|connection| connection.required.contains(environment));
        yes(variable.required.contains(environment) || by_group)
    };
    let default = |environment| match variable.default.of(environment) {
        None => "none".to_owned(),
        Some((text, _)) => shown(variable, text.reveal()).map_or("***".to_owned(), |text| format!("`{text}`")),
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

/// A text that may be shown: of no secret, and no address with credentials.
fn shown(variable: &Variable, text: &str) -> Option<String> {
    let harmless = !variable.is_secret() && variable.read(text).is_ok() && mask_url(text) == text;
    harmless.then(|| text.to_owned())
}

/// What the variables that are set now come to, where that differs: value, source or problems.
pub(super) fn values(variables: &Variables, both: [Environment; 2]) -> Vec<ValueDifference> {
    let resolved = both.map(|environment| variables.in_environment(environment).resolve());
    let secrets = secrets(variables, &resolved);
    let schema = &variables.resolver.schema;
    let of = |variable: &Variable| {
        let texts = [0, 1].map(|at| resolved[at].get(&variable.name).map(|set| &set.text));
        let sides = [0, 1].map(|at| side(variable, &resolved[at], &secrets));
        let same = texts[0] == texts[1];
        (!same || sides[0] != sides[1]).then(|| ValueDifference {
            name: variable.name.clone(),
            same: same && texts[0].is_some(),
            sides,
        })
    };
    schema.variables.iter().filter_map(of).collect()
}

fn side(variable: &Variable, resolved: &Resolved, secrets: &[Secret]) -> Side {
    let set = resolved.get(&variable.name);
    let value = set.filter(|set| set.shown).and_then(|set| shown(variable, set.text.reveal()));
    let mut problems: Vec<&'static str> = resolved
        .problems
        .iter()
        .filter(|problem| problem.name == variable.name)
        .map(|problem| problem.rule.code)
        .collect();
    problems.dedup();
    Side {
        set: set.is_some(),
        // A default may be put together from a secret.
        value: value.filter(|text| mask_text(text, secrets.iter().map(Secret::reveal)) == *text),
        source: set.map(|set| set.source.to_string()),
        problems,
    }
}

fn secrets(variables: &Variables, resolved: &[Resolved; 2]) -> Vec<Secret> {
    let own = variables.resolver.schema.variables.iter().filter(|variable| variable.is_secret());
    let texts = own.flat_map(|variable| resolved.iter().filter_map(|one| Some(one.get(&variable.name)?.text.clone())));
    texts.filter(|text| text.reveal().len() >= TELLING).collect()
}
