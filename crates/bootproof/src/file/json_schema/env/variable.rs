//! The keys of `[env.NAME]` that depend on its type.

use super::super::words::{DURATION, environments};
use crate::file::env::{BOUNDED, MATCHED, VALUED};
use bootproof_env::Type;
use serde_json::{Map, Value, json};

/// What bounds of sizes look like.
const BYTES: &str = r"^[0-9]+(\.0+)?$|^[0-9]+(\.[0-9]+)? ?([KMGT]iB|[kKMGT]?B)$";
const WHOLE: &str = "^[+-]?[0-9]+$";
const NATURAL: &str = r"^\+?[0-9]+$";
const DECIMAL: &str = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$";

pub(super) fn bound(description: &str) -> Value {
    json!({ "type": ["number", "string"], "description": description })
}

pub(super) fn length(description: &str) -> Value {
    json!({
        "anyOf": [{ "type": "integer", "minimum": 0, "maximum": u32::MAX }, { "type": "string", "pattern": NATURAL }],
        "description": description,
    })
}

pub(super) fn default() -> Value {
    let of = |environment| (environment, scalar(&format!("What it is in {environment} when nothing sets it.")));
    let only: Map<String, Value> =
        environments().into_iter().map(of).map(|(key, value)| (key.to_owned(), value)).collect();
    let table = json!({ "type": "object", "properties": only, "additionalProperties": false });
    json!({
        "anyOf": [scalar("What it is when nothing sets it."), table],
        "description": "What it is when nothing sets it: a value, or one for each environment. `${NAME}` is replaced.",
    })
}

fn scalar(description: &str) -> Value {
    json!({
        "type": ["string", "number", "boolean", "array"],
        "pattern": r"\S",
        "items": { "type": "string" },
        "minItems": 1,
        "description": description,
    })
}

/// The keys that only some types have.
const CONDITIONAL: [&str; 6] = ["schemes", "values", "must", "min", "max", "pattern"];

fn has(word: &str, key: &str) -> bool {
    match key {
        "schemes" => word == "url",
        "values" => VALUED.contains(&word),
        "must" => word == "path",
        "pattern" => MATCHED.contains(&word),
        _ => BOUNDED.contains(&word),
    }
}

/// What follows from a type: keys it does not have, and what its bounds are.
fn consequence(word: &str) -> Value {
    let mut properties: Map<String, Value> =
        CONDITIONAL.into_iter().filter(|key| !has(word, key)).map(|key| (key.to_owned(), json!(false))).collect();
    for key in ["min", "max"] {
        if let Some(bound) = bound_of(word) {
            properties.insert(key.to_owned(), bound);
        }
    }
    let mut then = json!({ "properties": properties });
    if word == "enum" {
        then["properties"]["values"] = json!({ "minItems": 1 });
        then["required"] = json!(["values"]);
    }
    then
}

fn bound_of(word: &str) -> Option<Value> {
    let number = |number: Value, pattern: &str| json!({ "anyOf": [number, { "type": "string", "pattern": pattern }] });
    Some(match word {
        "int" => number(json!({ "type": "integer" }), WHOLE),
        "float" => number(json!({ "type": "number" }), DECIMAL),
        "port" => number(json!({ "type": "integer", "minimum": 0, "maximum": 65535 }), NATURAL),
        "bytes" => number(json!({ "type": "integer", "minimum": 0 }), BYTES),
        "duration" => json!({ "type": "string", "pattern": DURATION }),
        _ => return None,
    })
}

/// A chain of `if` and `else`, one link for the types that have the same consequence; without a type it is a string.
pub(super) fn add_conditions(variable: &mut Value) {
    let mut links: Vec<(Value, Vec<&str>)> = vec![];
    for word in Type::WORDS.into_iter().filter(|word| *word != "string") {
        let then = consequence(word);
        match links.iter_mut().find(|(known, _)| *known == then) {
            Some((_, words)) => words.push(word),
            None => links.push((then, vec![word])),
        }
    }
    let chain = links.into_iter().rfold(consequence("string"), |otherwise, (then, words)| {
        let is_one = json!({ "required": ["type"], "properties": { "type": { "enum": words } } });
        json!({ "if": is_one, "then": then, "else": otherwise })
    });
    for key in ["if", "then", "else"] {
        variable[key] = chain[key].clone();
    }
}
