//! One target followed to its end: ask, take in what it said, rest, ask again.

use super::{Plan, Target, aim::Aim, judge, pace::Manner, standing::Board};
use bootproof_core::Diagnosis;
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, sleep_until};

/// A question that gets no answer so shortly before the end of the wait was cut short by it: probes keep something back to tell
/// and to end what they began.
const END: Duration = Duration::from_millis(200);

/// Follows target number `at` until it came (true) or waiting cannot help (false).
pub(super) async fn follow(plan: Arc<Plan>, board: Arc<Board>, at: usize, target: Target) -> bool {
    let mut hunt = Hunt::new(&plan, target);
    loop {
        let began = Instant::now();
        let said = hunt.aim.ask(&plan).await;
        if said.as_ref().is_err_and(|diagnosis| hunt.is_cut_short(&plan, diagnosis)) {
            // What it said before is worth more, and the time is over in a moment.
            return std::future::pending().await;
        }
        let goes_on = said.as_ref().err().is_some_and(|diagnosis| !hunt.is_final(diagnosis));
        let came = said.is_ok();
        board.note(at, said, !goes_on);
        if !goes_on {
            return came;
        }
        sleep_until(began + hunt.period(&plan, began.elapsed())).await;
    }
}

/// How a target is asked now.
struct Hunt {
    aim: Aim,
    manner: Manner,
    /// Since when this manner is kept.
    since: Instant,
    /// The last code, and since when it is told.
    code: (&'static str, Instant),
}

impl Hunt {
    fn new(plan: &Plan, target: Target) -> Self {
        let (aim, now) = (Aim::new(plan, target), Instant::now());
        Self { aim, manner: Manner::Near, since: now, code: ("", now) }
    }

    fn is_cut_short(&self, plan: &Plan, diagnosis: &Diagnosis) -> bool {
        let at_the_end = plan.until.is_some_and(|until| until.saturating_duration_since(Instant::now()) < END);
        at_the_end && !self.code.0.is_empty() && judge::is_late(diagnosis)
    }

    /// Takes a failure in, and tells whether waiting longer cannot help.
    fn is_final(&mut self, diagnosis: &Diagnosis) -> bool {
        let now = Instant::now();
        if self.code.0 != diagnosis.code {
            self.code = (diagnosis.code, now);
        }
        let manner = judge::manner(diagnosis, self.aim.is_near());
        if self.manner != manner {
            (self.manner, self.since) = (manner, now);
        }
        judge::is_final(diagnosis, now - self.code.1)
    }

    /// The time from the beginning of the last question, which took `took`, to that of the next.
    fn period(&self, plan: &Plan, took: Duration) -> Duration {
        plan.interval.unwrap_or_else(|| self.manner.period(self.since.elapsed(), took))
    }
}

#[cfg(test)]
#[path = "follow_tests.rs"]
mod tests;
