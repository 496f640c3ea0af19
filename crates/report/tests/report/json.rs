//! The document: its fields, and that each is filled from the run.

use crate::runs::{self, Run, ending};
use bootproof_core::*;
use bootproof_report::Report;
use serde_json::{Value, json};

fn document(state: &RunState) -> Value {
    serde_json::from_str(&Report::from_state(state, Strictness::default()).to_json()).unwrap()
}

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

fn sorted<const N: usize>(mut names: [&str; N]) -> Vec<&str> {
    names.sort_unstable();
    names.to_vec()
}

#[test]
fn a_document_has_exactly_the_published_fields() {
    let json = document(&runs::degraded().state);
    assert_eq!(
        keys(&json),
        sorted([
            "schemaVersion",
            "service",
            "environment",
            "startedAt",
            "durationMs",
            "seed",
            "budgetMs",
            "outcome",
            "exitCode",
            "notes",
            "diagnoses",
            "fixes",
            "services",
            "totals",
            "startup_fixes",
        ])
    );
    assert_eq!(
        keys(&json["fixes"][0]),
        sorted([
            "id",
            "title",
            "criticality",
            "verdict",
            "scope",
            "attempts",
            "durationMs",
            "needs",
            "phases",
            "evidence",
            "retried",
            "skipped",
            "undone",
            "diagnosis",
        ])
    );
    assert_eq!(keys(&json["fixes"][0]["evidence"][0]), sorted(["phase", "did", "saw", "at", "ms"]));
    assert_eq!(
        keys(&json["services"][0]),
        sorted([
            "id",
            "kind",
            "required",
            "verdict",
            "attempts",
            "durationMs",
            "identity",
            "evidence",
            "skipped",
            "diagnosis"
        ])
    );
    let redis = json["fixes"].as_array().unwrap().iter().find(|fix| fix["id"] == "redis").unwrap();
    assert_eq!(keys(&redis["diagnosis"]), sorted(["code", "what", "why", "now", "action", "retry"]));
    assert_eq!(keys(&json["totals"]), sorted(["fixes", "proven", "degraded", "unproven", "failed", "skipped"]));
}

#[test]
fn a_degraded_run_as_a_whole() {
    insta::assert_snapshot!(Report::from_state(&runs::degraded().state, Strictness::default()).to_json());
}

#[test]
fn a_seed_keeps_its_last_digit() {
    assert_eq!(document(&runs::all_proven().state)["seed"], "18446744073709551614");
}

#[test]
fn fixes_and_services_are_told_in_the_order_of_the_plan() {
    let json = document(&runs::all_proven().state);
    let ids = |list: &Value| {
        list.as_array().unwrap().iter().map(|e| e["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&json["fixes"]), ["environment", "ports", "database", "tasks", "redis"]);
    assert_eq!(ids(&json["services"]), ["database.main", "redis.cache", "clickhouse.analytics"]);
}

#[test]
fn nothing_declared_is_told_as_a_problem_of_the_run() {
    let json = document(&runs::skipped().state);
    assert_eq!(json["diagnoses"][0]["code"], "RUN-007");
    assert_eq!((json["outcome"].as_str(), json["exitCode"].as_u64()), (Some("failed"), Some(78)));
    assert_eq!(json["startup_fixes"]["successful_fixes"], json!([]));
    assert_eq!(json["startup_fixes"]["skipped_fixes"].as_array().unwrap().len(), 5);
}

#[test]
fn a_run_that_ended_early_says_how_in_its_notes() {
    let notes = |run: Run| document(&run.state)["notes"].to_string();
    assert!(notes(runs::cancelled()).contains("SIGINT ended the run"));
    assert!(notes(runs::dropped()).contains("did not reach its end"));
    assert!(notes(runs::out_of_budget()).contains("the budget of 30 s ran out"));
    assert!(notes(runs::failed()).contains("stopped when `database.main` failed"));
    assert_eq!(notes(runs::all_proven()), "[]");
}

#[test]
fn what_was_taken_back_and_what_is_stuck_is_told() {
    let json = document(&runs::failed().state);
    assert_eq!(json["fixes"][0]["undone"], json!({ "result": "undone", "diagnosis": null }));
    assert_eq!(json["fixes"][1]["undone"]["result"], "stuck");
    assert_eq!(json["fixes"][1]["undone"]["diagnosis"]["code"], "RUN-006");
    assert_eq!(document(&runs::all_proven().state)["fixes"][0]["undone"], Value::Null);
}

#[test]
fn the_third_try_that_worked_counts_two_retries_in_the_ancestors_block() {
    let away = || Diagnosis::new("RUN-002", "away").away();
    let state = Run::of(runs::chat())
        .begins("redis", 1)
        .retries("redis", 1, away())
        .retries("redis", 2, away())
        .ends("redis", runs::proven(Scope::Server))
        .runs("tasks", &[], runs::proven(Scope::Process))
        .over(RunEnd::Completed);
    let json = document(&state);
    let block = &json["startup_fixes"];
    assert_eq!(block["retry_summary"], json!({ "total_retries": 2, "fixes_with_retries": { "redis_fallback": 2 } }));
    assert_eq!(block["fix_details"]["redis_fallback"]["attempts"], 3);
    assert_eq!(
        json["fixes"].as_array().unwrap().iter().find(|f| f["id"] == "redis").unwrap()["retried"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[test]
fn the_ancestors_lists_follow_from_the_verdicts_and_hold_each_of_the_five_once() {
    let state = Run::of(runs::chat())
        .runs("environment", &[], runs::proven(Scope::Process))
        .runs("ports", &[], Ending::failed(Diagnosis::new("PORT-002", "taken")))
        .runs("database", &[], ending(Verdict::Unproven, Scope::Server, Some(diagnose::not_robust())))
        .runs("redis", &[], ending(Verdict::Degraded, Scope::Process, Some(runs::silent_redis())))
        .skips("tasks", Skip::NothingDeclared)
        .over(RunEnd::Completed);
    let block = &document(&state)["startup_fixes"];
    assert_eq!(block["total_fixes"], 5);
    assert_eq!(block["successful_fixes"], json!(["environment_fixes", "redis_fallback"]));
    assert_eq!(block["failed_fixes"], json!(["port_conflict_resolution", "database_transaction"]));
    assert_eq!(block["skipped_fixes"], json!(["background_task_timeout"]));
    assert_eq!(block["fix_details"]["port_conflict_resolution"]["error"], "PORT-002: taken");
    assert_eq!(block["fix_details"]["redis_fallback"]["error"], Value::Null);
    assert_eq!(block["fix_details"]["background_task_timeout"]["details"], json!(["skipped: nothing declared"]));
}

#[test]
fn a_fix_that_is_not_in_the_plan_is_no_success_of_the_ancestor() {
    let state = Run::of(vec![Card::fix("mine", "own"), Card::service("redis", "not a fix", "redis")])
        .runs("mine", &[], runs::proven(Scope::Process))
        .runs("redis", &[], runs::answered("Redis 7"))
        .over(RunEnd::Completed);
    let block = &document(&state)["startup_fixes"];
    assert_eq!((block["total_fixes"].as_u64(), block["skipped_fixes"].as_array().unwrap().len()), (Some(5), 5));
    assert_eq!(block["successful_fixes"], json!([]));
}

#[test]
fn under_fail_on_degraded_the_exit_code_is_3() {
    let report = Report::from_state(&runs::degraded().state, Strictness { fail_on_degraded: true });
    assert_eq!(report.exit_code, 3);
}
