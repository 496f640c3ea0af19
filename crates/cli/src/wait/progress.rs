//! Progress of a wait, on stderr: spinners on a terminal, lines elsewhere. What is there at the first question is not worth a
//! word: the report says it.

use super::{Request, rhythm::Rhythm};
use crate::terminal::note;
use bootproof::wait::{Outcome, Standing, Waited};
use bootproof_report::took;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::{
    convert::Infallible,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// How often is looked what is due. Seldom: each look is a wake-up of the process.
const LOOK: Duration = Duration::from_secs(1);
/// After this time without all of them, spinners are worth drawing.
const DRAW: Duration = Duration::from_millis(100);

/// Tells how the wait goes on, and remembers it.
pub(super) struct Progress {
    began: Instant,
    way: Way,
    not: bool,
    heading: String,
    state: Mutex<State>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Silent,
    Lines,
    Spinners,
}

struct State {
    standings: Vec<Standing>,
    rhythm: Rhythm,
    began_to_tell: bool,
    bars: Vec<ProgressBar>,
}

impl Progress {
    pub(super) fn new(request: &Request, live: bool, quiet: bool) -> Self {
        let way = match (quiet, live) {
            (true, _) => Way::Silent,
            (_, true) => Way::Spinners,
            (_, false) => Way::Lines,
        };
        let unheard = |shown: &String| Standing {
            target: shown.clone(),
            tries: 0,
            said: None,
            since: Duration::ZERO,
            done: None,
        };
        let standings: Vec<_> = request.shown.iter().map(unheard).collect();
        let rhythm = Rhythm::new(standings.len());
        let state = Mutex::new(State { standings, rhythm, began_to_tell: false, bars: vec![] });
        Self { began: Instant::now(), way, not: request.not, heading: heading(request), state }
    }

    /// Takes in what a target says.
    pub(super) fn saw(&self, at: usize, standing: &Standing) {
        let mut state = self.lock();
        state.standings[at] = standing.clone();
        let waits = state.standings.iter().any(|one| one.done.is_none());
        if self.way == Way::Spinners {
            state.draw(at);
            return;
        }
        if self.way == Way::Silent || !waits || (standing.done.is_some() && standing.tries == 1) {
            return;
        }
        let text = self.line(standing);
        if let Some(line) = state.rhythm.take(at, text, standing.done.is_some(), self.began.elapsed()) {
            self.tell(&mut state, &line);
        }
    }

    /// Tells what is due, for as long as it is asked.
    pub(super) async fn go_on(&self) -> Infallible {
        if self.way == Way::Spinners {
            tokio::time::sleep(DRAW).await;
            self.lock().begin_to_draw();
        }
        loop {
            tokio::time::sleep(LOOK).await;
            let mut state = self.lock();
            if self.way == Way::Lines {
                for line in state.rhythm.due(self.began.elapsed()) {
                    self.tell(&mut state, &line);
                }
            }
        }
    }

    /// Ends the drawing.
    pub(super) fn finish(&self) {
        self.lock().bars.drain(..).for_each(|bar| bar.finish_and_clear());
    }

    /// How far it has come, for a wait that is ended from outside.
    pub(super) fn so_far(&self) -> Waited {
        let targets = self.lock().standings.clone();
        Waited { outcome: Outcome::TimeOut, took: self.began.elapsed(), targets }
    }

    fn tell(&self, state: &mut State, line: &str) {
        if !std::mem::replace(&mut state.began_to_tell, true) {
            note(&self.heading);
        }
        note(line);
    }

    fn line(&self, standing: &Standing) -> String {
        let text = match &standing.said {
            Some(Ok(identity)) => format!("{}: {}", if self.not { "gone" } else { "ready" }, identity.0),
            Some(Err(diagnosis)) => {
                let why = diagnosis.why.first().map(|why| format!(" ({why})")).unwrap_or_default();
                format!("{}: {}{why}", diagnosis.code, diagnosis.what)
            }
            None => "nothing was heard yet".to_owned(),
        };
        clean(&format!("  {:>7}  {}: {text}", took(self.began.elapsed()), standing.target))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn begin_to_draw(&mut self) {
        let draw = MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(15));
        for at in 0..self.standings.len() {
            let bar = draw.add(ProgressBar::new_spinner());
            // Never fails: the template is fixed, and a test renders it.
            if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
                bar.set_style(style);
            }
            bar.set_prefix(clean(&self.standings[at].target));
            bar.enable_steady_tick(Duration::from_millis(80));
            self.bars.push(bar);
            self.draw(at);
        }
    }

    fn draw(&self, at: usize) {
        let Some(bar) = self.bars.get(at) else { return };
        match (&self.standings[at].said, self.standings[at].done) {
            (Some(Ok(_)), _) => bar.finish_and_clear(),
            (Some(Err(diagnosis)), _) => bar.set_message(clean(&format!("{}: {}", diagnosis.code, diagnosis.what))),
            (None, _) => {}
        }
    }
}

const TEMPLATE: &str = "{spinner} {prefix:<24} {elapsed:>5}  {wide_msg}";

fn heading(request: &Request) -> String {
    let what = match request.shown.as_slice() {
        [one] => one.clone(),
        more => format!("{} targets", more.len()),
    };
    let gone = if request.not { " to go" } else { "" };
    match request.limit {
        Some(limit) => clean(&format!("waiting for {what}{gone}, {limit:?} at most")),
        None => clean(&format!("waiting for {what}{gone}, without an end")),
    }
}

/// What others say must not move anybody's cursor.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_of_a_spinner_is_valid() {
        assert!(ProgressStyle::with_template(TEMPLATE).is_ok());
    }
}
