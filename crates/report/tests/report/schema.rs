//! The schema in `docs/` is that of the types, and real documents keep to it.

use crate::runs;
use bootproof_core::{RunState, Strictness};
use bootproof_report::{Report, schema};
use serde_json::{Value, json};

fn published() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/report.schema.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn documents() -> impl Iterator<Item = (&'static str, Value)> {
    let document = |state: &RunState| serde_json::to_value(Report::from_state(state, Strictness::default())).unwrap();
    runs::all().into_iter().map(move |(name, run)| (name, document(&run.state)))
}

#[test]
fn the_schema_in_docs_is_the_one_of_the_types() {
    assert_eq!(published(), schema(), "run `cargo run -p bootproof-report --features schema --example schema`");
}

#[test]
fn documents_with_every_verdict_keep_to_the_published_schema() {
    let validator = jsonschema::options().should_validate_formats(true).build(&published()).unwrap();
    let mut verdicts = vec![];
    for (name, document) in documents() {
        let errors: Vec<String> =
            validator.iter_errors(&document).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(errors.is_empty(), "{name}: {errors:#?}");
        for fix in document["fixes"].as_array().unwrap() {
            verdicts.push(fix["verdict"].as_str().unwrap().to_owned());
        }
    }
    verdicts.sort_unstable();
    verdicts.dedup();
    assert_eq!(verdicts, ["degraded", "failed", "proven", "skipped", "unproven"]);
}

#[test]
fn a_document_that_breaks_the_schema_is_refused() {
    let validator = jsonschema::options().should_validate_formats(true).build(&published()).unwrap();
    let (_, good) = documents().next().unwrap();
    type Spoil = fn(&mut Value);
    let spoil: [(&str, Spoil); 8] = [
        ("another version", |d| d["schemaVersion"] = json!(2)),
        ("an unknown verdict", |d| d["fixes"][0]["verdict"] = json!("done")),
        ("a seed as a number", |d| d["seed"] = json!(1)),
        ("a missing field", |d| drop(d.as_object_mut().unwrap().remove("startup_fixes"))),
        ("a missing nullable field", |d| drop(d["fixes"][0].as_object_mut().unwrap().remove("diagnosis"))),
        ("a date without a zone", |d| d["startedAt"] = json!("2026-01-01 12:00")),
        ("a name the ancestor did not have", |d| d["startup_fixes"]["successful_fixes"] = json!(["ports"])),
        ("a negative count", |d| d["totals"]["proven"] = json!(-1)),
    ];
    assert!(validator.is_valid(&good));
    for (what, how) in spoil {
        let mut bad = good.clone();
        how(&mut bad);
        assert!(!validator.is_valid(&bad), "{what} was accepted");
    }
}
