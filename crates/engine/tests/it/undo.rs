//! Taking changes back.

use crate::bench_of_fixes::*;
use bootproof_core::{Card, Undone, Verdict};

#[tokio::test(start_paused = true)]
async fn changes_are_taken_back_in_reverse_order_when_a_required_later_step_fails() {
    let log = journal();
    let a = Scripted::new(Card::fix("a", "a"), &log).work();
    let b = Scripted::new(Card::fix("b", "b").needs("a"), &log).work();
    let c = Scripted::new(Card::fix("c", "c").needs("b"), &log).prove(Script::Fail(wrong())).work();
    let state = run(vec![a, b, c], policy()).await;
    let undone: Vec<_> = log.lock().unwrap().iter().filter(|l| l.starts_with("undo")).cloned().collect();
    assert_eq!(undone, ["undo c", "undo b", "undo a"]);
    assert_eq!(state.node(state.plan.find("a").unwrap()).undone, Some(Undone::Undone));
}

#[tokio::test(start_paused = true)]
async fn changes_stay_when_everything_required_holds() {
    let log = journal();
    let optional = Card::fix("b", "b").criticality(bootproof_core::Criticality::Optional);
    let failing = Scripted::new(optional, &log).prove(Script::Fail(wrong())).work();
    run(vec![Scripted::new(Card::fix("a", "a"), &log).work(), failing], policy()).await;
    let undone: Vec<_> = log.lock().unwrap().iter().filter(|l| l.starts_with("undo")).cloned().collect();
    assert_eq!(undone, ["undo b"], "what could not be proven is taken back, nothing else");
}

#[tokio::test(start_paused = true)]
async fn an_undo_that_fails_panics_or_hangs_is_told_as_stuck_and_the_others_are_still_undone() {
    for script in [Script::Fail(wrong()), Script::Panic, Script::Hang] {
        let log = journal();
        let first = Scripted::new(Card::fix("first", "t"), &log).work();
        let stuck = Scripted::new(Card::fix("stuck", "t").needs("first"), &log)
            .undo(script)
            .prove(Script::Fail(wrong()))
            .work();
        let state = run(vec![first, stuck], policy()).await;
        let of = |id| state.node(state.plan.find(id).unwrap());
        let Some(Undone::Stuck(diagnosis)) = &of("stuck").undone else { panic!("{:?}", of("stuck").undone) };
        assert_eq!(diagnosis.code, "RUN-006");
        assert_eq!(of("first").undone, Some(Undone::Undone));
        assert_eq!(state.verdict(state.plan.find("stuck").unwrap()), Verdict::Failed);
    }
}

#[tokio::test(start_paused = true)]
async fn an_apply_that_was_cut_off_is_taken_back() {
    let log = journal();
    let fix = Scripted::new(Card::fix("a", "a"), &log).apply(Script::Hang).work();
    let state = run(vec![fix], policy()).await;
    assert_eq!(*log.lock().unwrap(), ["apply a", "undo a"]);
    assert_eq!(state.node(state.plan.find("a").unwrap()).undone, Some(Undone::Undone));
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_not_lost_when_the_run_ends_while_it_is_taken_back() {
    for how in ["budget", "signal", "stop"] {
        let log = journal();
        let card = Card::fix("wrong", "t");
        let failing = Scripted::new(card, &log).prove(Script::Fail(wrong())).undo(Script::Hang).work();
        let hanging = Scripted::new(Card::fix("hanging", "t"), &log).prove(Script::Hang).work();
        let mut policy = policy();
        policy.budget = bootproof_core::Budget::new(secs(5));
        policy.graceful = how != "stop";
        let run = bootproof_engine::Engine::new(vec![failing, hanging], settings(policy, 1)).unwrap().start(None);
        if how == "signal" {
            let stopper = run.stopper();
            tokio::spawn(async move {
                tokio::time::sleep(secs(1)).await;
                stopper.stop(15);
            });
        }
        let state = run.finish().await.state;
        let node = state.plan.find("wrong").unwrap();
        assert_eq!(state.ending(node).diagnosis, Some(wrong()), "{how}");
        let code = state.exit_code(bootproof_core::Strictness::default()).0;
        assert_eq!(code, if how == "signal" { 143 } else { 78 }, "{how}");
        assert!(state.duration() <= secs(5) + bootproof_engine::UNDO_GRACE, "{how}: {:?}", state.duration());
    }
}

#[tokio::test(start_paused = true)]
async fn a_signal_that_comes_while_something_cleans_up_still_ends_the_start() {
    let log = journal();
    let fix = Scripted::new(Card::fix("a", "a"), &log).holding(ms(500)).work();
    let run = bootproof_engine::Engine::new(vec![fix], settings(policy(), 1)).unwrap().start(None);
    let stopper = run.stopper();
    tokio::spawn(async move {
        tokio::time::sleep(ms(100)).await;
        stopper.stop(15);
    });
    let state = run.finish().await.state;
    assert_eq!(state.exit_code(bootproof_core::Strictness::default()).0, 143);
    assert!(log.lock().unwrap().contains(&"undo a".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn what_cleans_up_for_too_long_is_not_waited_for_and_is_told() {
    for (time, cleaned) in [(ms(500), true), (secs(60), false)] {
        let log = journal();
        let state = run(vec![Scripted::new(Card::fix("a", "a"), &log).holding(time).work()], policy()).await;
        assert_eq!(state.cleaned(), cleaned);
        assert!(state.duration() <= bootproof_engine::UNDO_GRACE);
    }
}
