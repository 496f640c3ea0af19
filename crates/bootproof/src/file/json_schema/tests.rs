//! The schema names exactly the keys that the parser asks for, is the one in `docs/`, and takes what is documented.

use super::json_schema;
use crate::file::{File, notes::Notes, section::Section};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};
use toml::de::DeTable;

/// A file with every section, every key and every type.
pub(super) const WHOLE: &str = include_str!("whole.toml");

pub(super) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

pub(super) fn validator() -> jsonschema::Validator {
    jsonschema::options().should_validate_formats(true).build(&json_schema()).unwrap()
}

/// A TOML text as the JSON that editors validate.
pub(super) fn as_json(text: &str) -> Value {
    serde_json::to_value(toml::from_str::<toml::Table>(text).unwrap()).unwrap()
}

/// What the schema says against `text`.
pub(super) fn complaints(text: &str) -> Vec<String> {
    validator().iter_errors(&as_json(text)).map(|e| format!("{}: {e}", e.instance_path())).collect()
}

/// The keys that each table of `text` was asked for, by its path in the schema.
fn asked(text: &str) -> BTreeMap<String, BTreeSet<&'static str>> {
    let notes = Notes::on(text);
    let (table, errors) = DeTable::parse_recoverable(text);
    assert!(errors.is_empty(), "{errors:?}");
    let file = File::take(Section::whole(&notes, table.get_ref()), Path::new("whole.toml"));
    drop(file);
    let mut asked: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for (path, key) in notes.asked.take() {
        asked.entry(path).or_default().insert(key);
    }
    assert!(notes.into_problems().is_empty());
    asked
}

/// The schema of the table at `path`, through names and lists.
pub(super) fn table_at<'s>(schema: &'s Value, path: &str) -> &'s Value {
    let parts = path.split('.').filter(|part| !part.is_empty());
    parts.fold(schema, |table, part| {
        let named = Some(&table["additionalProperties"]).filter(|each| each.is_object());
        let below =
            table["properties"].get(part).or(named).unwrap_or_else(|| panic!("`{part}` of [{path}] is unknown"));
        let below = resolved(schema, below);
        // Of a list, what its items may be besides texts.
        below["items"]["anyOf"]
            .as_array()
            .and_then(|kinds| kinds.iter().find(|kind| kind["type"] == "object"))
            .unwrap_or(below)
    })
}

fn resolved<'s>(schema: &'s Value, node: &'s Value) -> &'s Value {
    node["$ref"].as_str().map_or(node, |to| schema.pointer(to.trim_start_matches('#')).unwrap())
}

#[test]
fn every_table_has_exactly_the_keys_that_the_parser_asks_for() {
    let schema = json_schema();
    for (path, keys) in asked(WHOLE) {
        let properties = table_at(&schema, &path)["properties"].as_object().unwrap_or_else(|| panic!("[{path}]"));
        assert_eq!(properties.keys().map(String::as_str).collect::<BTreeSet<_>>(), keys, "[{path}]");
    }
}

#[test]
fn every_table_of_the_schema_is_one_that_the_parser_reads() {
    let schema = json_schema();
    let read = asked(WHOLE);
    let read: Vec<*const Value> = read.keys().map(|path| std::ptr::from_ref(table_at(&schema, path))).collect();
    // Their keys are data, made from the same lists as the parser's: environments, codes of rules, fixes.
    let data =
        ["policy", "fixes", "policy.production.severity"].map(|path| std::ptr::from_ref(table_at(&schema, path)));
    let mut unread = vec![];
    walk(&schema, "", &mut |path, node| {
        let keys = node["properties"].is_object() && !is_conditional(path);
        let default = path.ends_with("/default/anyOf/1");
        let rule = path.starts_with("/definitions/severity/properties/");
        let known = [read.as_slice(), &data].concat().contains(&std::ptr::from_ref(node));
        // Another environment's table is the same; a test beside this one compares them.
        let other =
            ["development", "test", "staging"].iter().any(|e| path == format!("/properties/policy/properties/{e}"));
        if keys && !known && !default && !rule && !other {
            unread.push(path.to_owned());
        }
    });
    assert_eq!(unread, [""; 0]);
}

#[test]
fn each_environment_and_each_rule_has_the_same_keys() {
    let schema = json_schema();
    let keys = |node: &Value| node["properties"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let same = |tables: &Value| {
        let mut all: Vec<_> = tables.as_object().unwrap().values().map(keys).collect();
        all.dedup();
        all.len() == 1
    };
    assert!(same(&schema["properties"]["policy"]["properties"]));
    assert!(same(&schema["definitions"]["severity"]["properties"]));
}

/// Calls `visit` with every node that is an object, and its JSON pointer.
fn walk<'s>(node: &'s Value, path: &str, visit: &mut dyn FnMut(&str, &'s Value)) {
    visit(path, node);
    let children: Vec<(String, &Value)> = match node {
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), value)).collect(),
        Value::Array(list) => list.iter().enumerate().map(|(at, value)| (at.to_string(), value)).collect(),
        _ => vec![],
    };
    for (key, value) in children {
        walk(value, &format!("{path}/{key}"), visit);
    }
}

fn is_conditional(path: &str) -> bool {
    path.split('/').any(|part| ["if", "then", "else"].contains(&part))
}

#[test]
fn every_key_says_what_it_is_for() {
    let schema = json_schema();
    let mut silent = vec![];
    walk(&schema, "", &mut |path, node| {
        for (key, value) in node["properties"].as_object().into_iter().flatten() {
            if !is_conditional(path) && resolved(&schema, value)["description"].as_str().is_none_or(str::is_empty) {
                silent.push(format!("{path}/{key}"));
            }
        }
    });
    assert_eq!(silent, [""; 0]);
}

#[test]
fn the_schema_in_docs_is_the_one_of_the_code_and_a_schema_of_draft_07() {
    let path = repository("docs/bootproof.schema.json");
    let published: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(published, json_schema(), "run `cargo run -p bootproof --features schema --example file-schema`");
    assert!(jsonschema::draft7::meta::is_valid(&published));
}

#[test]
fn no_table_with_keys_has_all_of_because_taplo_then_completes_none() {
    walk(&json_schema(), "", &mut |path, node| assert!(node["allOf"].is_null(), "{path}"));
}

#[test]
fn files_that_start_a_service_are_taken() {
    let own = fs::read_to_string(repository("bootproof.toml")).unwrap();
    for text in [WHOLE, &own, "", "[env]\n[tasks]\n[fixes]\n"] {
        assert!(File::parse(text, Path::new("b.toml")).is_ok());
        assert_eq!(complaints(text), [""; 0]);
    }
}
