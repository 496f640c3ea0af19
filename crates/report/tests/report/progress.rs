//! Progress as plain lines.

use crate::runs::{self, Run};
use bootproof_report::progress;

fn lines(run: &Run) -> String {
    run.told.iter().filter_map(|(event, state)| progress(event, state)).map(|line| line + "\n").collect()
}

#[test]
fn a_degraded_run_line_by_line() {
    insta::assert_snapshot!(lines(&runs::degraded()));
}

#[test]
fn a_failed_run_line_by_line() {
    insta::assert_snapshot!(lines(&runs::failed()));
}

#[test]
fn an_end_before_the_time_is_told_and_a_normal_end_is_left_to_the_report() {
    assert!(lines(&runs::cancelled()).ends_with("SIGINT ended the run after 16 ms\n"), "{}", lines(&runs::cancelled()));
    assert!(lines(&runs::all_proven()).trim_end().lines().last().unwrap().contains("clickhouse.analytics: proven"));
}
