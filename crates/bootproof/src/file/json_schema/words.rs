//! Pieces of the schema that several sections share. Each has a description: editors show it.

use bootproof_core::Environment;
use serde_json::{Value, json};

/// What `Section::has_good_name` takes.
pub(super) const NAME: &str = "^[A-Za-z0-9_-]+$";
/// What `is_variable_name` takes.
pub(super) const VARIABLE: &str = "^[A-Za-z_][A-Za-z0-9_]*$";
/// The scheme of a URL: RFC 3986, 3.1.
pub(super) const SCHEME: &str = "^[A-Za-z][A-Za-z0-9+.-]*$";
/// Two ports.
pub(super) const PORTS: &str = r"^\s*[0-9]+\s*-\s*[0-9]+\s*$";
/// Any duration.
pub(super) const DURATION: &str = r"^[0-9]+(\.[0-9]+)?(ms|s|m|h|d)$";
/// A duration of more than nothing.
const SOME_TIME: &str = r"^([0-9]*[1-9][0-9]*(\.[0-9]+)?|[0-9]+\.[0-9]*[1-9][0-9]*)(ms|s|m|h|d)$";

/// A table that has these keys and no others.
pub(super) fn closed(description: &str, properties: Value) -> Value {
    json!({ "type": "object", "description": description, "properties": properties, "additionalProperties": false })
}

/// A table of tables whose names are the user's.
pub(super) fn named(description: &str, name: &str, each: Value) -> Value {
    json!({
        "type": "object",
        "description": description,
        "propertyNames": { "pattern": name },
        "additionalProperties": each,
    })
}

/// A table that needs these keys.
pub(super) fn needing(keys: &[&str], mut table: Value) -> Value {
    table["required"] = json!(keys);
    table
}

/// A table that needs one of these keys.
pub(super) fn needing_one_of(keys: &[&str], mut table: Value) -> Value {
    table["anyOf"] = keys.iter().map(|key| json!({ "required": [key] })).collect();
    table
}

pub(super) fn flag(description: &str) -> Value {
    json!({ "type": "boolean", "description": description })
}

/// A text that is not blank.
pub(super) fn text(description: &str) -> Value {
    word_like(r"\S", description)
}

/// A text that `pattern` finds something in.
pub(super) fn word_like(pattern: &str, description: &str) -> Value {
    json!({ "type": "string", "pattern": pattern, "description": description })
}

/// One of some words.
pub(super) fn one_of(words: &[&str], description: &str) -> Value {
    json!({ "type": "string", "enum": words, "description": description })
}

/// A list of some words.
pub(super) fn list_of(words: &[&str], description: &str) -> Value {
    json!({ "type": "array", "items": { "type": "string", "enum": words }, "description": description })
}

pub(super) fn texts(description: &str) -> Value {
    json!({ "type": "array", "items": { "type": "string" }, "description": description })
}

/// A duration of more than nothing.
pub(super) fn duration(description: &str) -> Value {
    word_like(SOME_TIME, description)
}

pub(super) fn integer(least: i64, most: i64, description: &str) -> Value {
    json!({ "type": "integer", "minimum": least, "maximum": most, "description": description })
}

/// The words for environments.
pub(super) fn environments() -> [&'static str; 4] {
    Environment::ALL.map(Environment::as_str)
}

/// `true`, `false` or a list of environments.
pub(super) fn everywhere_or_in(description: &str) -> Value {
    json!({
        "type": ["boolean", "array"],
        "items": { "type": "string", "enum": environments() },
        "description": description,
    })
}

pub(super) fn required(otherwise: &str) -> Value {
    everywhere_or_in(&format!(
        "Where it must be there: `true`, `false`, or a list of environments. Default: {otherwise}."
    ))
}

/// A program and its arguments.
pub(super) fn command(description: &str) -> Value {
    json!({
        "type": "array",
        "items": [{ "type": "string", "pattern": r"\S" }],
        "additionalItems": { "type": "string" },
        "minItems": 1,
        "description": description,
    })
}
