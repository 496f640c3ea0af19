//! A plan before it runs.

use crate::runs;
use bootproof_core::{Card, Criticality, Environment, Plan, Policy};
use bootproof_report::{PlanView, Style};
use std::time::Duration;

fn with<T>(environment: Environment, change: fn(&mut Policy), render: impl Fn(PlanView<'_>) -> T) -> T {
    let (plan, mut policy) = (Plan::new(runs::chat()).unwrap(), Policy::builtin(environment));
    change(&mut policy);
    render(PlanView { plan: &plan, policy: &policy, undo_grace: Duration::from_secs(5) })
}

fn redis_off(policy: &mut Policy) {
    policy.switched_off.insert("redis".into(), "[fixes] redis = false".into());
}

#[test]
fn a_plan_within_its_budget() {
    let text = with(Environment::Staging, redis_off, |view| view.text(&Style::default()));
    insta::assert_snapshot!(text);
    assert!(!text.contains("exceeds"));
}

#[test]
fn a_worst_case_beyond_the_budget_is_told_loudly() {
    let text = with(Environment::Production, |policy| policy.robust = false, |view| view.text(&Style::default()));
    insta::assert_snapshot!(text);
    assert!(text.contains("! the worst case exceeds the budget by 35 s"), "{text}");
}

#[test]
fn what_is_switched_off_takes_no_time_in_the_worst_case() {
    let worst = |change: fn(&mut Policy)| {
        let json = with(Environment::Staging, change, |view| view.json());
        serde_json::from_str::<serde_json::Value>(&json).unwrap()["worstCase"]["longestMs"].as_u64()
    };
    let database_off =
        |policy: &mut Policy| drop(policy.switched_off.insert("database".into(), "--skip database".into()));
    assert_eq!((worst(redis_off), worst(database_off)), (Some(25_000), Some(22_000)));
}

#[test]
fn a_plan_in_dot_mermaid_and_json() {
    insta::assert_snapshot!("dot", with(Environment::Staging, redis_off, |view| view.dot()));
    insta::assert_snapshot!("mermaid", with(Environment::Staging, redis_off, |view| view.mermaid()));
    insta::assert_snapshot!("json", with(Environment::Staging, redis_off, |view| view.json()));
}

#[test]
fn names_cannot_break_out_of_a_picture() {
    let evil = "a\"];\n\\ <b>#`";
    let plan = Plan::new(vec![Card::fix(evil, "x").criticality(Criticality::Optional)]).unwrap();
    let policy = Policy::builtin(Environment::Test);
    let view = PlanView { plan: &plan, policy: &policy, undo_grace: Duration::ZERO };
    assert!(view.dot().contains(r#"label="a\"]; \\ <b>#`\noptional, 10 s"]"#), "{}", view.dot());
    assert!(view.mermaid().contains(r#"n0["a#quot;]; \ #lt;b#gt;#35;#96;<br/>optional, 10 s"]"#), "{}", view.mermaid());
    assert_eq!(serde_json::from_str::<serde_json::Value>(&view.json()).unwrap()["nodes"][0]["id"], evil);
}

#[test]
fn an_empty_plan_can_be_shown() {
    let (plan, policy) = (Plan::new(vec![]).unwrap(), Policy::builtin(Environment::Test));
    let view = PlanView { plan: &plan, policy: &policy, undo_grace: Duration::ZERO };
    assert!(view.text(&Style::default()).contains("0 fixes"));
    assert_eq!(view.dot(), "digraph plan {\n  rankdir=LR;\n}\n");
}
