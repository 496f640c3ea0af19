//! Order, needs, switches, and what is said of what did not run.

use crate::bench_of_fixes::*;
use bootproof_core::{Card, Criticality, ExitCode, Kind, Outcome, Skip, Strictness, Verdict};
use bootproof_engine::Work;
use std::sync::Arc;

#[tokio::test(start_paused = true)]
async fn verification_runs_after_what_it_needs_is_there() {
    let log = journal();
    let database = Work::Service(Arc::new(Slow(Card::service("database.main", "database", "postgres"), secs(3))));
    let fix = Scripted::new(Card::fix("database", "database").needs("database.main"), &log).work();
    let state = run(vec![fix, database], policy()).await;
    let node = state.plan.find("database").unwrap();
    assert_eq!(state.node(node).began, Some(secs(3)));
    assert_eq!(state.verdict(node), Verdict::Proven);
    let service = state.ending(state.plan.find("database.main").unwrap());
    assert_eq!(service.identity.as_deref(), Some("slow 1.0"));
}

#[tokio::test(start_paused = true)]
async fn what_needs_nothing_of_each_other_runs_at_once() {
    let log = journal();
    let work = (0..5)
        .map(|i| Scripted::new(Card::fix(i.to_string(), "t"), &log).prove(Script::Sleep(secs(4))).work())
        .collect();
    let state = run(work, policy()).await;
    assert_eq!(state.duration(), secs(4));
    assert_eq!(state.totals().proven, 5);
}

#[tokio::test(start_paused = true)]
async fn dependents_of_a_failure_are_skipped_with_the_name_of_what_failed_first() {
    let log = journal();
    let failing = Scripted::new(Card::fix("a", "a"), &log).prove(Script::Fail(wrong())).work();
    let behind = Scripted::new(Card::fix("b", "b").needs("a"), &log).work();
    let further = Scripted::new(Card::fix("c", "c").needs("b"), &log).work();
    let beside = Scripted::new(Card::fix("d", "d").after("a"), &log).work();
    let state = run(vec![failing, behind, further, beside], policy()).await;
    for id in ["b", "c"] {
        assert_eq!(state.ending(state.plan.find(id).unwrap()).skipped, Some(Skip::NeedFailed { id: "a".into() }));
    }
    assert_eq!(state.verdict(state.plan.find("d").unwrap()), Verdict::Proven);
    assert_eq!(state.exit_code(Strictness::default()), ExitCode::CONFIGURATION);
}

#[tokio::test(start_paused = true)]
async fn every_failure_is_reported_in_graph_order_not_in_order_of_arrival() {
    let log = journal();
    let late = Scripted::new(Card::fix("late", "t"), &log).prove(Script::Sleep(secs(20))).work();
    let early = Scripted::new(Card::fix("early", "t"), &log).prove(Script::Fail(wrong())).work();
    let state = run(vec![late, early], policy()).await;
    let failed: Vec<_> = state
        .plan
        .order()
        .iter()
        .filter(|n| state.verdict(**n) == Verdict::Failed)
        .map(|n| state.plan.card(*n).id.as_str())
        .collect();
    assert_eq!(failed, ["late", "early"]);
}

#[tokio::test(start_paused = true)]
async fn nothing_declared_is_skipped_and_does_not_hinder_others() {
    let log = journal();
    let nothing = Scripted::new(Card::fix("a", "a"), &log).undeclared().work();
    let other = Scripted::new(Card::fix("b", "b").needs("a"), &log).work();
    let state = run(vec![nothing, other], policy()).await;
    assert_eq!(state.ending(state.plan.find("a").unwrap()).skipped, Some(Skip::NothingDeclared));
    assert_eq!(state.verdict(state.plan.find("b").unwrap()), Verdict::Proven);
    assert_eq!(*log.lock().unwrap(), ["apply b", "prove b"]);
    assert_eq!(
        (state.node(state.plan.find("a").unwrap()).attempts, state.duration()),
        (1, secs(0)),
        "and it is not retried"
    );
}

