//! What people see, as snapshots.

use crate::runs::{self, Run};
use bootproof_core::{RunState, Strictness};
use bootproof_report::{Detail, Style, text};

fn told(state: &RunState) -> String {
    text(state, Strictness::default(), Detail::Normal, &Style::default())
}

macro_rules! snapshots {
    ($($name:ident: $run:ident;)+) => { $(
        #[test]
        fn $name() {
            insta::assert_snapshot!(told(&runs::$run().state));
        }
    )+ };
}

snapshots! {
    a_run_in_which_all_is_proven: all_proven;
    a_degraded_run: degraded;
    a_failed_run_with_long_causes_retries_and_something_stuck: failed;
    a_run_in_which_all_is_skipped_says_why_and_is_no_success: skipped;
    a_run_without_proofs_says_so_loudly_and_tells_one_problem_once: unproven;
    a_cancelled_run: cancelled;
    a_run_that_was_dropped_in_the_middle: dropped;
    a_run_that_only_looked_does_not_say_proven: checked;
    a_run_whose_budget_ran_out: out_of_budget;
}

#[test]
fn verbose_tells_all_evidence_with_its_times() {
    let state = runs::degraded().state;
    insta::assert_snapshot!(text(&state, Strictness::default(), Detail::All, &Style::default()));
}

#[test]
fn quiet_tells_problems_and_the_summary_only() {
    let strict = Strictness { fail_on_degraded: true };
    insta::assert_snapshot!("quiet", text(&runs::degraded().state, strict, Detail::Quiet, &Style::default()));
    let quiet = text(&runs::all_proven().state, strict, Detail::Quiet, &Style::default());
    assert_eq!(quiet, "5 fixes: 5 proven · 3 services: 3 proven · proven in 22 ms · exit 0\n");
}

#[test]
fn without_utf8_the_report_is_ascii() {
    let style = Style { unicode: false, ..Style::default() };
    for (name, run) in runs::all() {
        let run = run.note("naïve → “quoted” 日本");
        let ascii = text(&run.state, Strictness::default(), Detail::All, &style);
        assert!(ascii.is_ascii(), "{name}:\n{ascii}");
    }
    insta::assert_snapshot!(text(&runs::degraded().state, Strictness::default(), Detail::Normal, &style));
}

#[test]
fn colour_adds_codes_and_changes_no_letter() {
    let style = Style { color: true, ..Style::default() };
    for (name, Run { state, .. }) in runs::all() {
        for detail in [Detail::Quiet, Detail::Normal, Detail::All] {
            let plain = text(&state, Strictness::default(), detail, &Style::default());
            let coloured = text(&state, Strictness::default(), detail, &style);
            assert!(!plain.contains('\x1b') && coloured.contains('\x1b'), "{name}");
            assert_eq!(without_codes(&coloured), plain, "{name}");
        }
    }
}

/// Without SGR codes.
fn without_codes(text: &str) -> String {
    let mut parts = text.split('\x1b');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |out, part| out + part.split_once('m').unwrap().1)
}

#[test]
fn every_problem_of_a_run_is_told_in_the_order_of_the_plan() {
    let text = told(&runs::failed().state);
    let heads: Vec<&str> = text.lines().filter(|line| line.starts_with("RUN-") || line.starts_with("DB-")).collect();
    assert_eq!(heads.len(), 2, "{text}");
    assert!(heads[0].starts_with("RUN-006") && heads[1].starts_with("DB-001"), "{heads:?}");
}

#[test]
fn a_proof_on_a_server_is_marked_as_such_and_only_then() {
    assert!(told(&runs::all_proven().state).contains("server: shown on the server itself, not on your program"));
    assert!(!told(&runs::cancelled().state).contains("server itself"));
}

#[test]
fn control_characters_of_a_server_do_not_reach_the_terminal() {
    let state = runs::Run::of(runs::chat())
        .note("\x1b[2J\x07gone")
        .runs(
            "tasks",
            &[(bootproof_core::Step::Prove, "asked\x1b]0;x\x07", "\u{9b}31m\r\nhi\u{202e}")],
            runs::proven(bootproof_core::Scope::Process),
        )
        .over(bootproof_core::RunEnd::Completed);
    for detail in [Detail::Normal, Detail::All] {
        let text = text(&state, Strictness::default(), detail, &Style::default());
        assert!(text.chars().all(|c| c == '\n' || !c.is_control() && c != '\u{202e}'), "{text:?}");
        assert!(text.contains("\\u{1b}[2J"), "{text}");
    }
}
