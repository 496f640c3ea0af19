//! No line is wider than it may be.

use crate::runs::{self, Run, ending};
use bootproof_core::*;
use bootproof_report::{Detail, PlanView, Style, text};
use proptest::prelude::*;
use std::time::Duration;
use unicode_width::UnicodeWidthStr;

/// A word that may stand alone on a line that is too narrow for it: longer than the least room a text is given.
const LONG: usize = 20;

fn fits(text: &str, width: usize) -> Result<(), TestCaseError> {
    for line in text.lines() {
        let exempt = line.split_whitespace().any(|word| word.width() > LONG);
        prop_assert!(line.width() <= width || exempt, "{} columns, not {}: {:?}", line.width(), width, line);
        prop_assert_eq!(line, line.trim_end());
    }
    Ok(())
}

#[test]
fn every_run_fits_80_columns_and_60() {
    for (name, Run { state, .. }) in runs::all() {
        for width in [60, 80, 120] {
            for detail in [Detail::Quiet, Detail::Normal, Detail::All] {
                let text = text(&state, Strictness::default(), detail, &Style { width, ..Style::default() });
                fits(&text, width).unwrap_or_else(|error| panic!("{name}: {error}"));
            }
        }
    }
}

/// Text of words, some longer than any line.
fn words() -> impl Strategy<Value = String> {
    let word = prop_oneof![9 => "[a-zß日`]{1,12}".boxed(), 1 => "[a-z/:]{17,130}".boxed()];
    prop::collection::vec(word, 0..30).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_line_is_wider_than_the_page_unless_a_single_word_is_too_long(
        (ids, saw, what, why, skip) in (prop::collection::vec("[a-z.日]{1,8}", 3), words(), words(), words(), words()),
        (note, width) in (words(), 60_usize..140),
    ) {
        let id = |n: usize| format!("{}{n}", ids[n]);
        let cards = vec![Card::fix(id(0), "a"), Card::fix(id(1), "b").needs(id(0)), Card::service(id(2), "c", "tcp").after(id(0))];
        let diagnosis = Diagnosis::new("RUN-001", what.clone()).why(why.clone()).why(saw.clone()).now(what).action(why);
        let plan = Plan::new(cards.clone()).unwrap();
        let state = Run::of(cards)
            .note(&note)
            .runs(&id(0), &[(Step::Inspect, &saw, &saw), (Step::Prove, &saw, &note)], ending(Verdict::Degraded, Scope::Server, Some(diagnosis.clone())))
            .skips(&id(1), Skip::SwitchedOff { by: skip.clone() })
            .begins(&id(2), 1)
            .retries(&id(2), 1, diagnosis)
            .over(RunEnd::Completed);
        for detail in [Detail::Quiet, Detail::Normal, Detail::All] {
            fits(&text(&state, Strictness::default(), detail, &Style { width, ..Style::default() }), width)?;
        }
        let mut policy = Policy::builtin(Environment::Staging);
        policy.switched_off.insert(id(1), skip);
        let view = PlanView { plan: &plan, policy: &policy, undo_grace: Duration::from_secs(5) };
        fits(&view.text(&Style { width, ..Style::default() }), width)?;
    }
}
