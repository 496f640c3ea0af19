use crate::*;
use std::{sync::Arc, time::Duration};

fn run(cards: Vec<Card>, endings: &[(&str, Ending)], end: RunEnd) -> RunState {
    let plan = Arc::new(Plan::new(cards).unwrap());
    let meta = RunMeta {
        service: "test".into(),
        environment: Some(ChosenEnvironment { name: Environment::Test, source: "--env".into() }),
        started_at: Duration::ZERO,
        seed: Seed(1),
        budget: Duration::from_secs(30),
        mode: Mode::Verify,
        notes: vec![],
        refused: vec![],
    };
    let mut state = RunState::new(meta, Arc::clone(&plan));
    for (id, ending) in endings {
        let node = plan.find(id).unwrap();
        state.fold(Event::Ended { node, ending: Box::new(ending.clone()), at: Duration::from_millis(1) });
    }
    state.fold(Event::RunEnded { end, cleaned: true, at: Duration::from_millis(2) });
    state
}

fn ended(verdict: Verdict) -> Ending {
    Ending { verdict, scope: Some(Scope::Server), diagnosis: None, identity: None, skipped: None }
}

fn away() -> Ending {
    Ending::failed(Diagnosis::new("RUN-002", "away").away())
}

fn code(state: &RunState) -> u8 {
    state.exit_code(Strictness::default()).0
}

#[test]
fn nothing_declared_anywhere_is_never_a_success() {
    let state = run(vec![Card::fix("a", "a")], &[("a", Ending::skipped(Skip::NothingDeclared))], RunEnd::Completed);
    assert_eq!((state.outcome(), code(&state)), (Outcome::Failed, 78));
    assert_eq!(state.general_diagnoses()[0].code, "RUN-007");
}

#[test]
fn a_service_that_has_nothing_but_an_optional_part_starts_without_it() {
    let cards = vec![Card::service("s", "s", "tcp").criticality(Criticality::Optional)];
    let state = run(cards, &[("s", away())], RunEnd::Completed);
    assert_eq!((state.outcome(), code(&state)), (Outcome::Degraded, 0));
}

#[test]
fn a_refused_run_fails_with_what_refused_it() {
    let mut meta = run(vec![], &[], RunEnd::Completed).meta;
    meta.environment = None;
    meta.refused = vec![Diagnosis::new("CONF-002", "no TOML").configuration()];
    let state = RunState::refused(meta);
    assert_eq!((state.outcome(), code(&state)), (Outcome::Failed, 78));
    assert_eq!(state.general_diagnoses()[0].code, "CONF-002");
}

#[test]
fn a_read_only_run_is_never_called_proven() {
    let cards = vec![Card::fix("a", "a"), Card::service("s", "s", "tcp")];
    let endings = [("a", Ending::skipped(Skip::OnlyLooked)), ("s", ended(Verdict::Proven))];
    let mut state = run(cards, &endings, RunEnd::Completed);
    state.meta.mode = Mode::Check;
    assert_eq!((state.outcome(), code(&state)), (Outcome::Checked, 0));
}

#[test]
fn unproven_is_not_success() {
    let state = run(vec![Card::fix("a", "a")], &[("a", ended(Verdict::Unproven))], RunEnd::Completed);
    assert_eq!((state.outcome(), code(&state)), (Outcome::Failed, 1));
}

#[test]
fn a_wrong_configuration_outweighs_a_fault_and_that_what_is_away() {
    let cards = || vec![Card::fix("a", "a"), Card::fix("b", "b"), Card::fix("c", "c")];
    let fault = Ending::failed(Diagnosis::new("RUN-001", "broken"));
    let wrong = Ending::failed(Diagnosis::new("RUN-008", "wrong").configuration());
    let proven = ended(Verdict::Proven);
    let all = run(cards(), &[("a", away()), ("b", fault.clone()), ("c", wrong)], RunEnd::Completed);
    assert_eq!(code(&all), 78);
    let two = run(cards(), &[("a", away()), ("b", fault), ("c", proven.clone())], RunEnd::Completed);
    assert_eq!(code(&two), 1);
    let one = run(cards(), &[("a", away()), ("b", proven.clone()), ("c", proven)], RunEnd::Completed);
    assert_eq!((one.outcome(), code(&one)), (Outcome::Failed, 75));
}

#[test]
fn an_optional_failure_degrades_and_fails_only_on_demand() {
    let cards =
        vec![Card::fix("a", "a"), Card::service("clickhouse.x", "x", "clickhouse").criticality(Criticality::Optional)];
    let state = run(cards, &[("a", ended(Verdict::Proven)), ("clickhouse.x", away())], RunEnd::Completed);
    assert_eq!((state.outcome(), code(&state)), (Outcome::Degraded, 0));
    assert_eq!(state.exit_code(Strictness { fail_on_degraded: true }), ExitCode::DEGRADED);
}

#[test]
fn a_required_fix_that_waits_for_something_optional_that_is_away_fails_as_away() {
    let cards = vec![
        Card::service("s", "s", "tcp").criticality(Criticality::Optional),
        Card::fix("a", "a").needs("s"),
        Card::fix("b", "b"),
    ];
    let skipped = Ending::skipped(Skip::NeedFailed { id: "s".into() });
    let state = run(cards, &[("s", away()), ("a", skipped), ("b", ended(Verdict::Proven))], RunEnd::Completed);
    assert_eq!((state.outcome(), code(&state)), (Outcome::Failed, 75));
}

#[test]
fn a_signal_decides_the_exit_code_whatever_was_proven() {
    let state = run(vec![Card::fix("a", "a")], &[("a", ended(Verdict::Proven))], RunEnd::Cancelled { signal: 15 });
    assert_eq!((state.outcome(), code(&state)), (Outcome::Failed, 143));
}

#[test]
fn a_budget_that_ran_out_on_something_required_is_124() {
    let state =
        run(vec![Card::fix("a", "a"), Card::fix("b", "b")], &[("a", ended(Verdict::Proven))], RunEnd::BudgetRanOut);
    assert_eq!((state.outcome(), code(&state)), (Outcome::Failed, 124));
}

#[test]
fn what_was_switched_off_neither_counts_as_done_nor_fails_the_start() {
    let cards = vec![Card::fix("a", "a"), Card::fix("b", "b")];
    let off = Ending::skipped(Skip::SwitchedOff { by: "--skip b".into() });
    let state = run(cards, &[("a", ended(Verdict::Proven)), ("b", off)], RunEnd::Completed);
    assert_eq!((state.outcome(), code(&state)), (Outcome::Proven, 0));
    assert_eq!(state.totals(), Totals { fixes: 2, proven: 1, skipped: 1, ..Totals::default() });
}
