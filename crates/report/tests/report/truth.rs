//! Whatever happened, and wherever it stopped: nothing is called proven that was not, and nothing breaks the report.

use crate::runs;
use bootproof_core::*;
use bootproof_report::{Detail, Report, Style, progress, text};
use proptest::prelude::*;
use serde_json::Value;
use std::time::Duration;

const NODES: usize = 8;

fn rendered(state: &RunState, detail: Detail) -> String {
    text(state, Strictness::default(), detail, &Style::default())
}

/// The ancestor's names of the fixes of [`runs::chat`].
const ANCESTOR: [(&str, &str); 5] = [
    ("environment", "environment_fixes"),
    ("ports", "port_conflict_resolution"),
    ("database", "database_transaction"),
    ("tasks", "background_task_timeout"),
    ("redis", "redis_fallback"),
];

/// The verdicts on `id` as each of the three forms gives them: the text, the document, and the ancestor's block in it.
fn claims(text: &str, json: &Value, id: &str) -> Vec<String> {
    let word = |verdict: &Value| verdict.as_str().unwrap().to_owned();
    let entries = json["fixes"].as_array().unwrap().iter().chain(json["services"].as_array().unwrap());
    let mut claims: Vec<String> = entries.filter(|e| e["id"] == id).map(|e| word(&e["verdict"])).collect();
    let rows = text.lines().filter(|line| line.split_whitespace().nth(2) == Some(id));
    claims.extend(rows.map(|row| row.split_whitespace().nth(1).unwrap().to_owned()));
    if let Some((_, name)) = ANCESTOR.iter().find(|(ours, _)| *ours == id) {
        let block = &json["startup_fixes"];
        claims.push(word(&block["fix_details"][name]["verdict"]));
        if block["successful_fixes"].as_array().unwrap().iter().any(|n| n == name) {
            claims.push("counted as a success".to_owned());
        }
    }
    claims
}

/// Only what ended with a success may be told as one.
fn nothing_is_claimed_too_early(state: &RunState) -> Result<(), TestCaseError> {
    let text = rendered(state, Detail::Normal);
    let json = serde_json::to_value(Report::from_state(state, Strictness::default())).unwrap();
    for node in (0..state.plan.len()).map(Node) {
        let id = &state.plan.card(node).id;
        let told = claims(&text, &json, id);
        prop_assert!(told.len() >= 2, "{} is not told in text and JSON: {:?}", id, told);
        let ended = state.node(node).ending.as_ref().map(|ending| ending.verdict);
        for claim in told {
            match ended {
                None => prop_assert!(claim == "failed" || claim == "skipped", "{} is told as {}", id, claim),
                Some(verdict) if claim == "counted as a success" => prop_assert!(verdict.is_success()),
                Some(verdict) => prop_assert_eq!(claim, verdict.as_str()),
            }
        }
    }
    Ok(())
}

#[test]
fn at_no_moment_of_any_run_is_anything_proven_before_its_end() {
    for (name, run) in runs::all() {
        let first = RunState::new(run.state.meta.clone(), run.state.plan.clone());
        for state in [&first].into_iter().chain(run.told.iter().map(|(_, state)| state)) {
            nothing_is_claimed_too_early(state).unwrap_or_else(|error| panic!("{name}: {error}"));
            let json = serde_json::to_value(Report::from_state(state, Strictness::default())).unwrap();
            if state.end().is_none() {
                assert_eq!(json["outcome"], "failed", "{name}: a run that is not over is no success");
                assert_ne!(json["exitCode"], 0, "{name}");
            }
        }
    }
}

fn diagnoses() -> impl Strategy<Value = Diagnosis> {
    ("[a-z` \n\u{1b}日]{0,60}", prop::collection::vec("[a-z/: ]{0,200}", 0..4), any::<bool>()).prop_map(
        |(what, why, away)| {
            let diagnosis = why.into_iter().fold(Diagnosis::new("RUN-001", what), Diagnosis::why).now("x").action("y");
            if away { diagnosis.away() } else { diagnosis }
        },
    )
}

