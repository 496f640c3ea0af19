//! Limits and the budget.

use crate::bench_of_fixes::*;
use bootproof_core::{Budget, Card, Criticality, ExitCode, RunEnd, Strictness, Verdict};

#[tokio::test(start_paused = true)]
async fn a_step_ends_at_its_own_limit_and_says_what_it_was_doing() {
    let log = journal();
    let fix = Scripted::new(Card::fix("a", "a").limit(secs(2)), &log).prove(Script::Hang).work();
    let state = run(vec![fix], policy()).await;
    assert_eq!(state.duration(), secs(2));
    let diagnosis = state.ending(state.plan.find("a").unwrap()).diagnosis.unwrap();
    assert_eq!(diagnosis.code, "RUN-002");
    assert!(diagnosis.why[0].contains("prove"), "{diagnosis}");
}

#[tokio::test(start_paused = true)]
async fn five_hanging_fixes_behind_each_other_end_within_the_budget() {
    let log = journal();
    let work = (0..5)
        .map(|i| {
            let card = Card::fix(i.to_string(), "t");
            let card = if i > 0 { card.after((i - 1).to_string()) } else { card };
            Scripted::new(card, &log).prove(Script::Hang).work()
        })
        .collect();
    let state = run(work, policy()).await;
    assert_eq!(state.end(), Some(&RunEnd::BudgetRanOut));
    assert_eq!(state.duration(), secs(30));
    assert_eq!(state.exit_code(Strictness::default()), ExitCode::BUDGET);
    let codes: Vec<_> = state.plan.order().iter().map(|n| state.ending(*n).diagnosis.map(|d| d.code)).collect();
    assert_eq!(codes, [Some("RUN-002"), Some("RUN-002"), Some("RUN-003"), None, None]);
}

#[tokio::test(start_paused = true)]
async fn five_failing_fixes_stay_within_what_the_plan_says() {
    let log = journal();
    let work: Vec<_> = (0..5)
        .map(|i| {
            let card = Card::fix(i.to_string(), "t");
            let card = if i > 0 { card.after((i - 1).to_string()) } else { card };
            Scripted::new(card, &log).prove(Script::Fail(away())).work()
        })
        .collect();
    let policy = policy();
    let engine = bootproof_engine::Engine::new(work.clone(), settings(policy.clone(), 1)).unwrap();
    let worst = engine.plan().worst_case(&policy);
    let state = run(work, policy).await;
    assert!(worst.exceeds_budget && state.duration() <= worst.bounded, "{:?} {worst:?}", state.duration());
}

#[tokio::test(start_paused = true)]
async fn a_budget_that_ran_out_on_something_optional_only_degrades() {
    let log = journal();
    let optional = Card::fix("a", "a").criticality(Criticality::Optional);
    let work =
        vec![Scripted::new(optional, &log).prove(Script::Hang).work(), Scripted::new(Card::fix("b", "b"), &log).work()];
    let mut policy = policy();
    policy.budget = Budget::new(secs(5));
    let state = run(work, policy).await;
    assert_eq!(state.end(), Some(&RunEnd::BudgetRanOut));
    assert_eq!(state.exit_code(Strictness::default()), ExitCode::OK);
    assert_eq!(state.outcome(), bootproof_core::Outcome::Degraded);
    assert_eq!(state.verdict(state.plan.find("b").unwrap()), Verdict::Proven);
    assert!(!log.lock().unwrap().contains(&"undo b".to_owned()), "what was applied stays when the service may start");
    assert!(log.lock().unwrap().contains(&"undo a".to_owned()), "but not what was cut off");
}

/// Not on the paused clock: the thread is blocked for real.
#[test]
fn a_fix_that_blocks_its_thread_cannot_keep_the_run_beyond_its_budget_for_long() {
    struct Blocking(Card);
    impl bootproof_core::Service for Blocking {
        fn card(&self) -> &Card {
            &self.0
        }
        fn probe<'a>(&'a self, _: &'a bootproof_core::Cx) -> bootproof_core::Phase<'a, bootproof_core::Identity> {
            Box::pin(async {
                std::thread::sleep(secs(30));
                Ok(bootproof_core::Identity("late".into()))
            })
        }
    }
    let mut policy = policy();
    policy.budget = Budget::new(ms(100));
    let began = std::time::Instant::now();
    let work = vec![bootproof_engine::Work::Service(std::sync::Arc::new(Blocking(Card::service("a", "a", "tcp"))))];
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap();
    let state = runtime.block_on(run(work, policy));
    // The blocked worker would keep a plain drop waiting.
    runtime.shutdown_background();
    assert_eq!(state.end(), Some(&RunEnd::BudgetRanOut));
    assert_eq!(state.exit_code(Strictness::default()), ExitCode::BUDGET);
    // 100 ms and twice the grace of two seconds; nowhere near the 30 s of the blocked thread.
    assert!(began.elapsed() < secs(20), "{:?}", began.elapsed());
}
