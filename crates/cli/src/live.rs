//! Progress while a run goes on: spinners on a terminal, plain lines elsewhere.

use crate::terminal::note;
use bootproof::Observer;
use bootproof_core::{Event, Node, RunState, Step};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// Prints a plain line for each thing worth telling.
pub(crate) struct Lines;

impl Observer for Lines {
    fn saw(&self, event: &Event, state: &RunState) {
        if let Some(line) = bootproof_report::progress(event, state) {
            note(&line);
        }
    }
}

/// Draws a spinner, with elapsed time, for each node that is under way.
pub(crate) struct Spinners {
    draw: MultiProgress,
    bars: Mutex<BTreeMap<Node, ProgressBar>>,
}

impl Spinners {
    pub(crate) fn new() -> Self {
        let draw = MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(15));
        Self { draw, bars: Mutex::default() }
    }

    fn begin(&self, node: Node, state: &RunState) -> ProgressBar {
        let bar = self.draw.add(ProgressBar::new_spinner());
        // Never fails: the template is fixed, and a test renders it.
        if let Ok(style) = ProgressStyle::with_template("{spinner} {prefix:<24} {elapsed:>5}  {msg}") {
            bar.set_style(style);
        }
        bar.set_prefix(state.plan.card(node).id.clone());
        bar.enable_steady_tick(Duration::from_millis(80));
        bar
    }
}

impl Observer for Spinners {
    fn saw(&self, event: &Event, state: &RunState) {
        let mut bars = self.bars.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Attempt { node, .. } => drop(bars.entry(*node).or_insert_with(|| self.begin(*node, state))),
            Event::StepBegan { node, step, .. } => say(&bars, *node, doing(*step)),
            Event::Saw { node, evidence } => say(&bars, *node, &evidence.did),
            Event::Retrying { node, attempt, delay, diagnosis, .. } => {
                let text = format!("attempt {attempt}: {}; again in {:.1} s", diagnosis.code, delay.as_secs_f64());
                say(&bars, *node, &text);
            }
            Event::Ended { node, .. } => {
                if let Some(bar) = bars.remove(node) {
                    bar.finish_and_clear();
                }
            }
            Event::RunEnded { .. } => {
                bars.values().for_each(ProgressBar::finish_and_clear);
                bars.clear();
            }
            Event::StepEnded { .. } | Event::Undone { .. } => {}
        }
    }
}

fn say(bars: &BTreeMap<Node, ProgressBar>, node: Node, text: &str) {
    if let Some(bar) = bars.get(&node) {
        let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(60).collect();
        bar.set_message(clean);
    }
}

fn doing(step: Step) -> &'static str {
    match step {
        Step::Inspect => "looking",
        Step::Apply => "applying",
        Step::Prove => "proving",
        Step::Undo => "taking back",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_of_a_spinner_is_valid() {
        assert!(ProgressStyle::with_template("{spinner} {prefix:<24} {elapsed:>5}  {msg}").is_ok());
    }
}
