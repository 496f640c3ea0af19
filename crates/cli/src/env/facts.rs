//! What is declared of a variable, in words.

use super::Seen;
use bootproof::env::{Connection, Count, Environments, Schema, Variable};
use bootproof_report::env::EnvFact;

/// Everything that is declared of `variable` but its default and older names, and the rules over several that speak of it.
pub(super) fn of(seen: &Seen, variable: &Variable) -> Vec<EnvFact> {
    let schema = seen.schema();
    let length = variable.length.in_words(u32::to_string);
    let unit = if variable.kind.word() == "list" { "items" } else { "characters" };
    let example = variable.example.as_ref();
    let own = [
        ("type", Some(kind(variable))),
        ("secret", variable.is_secret().then(|| "never shown".to_owned())),
        ("length", length.map(|length| format!("{length} {unit}"))),
        ("pattern", variable.pattern.as_ref().map(|pattern| pattern.source().to_owned())),
        ("required", required(schema, variable)),
        ("forbidden", environments(variable.forbidden)),
        ("localhost", environments(variable.localhost).map(|places| format!("allowed {places}"))),
        ("example", example.filter(|_| !variable.is_secret()).cloned()),
    ];
    let own = own.into_iter().filter_map(|(about, text)| Some((about, text?)));
    let several = connections(schema, variable).chain(together(schema, variable)).chain(conditions(schema, variable));
    own.chain(several).map(|(about, text)| EnvFact { about, text }).collect()
}

/// The word for the type, and what it demands when the word alone does not say it.
fn kind(variable: &Variable) -> String {
    let (word, words) = (variable.kind.word(), variable.kind.in_words());
    if words.to_lowercase() == format!("a {word}") { word.to_owned() } else { format!("{word} ({words})") }
}

/// Where a variable must have a value; `None` when nowhere.
pub(super) fn required(schema: &Schema, variable: &Variable) -> Option<String> {
    let own = environments(variable.required);
    let when = variable.required_if.as_ref().map(|condition| format!("when `{}`", condition.source()));
    let with_parts = schema.connections.iter().find(|connection| connection.url == variable.name);
    let with_parts = with_parts.and_then(|connection| {
        Some(format!("{}, or `{}` with its parts", environments(connection.required)?, connection.parts.host))
    });
    let all: Vec<String> = [own, when, with_parts].into_iter().flatten().collect();
    (!all.is_empty()).then(|| all.join("; "))
}

/// `everywhere`, `in staging and production`; `None` for none.
fn environments(some: Environments) -> Option<String> {
    let names: Vec<&str> = some.iter().map(|environment| environment.as_str()).collect();
    match names.as_slice() {
        [] => None,
        _ if some == Environments::ALL => Some("everywhere".to_owned()),
        [one] => Some(format!("in {one}")),
        [first @ .., last] => Some(format!("in {} and {last}", first.join(", "))),
    }
}

type Fact = (&'static str, String);

fn connections(schema: &Schema, variable: &Variable) -> impl Iterator<Item = Fact> {
    let told = |connection: &Connection| {
        let parts: Vec<&str> = connection.names().filter(|name| *name != connection.url).collect();
        if connection.url == variable.name {
            return Some(("parts", format!("put together from {}, when it is not set", parts.join(", "))));
        }
        parts.contains(&variable.name.as_str()).then(|| ("part of", connection.url.clone()))
    };
    schema.connections.iter().filter_map(told)
}

fn together(schema: &Schema, variable: &Variable) -> impl Iterator<Item = Fact> {
    let of_it = schema.together.iter().filter(|together| together.names.contains(&variable.name));
    of_it.map(|together| {
        let words = match together.count {
            Count::One => "exactly one is set of",
            Count::Any => "at least one is set of",
            Count::OneAtMost => "at most one is set of",
            Count::AllOrNone => "all are set or none of",
        };
        ("rule", format!("{words} {}", together.names.join(", ")))
    })
}

fn conditions(schema: &Schema, variable: &Variable) -> impl Iterator<Item = Fact> {
    let of_it = schema.conditions.iter().filter(|demand| demand.condition.names().contains(&variable.name.as_str()));
    of_it.map(|demand| ("rule", format!("`{}` must hold", demand.condition.source())))
}