fn endings() -> impl Strategy<Value = Ending> {
    let verdicts = prop::sample::select(vec![Verdict::Proven, Verdict::Degraded, Verdict::Unproven, Verdict::Failed]);
    let scopes = prop::option::of(prop::sample::select(vec![Scope::Server, Scope::Process, Scope::Child]));
    let ran = (verdicts, scopes, prop::option::of(diagnoses()), prop::option::of("[A-Za-z0-9. ]{0,30}")).prop_map(
        |(verdict, scope, diagnosis, identity)| Ending { verdict, scope, diagnosis, identity, skipped: None },
    );
    let skips = prop_oneof![
        Just(Skip::NothingDeclared),
        Just(Skip::OnlyLooked),
        "[a-z -]{0,90}".prop_map(|by| Skip::SwitchedOff { by }),
        "[a-z]{0,9}".prop_map(|id| Skip::NeedFailed { id }),
    ];
    prop_oneof![3 => ran, 1 => skips.prop_map(Ending::skipped)]
}

fn events() -> impl Strategy<Value = Event> {
    let node = || (0..NODES).prop_map(Node);
    let at = || prop_oneof![(0_u64..40_000).prop_map(Duration::from_millis), Just(Duration::MAX)];
    let step = || prop::sample::select(vec![Step::Inspect, Step::Apply, Step::Prove, Step::Undo]);
    let ends = prop_oneof![
        Just(RunEnd::Completed),
        Just(RunEnd::BudgetRanOut),
        node().prop_map(|by| RunEnd::Stopped { by }),
        (-3_i32..70).prop_map(|signal| RunEnd::Cancelled { signal }),
    ];
    prop_oneof![
        4 => (node(), 0_u32..5, at()).prop_map(|(node, attempt, at)| Event::Attempt { node, attempt, at }),
        4 => (node(), step(), at()).prop_map(|(node, step, at)| Event::StepBegan { node, step, at }),
        4 => (node(), step(), at()).prop_map(|(node, step, at)| Event::StepEnded { node, step, at }),
        4 => (node(), step(), ".{0,40}", ".{0,90}", at(), at()).prop_map(|(node, step, did, saw, at, took)| Event::Saw {
            node,
            evidence: Evidence { step, did, saw, at, took }
        }),
        2 => (node(), 0_u32..5, at(), diagnoses(), at()).prop_map(|(node, attempt, delay, diagnosis, at)| Event::Retrying {
            node,
            attempt,
            delay,
            diagnosis: Box::new(diagnosis),
            at
        }),
        4 => (node(), endings(), at()).prop_map(|(node, ending, at)| Event::Ended { node, ending: Box::new(ending), at }),
        1 => (node(), prop::option::of(diagnoses()), at()).prop_map(|(node, stuck, at)| Event::Undone {
            node,
            undoing: stuck.map_or(Undoing::Undone, |d| Undoing::Stuck(Box::new(d))),
            at
        }),
        1 => (ends, at()).prop_map(|(end, at)| Event::RunEnded { end, cleaned: true, at }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    /// Events in an order that no engine would make, too: a report must survive its engine's faults.
    #[test]
    fn no_prefix_of_any_events_claims_a_proof_that_did_not_end_or_breaks_the_report(
        events in prop::collection::vec(events(), 0..24),
        check: bool,
    ) {
        let mut state = runs::Run::of(runs::chat()).mode(if check { Mode::Check } else { Mode::Verify }).state;
        nothing_is_claimed_too_early(&state)?;
        for event in events {
            state.fold(event.clone());
            nothing_is_claimed_too_early(&state)?;
            let line = progress(&event, &state).unwrap_or_default();
            prop_assert!(line.is_ascii() && !line.contains(|c: char| c.is_control()), "{:?}", line);
            prop_assert!(rendered(&state, Detail::All).lines().all(|line| !line.contains(|c: char| c.is_control())));
        }
    }
}