#[tokio::test(start_paused = true)]
async fn a_switched_off_fix_is_never_touched_and_the_report_says_by_whom() {
    let log = journal();
    let work =
        vec![Scripted::new(Card::fix("redis", "r"), &log).work(), Scripted::new(Card::fix("b", "b"), &log).work()];
    let mut policy = policy();
    policy.switched_off.insert("redis".into(), "--skip redis".into());
    let state = run(work, policy).await;
    let ending = state.ending(state.plan.find("redis").unwrap());
    assert_eq!(ending.skipped, Some(Skip::SwitchedOff { by: "--skip redis".into() }));
    assert_eq!(*log.lock().unwrap(), ["apply b", "prove b"]);
    assert_eq!(state.outcome(), Outcome::Proven);
}

#[tokio::test(start_paused = true)]
async fn a_read_only_run_applies_and_proves_nothing() {
    let log = journal();
    let service =
        Work::Service(Arc::new(Slow(Card::service("s", "s", "tcp").criticality(Criticality::Required), ms(1))));
    let state = run(vec![Scripted::new(Card::fix("a", "a"), &log).work(), service], check()).await;
    assert!(log.lock().unwrap().is_empty());
    assert_eq!(state.ending(state.plan.find("a").unwrap()).skipped, Some(Skip::OnlyLooked));
    assert!(
        state.plan.order().iter().all(|n| state.plan.card(*n).kind != Kind::Fix || !state.verdict(*n).is_success())
    );
    assert_eq!(state.exit_code(Strictness::default()), ExitCode::OK);
}

#[tokio::test(start_paused = true)]
async fn without_robust_startup_everything_is_applied_and_nothing_is_proven() {
    for (robust, verdict, code) in [(false, Verdict::Unproven, 1), (true, Verdict::Proven, 0)] {
        let log = journal();
        let mut policy = policy();
        policy.robust = robust;
        let state = run(vec![Scripted::new(Card::fix("a", "a"), &log).work()], policy).await;
        assert_eq!(state.verdict(state.plan.find("a").unwrap()), verdict);
        assert_eq!(state.exit_code(Strictness::default()).0, code);
        assert!(state.may_start(), "switching proofs off by hand does not keep a service from starting");
        let proofs = log.lock().unwrap().iter().filter(|l| l.starts_with("prove")).count();
        assert_eq!(proofs, usize::from(robust));
    }
}

#[tokio::test(start_paused = true)]
async fn graceful_goes_on_after_a_failure_and_otherwise_the_start_stops_at_the_first() {
    for graceful in [true, false] {
        let log = journal();
        let failing = Scripted::new(Card::fix("a", "a"), &log).prove(Script::Fail(wrong())).work();
        let running = Scripted::new(Card::fix("b", "b"), &log).prove(Script::Sleep(secs(2))).work();
        let later = Scripted::new(Card::fix("c", "c").after("b"), &log).work();
        let mut policy = policy();
        policy.graceful = graceful;
        let state = run(vec![running, failing, later], policy).await;
        let (b, c) = (state.plan.find("b").unwrap(), state.plan.find("c").unwrap());
        if graceful {
            assert_eq!((state.verdict(b), state.verdict(c)), (Verdict::Proven, Verdict::Proven));
        } else {
            let stopped = Some(Skip::Stopped { id: "a".into() });
            assert_eq!((state.ending(b).skipped, state.ending(c).skipped), (stopped.clone(), stopped));
        }
        assert_eq!(state.exit_code(Strictness::default()), ExitCode::CONFIGURATION);
    }
}

#[tokio::test(start_paused = true)]
async fn an_optional_failure_never_stops_a_start() {
    let log = journal();
    let optional = Card::fix("a", "a").criticality(Criticality::Optional);
    let failing = Scripted::new(optional, &log).prove(Script::Fail(wrong())).work();
    let other = Scripted::new(Card::fix("b", "b"), &log).prove(Script::Sleep(secs(1))).work();
    let mut policy = policy();
    policy.graceful = false;
    let state = run(vec![failing, other], policy).await;
    assert_eq!(state.verdict(state.plan.find("b").unwrap()), Verdict::Proven);
    assert_eq!(state.outcome(), Outcome::Degraded);
}
