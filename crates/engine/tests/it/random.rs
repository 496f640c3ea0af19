//! Random graphs with random scripts: what must hold for all of them.

use crate::bench_of_fixes::*;
use bootproof_core::{Budget, Card, Criticality, Event, Node, RunState, Verdict};
use bootproof_engine::{Engine, UNDO_GRACE, Work};
use proptest::prelude::*;
use std::time::Duration;

#[derive(Debug, Clone)]
struct Spec {
    needs: Vec<(usize, bool)>,
    script: u8,
    time: u64,
    limit: u64,
    required: bool,
}

fn specs() -> impl Strategy<Value = Vec<Spec>> {
    let spec = (
        proptest::collection::vec((0_usize..100, any::<bool>()), 0..4),
        0_u8..8,
        0_u64..8_000,
        1_u64..12_000,
        any::<bool>(),
    )
        .prop_map(|(needs, script, time, limit, required)| Spec { needs, script, time, limit, required });
    proptest::collection::vec(spec, 1..25)
}

fn work(specs: &[Spec]) -> Vec<Work> {
    let log = journal();
    specs
        .iter()
        .enumerate()
        .map(|(i, spec)| {
            let mut card =
                Card::fix(i.to_string(), "t").limit(ms(spec.limit)).criticality(Criticality::when(spec.required));
            for (need, required) in spec.needs.iter().filter(|_| i > 0) {
                let id = (need % i).to_string();
                card = if *required { card.needs(id) } else { card.after(id) };
            }
            let script = match spec.script {
                0 => Script::Hang,
                1 => Script::Panic,
                2 => Script::Fail(wrong()),
                3 => Script::FailTimes(spec.time as u32 % 6, away()),
                4 | 5 => Script::Sleep(ms(spec.time)),
                _ => Script::Ok,
            };
            Scripted::new(card, &log).prove(script).work()
        })
        .collect()
}

fn paused<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(future)
}

/// When each node began and ended, in order of the events.
fn no_node_begins_before_its_needs_are_done(state: &RunState, events: &[Event]) {
    let mut done = vec![false; state.plan.len()];
    for event in events {
        match event {
            Event::Attempt { node, .. } => {
                assert!(
                    state.plan.needs(*node).iter().all(|(need, _)| done[need.0]),
                    "{node:?} began before its needs"
                );
            }
            Event::Ended { node, .. } => done[node.0] = true,
            _ => {}
        }
    }
}

fn says_only_what_was_shown(state: &RunState, specs: &[Spec]) {
    for (i, spec) in specs.iter().enumerate() {
        let node = Node(i);
        let cannot_hold = spec.script <= 2 || ((4..=5).contains(&spec.script) && spec.time > spec.limit);
        if state.verdict(node) == Verdict::Proven {
            assert!(!cannot_hold, "{i} cannot hold and was called proven: {spec:?}");
            assert!(!state.node(node).evidence.is_empty());
            assert!(state.plan.needs(node).iter().all(|(n, required)| !required || state.verdict(*n).is_success()));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_graph_keeps_order_budget_and_truth(specs in specs(), seed: u64, budget in 1_u64..40) {
        let mut policy = policy();
        policy.budget = Budget::new(secs(budget));
        let (state, events) = paused(run_with_events(work(&specs), policy.clone(), seed));
        no_node_begins_before_its_needs_are_done(&state, &events);
        says_only_what_was_shown(&state, &specs);
        prop_assert!(state.duration() <= secs(budget) + UNDO_GRACE, "{:?}", state.duration());
        prop_assert!(state.end().is_some());
        // The same seed gives the same events at the same times.
        let (_, again) = paused(run_with_events(work(&specs), policy, seed));
        prop_assert_eq!(events, again);
    }

    #[test]
    fn dropping_a_run_at_any_moment_leaves_a_truthful_report(specs in specs(), cut in 0_u64..20_000) {
        let view = paused(async {
            let run = Engine::new(work(&specs), settings(policy(), 1)).unwrap().start(None);
            let view = run.view();
            let ended = tokio::time::timeout(Duration::from_millis(cut), run.finish()).await;
            drop(ended);
            view
        });
        let state = view.snapshot();
        says_only_what_was_shown(&state, &specs);
        if state.end().is_none() {
            prop_assert_eq!(state.outcome(), bootproof_core::Outcome::Failed);
        }
        for node in state.plan.order() {
            prop_assert!(state.verdict(*node) != Verdict::Proven || state.node(*node).ending.is_some());
        }
    }
}
