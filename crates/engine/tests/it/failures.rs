//! Retries, panics, and counting attempts as they were.

use crate::bench_of_fixes::*;
use bootproof_core::{Card, ExitCode, RunEnd, Strictness, Verdict};
use bootproof_engine::Engine;

#[tokio::test(start_paused = true)]
async fn the_third_try_works_and_the_report_says_three_attempts() {
    let log = journal();
    let state =
        run(vec![Scripted::new(Card::fix("a", "a"), &log).prove(Script::FailTimes(2, away())).work()], policy()).await;
    let node = state.plan.find("a").unwrap();
    assert_eq!(state.verdict(node), Verdict::Proven);
    assert_eq!(state.node(node).attempts, 3);
    assert_eq!(state.node(node).retried, [away(), away()]);
    assert_eq!(log.lock().unwrap().len(), 6, "each attempt applies and proves afresh");
}

#[tokio::test(start_paused = true)]
async fn what_time_cannot_cure_is_tried_once_and_not_waited_for() {
    let log = journal();
    let state = run(vec![Scripted::new(Card::fix("a", "a"), &log).prove(Script::Fail(wrong())).work()], policy()).await;
    assert_eq!(state.node(state.plan.find("a").unwrap()).attempts, 1);
    assert_eq!(state.duration(), secs(0));
}

#[tokio::test(start_paused = true)]
async fn retries_end_after_three_and_within_the_limit() {
    let log = journal();
    let mut policy = policy();
    policy.step_timeout = secs(100);
    policy.budget = bootproof_core::Budget::new(secs(200));
    let state = run(vec![Scripted::new(Card::fix("a", "a"), &log).apply(Script::Fail(away())).work()], policy).await;
    let node = state.plan.find("a").unwrap();
    assert_eq!(state.node(node).attempts, 4);
    assert!(state.duration() <= secs(7), "{:?}", state.duration());
    assert_eq!(state.exit_code(Strictness::default()), ExitCode::AWAY);
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_does_not_fit_the_limit_is_not_begun() {
    let log = journal();
    let mut policy = policy();
    policy.step_timeout = ms(1);
    let state = run(vec![Scripted::new(Card::fix("a", "a"), &log).apply(Script::Fail(away())).work()], policy).await;
    assert!(state.duration() <= ms(1));
    assert_eq!(state.ending(state.plan.find("a").unwrap()).diagnosis.unwrap().code, "TEST-001");
}

#[tokio::test(start_paused = true)]
async fn a_fix_that_breaks_is_its_own_outcome_and_does_not_stop_the_others() {
    let log = journal();
    let broken = Scripted::new(Card::fix("a", "a"), &log).prove(Script::Panic).work();
    let other = Scripted::new(Card::fix("b", "b"), &log).prove(Script::Sleep(secs(1))).work();
    let state = run(vec![broken, other], policy()).await;
    let diagnosis = state.ending(state.plan.find("a").unwrap()).diagnosis.unwrap();
    assert_eq!(diagnosis.code, "RUN-001");
    assert!(diagnosis.to_string().contains("scripted panic"), "{diagnosis}");
    assert_eq!(state.verdict(state.plan.find("b").unwrap()), Verdict::Proven);
    assert_eq!(state.exit_code(Strictness::default()), ExitCode::FAILED);
}

#[tokio::test(start_paused = true)]
async fn a_second_run_knows_nothing_of_the_first() {
    let log = journal();
    let fix = std::sync::Arc::new(Scripted::new(Card::fix("a", "a"), &log).prove(Script::FailTimes(1, wrong())));
    let work = || vec![bootproof_engine::Work::Fix(std::sync::Arc::clone(&fix) as _)];
    let first = run(work(), policy()).await;
    let second = run(work(), policy()).await;
    let node = first.plan.find("a").unwrap();
    assert_eq!((first.verdict(node), second.verdict(node)), (Verdict::Failed, Verdict::Proven));
    assert_eq!(second.node(node).attempts, 1);
    assert!(second.node(node).retried.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_signal_ends_the_run_with_a_report_and_its_exit_code() {
    for (signal, code) in [(2, 130), (15, 143)] {
        let log = journal();
        let hanging = Scripted::new(Card::fix("a", "a"), &log).prove(Script::Hang).work();
        let done = Scripted::new(Card::fix("b", "b"), &log).work();
        let never = Scripted::new(Card::fix("c", "c").needs("a"), &log).work();
        let run = Engine::new(vec![hanging, done, never], settings(policy(), 1)).unwrap().start(None);
        let stopper = run.stopper();
        tokio::spawn(async move {
            tokio::time::sleep(secs(3)).await;
            stopper.stop(signal);
            stopper.stop(9);
        });
        let state = run.finish().await.state;
        assert_eq!(state.end(), Some(&RunEnd::Cancelled { signal }));
        assert_eq!(state.exit_code(Strictness::default()).0, code);
        let of = |id| state.verdict(state.plan.find(id).unwrap());
        assert_eq!((of("a"), of("b"), of("c")), (Verdict::Failed, Verdict::Proven, Verdict::Skipped));
        assert!(
            log.lock().unwrap().contains(&"undo b".to_owned()),
            "a start that was ended takes back what it changed"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_dropped_run_leaves_a_truthful_snapshot() {
    let log = journal();
    let done = Scripted::new(Card::fix("done", "t"), &log).work();
    let hanging = Scripted::new(Card::fix("hanging", "t"), &log).prove(Script::Hang).work();
    let never = Scripted::new(Card::fix("never", "t").needs("hanging"), &log).work();
    let run = Engine::new(vec![done, hanging, never], settings(policy(), 1)).unwrap().start(None);
    let view = run.view();
    tokio::time::sleep(secs(1)).await;
    drop(run);
    tokio::time::sleep(secs(100)).await;
    let state = view.snapshot();
    let of = |id| state.verdict(state.plan.find(id).unwrap());
    assert_eq!((of("done"), of("hanging"), of("never")), (Verdict::Proven, Verdict::Failed, Verdict::Skipped));
    assert_eq!(state.outcome(), bootproof_core::Outcome::Failed);
}

#[tokio::test(start_paused = true)]
async fn a_proof_that_rests_on_what_was_seen_before_it_is_no_proof() {
    let log = journal();
    let state = run(vec![Scripted::new(Card::fix("a", "a"), &log).prove(Script::OldEvidence).work()], policy()).await;
    let ending = state.ending(state.plan.find("a").unwrap());
    assert_eq!((ending.verdict, ending.diagnosis.unwrap().code), (Verdict::Failed, "RUN-001"));
}
