//! `[env]` and `[env.NAME]`.

use super::words::{
    VARIABLE, closed, everywhere_or_in, flag, list_of, named, needing, one_of, required, text, texts, word_like,
};
use crate::file::env::COUNTS;
use bootproof_env::{Access, Count, Group, Type};
use serde_json::{Map, Value, json};

mod variable;

/// A day, as it is documented.
const DAY: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";
/// A day or a version.
const REMOVAL: &str = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$|^[0-9]+\.[0-9]+\.[0-9]+";

/// What documents a type, in the order of [`Type::WORDS`].
const TYPES: [&str; 21] = [
    "any text that is not blank (default)",
    "any text that is not blank, never shown",
    "true or false, also 1/0, yes/no, on/off",
    "a whole number; `min`, `max`",
    "a decimal number; `min`, `max`",
    "0 to 65535; `min`, `max`",
    "a URL; `schemes`",
    "a host name or an IP address",
    "host:port",
    "an e-mail address",
    "a number and `ms`, `s`, `m`, `h` or `d`; `min`, `max`",
    "a number of bytes, such as 10MiB; `min`, `max`",
    "one of `values`",
    "items separated by commas; `values`",
    "a JSON document",
    "a path; `must`",
    "a UUID",
    "a version such as 1.2.3",
    "an IP address",
    "a network such as 10.0.0.0/8",
    "a regular expression",
];

pub(super) fn env() -> Value {
    let mut env = named("The variables of the service, and what holds for several of them.", VARIABLE, variable());
    let mut properties = Map::new();
    properties.insert("groups".into(), groups());
    let dotenv =
        "Where .env files are read: `true`, `false`, or a list of environments. Default: development and test.";
    properties.insert("dotenv".into(), everywhere_or_in(dotenv));
    for (key, count) in COUNTS {
        properties.insert(key.into(), together(count));
    }
    properties.insert("rules".into(), rules());
    env["properties"] = properties.into();
    env
}

fn groups() -> Value {
    let name = one_of(&Group::NAMES, "The group.");
    let prefix = word_like(VARIABLE, "What stands before the name of each of its variables: \"CACHE_\".");
    let properties = json!({ "group": name, "prefix": prefix, "required": required("in staging and production") });
    let table = needing(&["group"], closed("A group with a prefix, or required elsewhere.", properties));
    json!({
        "type": "array",
        "items": { "anyOf": [{ "type": "string", "enum": Group::NAMES }, table] },
        "description": "Ready-made groups of variables with their usual names, such as [\"postgres\", \"redis\"].",
    })
}

fn together(count: Count) -> Value {
    let description = match count {
        Count::One => "Of each list of names, one variable has a value, and one only.",
        Count::Any => "Of each list of names, one variable or more have a value.",
        Count::OneAtMost => "Of each list of names, one variable at most has a value.",
        Count::AllOrNone => "Of each list of names, all variables have a value, or none.",
    };
    let names = json!({ "type": "array", "items": { "type": "string" }, "minItems": 2 });
    json!({ "type": "array", "items": names, "description": description })
}

fn rules() -> Value {
    let properties = json!({ "rule": text("The condition."), "message": text("What to tell when it does not hold.") });
    let table = needing(&["rule"], closed("A condition with words of your own.", properties));
    json!({
        "type": "array",
        "items": { "anyOf": [{ "type": "string" }, table] },
        "description": "Conditions that must hold, such as [\"POOL_MIN <= POOL_MAX\"].",
    })
}

fn variable() -> Value {
    let mut kind = one_of(&Type::WORDS, "What its text must be. Default: `string`.");
    kind["default"] = json!("string");
    // Taplo shows these beside the words.
    kind["x-taplo"] = json!({ "docs": { "enumValues": TYPES } });
    let mut variable = closed(
        "A variable of the service.",
        json!({
            "type": kind,
            "schemes": texts("The schemes a URL may have, such as [\"postgres\"]. Default: any."),
            "values": texts("The words an `enum`, or an item of a `list`, may be."),
            "must": list_of(&Access::WORDS.map(|(word, _)| word), "What a path must be or allow."),
            "min": variable::bound("The least it may be, as a number or as a text such as \"1s\" or \"1KiB\"."),
            "max": variable::bound("The most it may be, as a number or as a text such as \"5m\" or \"10MiB\"."),
            "min_length": variable::length("The fewest characters; of a list: items."),
            "max_length": variable::length("The most characters; of a list: items."),
            "pattern": { "type": "string", "description": "A regular expression that the whole text must match." },
            "aliases": aliases(),
            "required": required("`false`"),
            "required_if": { "type": "string", "description": "A condition under which it must be set, such as \"AUTH_MODE == 'oauth'\"." },
            "forbidden": everywhere_or_in("Where it must not be set: `true`, `false`, or a list of environments."),
            "localhost": everywhere_or_in("Where it may lead to this machine although that is an error in staging and production (ENV-021)."),
            "secret": flag("Never show it, whatever its type."),
            "default": variable::default(),
            "example": text("A value to show in .env.example."),
            "docs": text("What it is for."),
        }),
    );
    variable::add_conditions(&mut variable);
    variable
}

fn aliases() -> Value {
    let properties = json!({
        "name": word_like(VARIABLE, "The older name."),
        "deprecated_since": word_like(DAY, "Since when it should no longer be used: a day such as \"2026-12-31\"."),
        "removed_in": word_like(REMOVAL, "When it is read no more: a day, or a version of the service such as \"3.0.0\"."),
    });
    let table = needing(&["name"], closed("An older name with the dates on which it goes.", properties));
    json!({
        "type": "array",
        "items": { "anyOf": [{ "type": "string", "pattern": VARIABLE }, table] },
        "description": "Older names it may still be set under; when two are set, they must agree.",
    })
}
