//! Which lines of progress are worth printing, and when: what is new at once, then at most one line a second of each target, and
//! a reminder of what is still missing now and then. Pure.

use std::time::Duration;

/// The least time between two lines of one target.
const LEAST: Duration = Duration::from_secs(1);
/// After how long without a line what is missing is told again.
const REMIND: Duration = Duration::from_secs(10);

/// What was told of each target.
#[derive(Debug, Default)]
pub(super) struct Rhythm(Vec<Told>);

#[derive(Debug, Default)]
struct Told {
    at: Option<Duration>,
    text: String,
    /// What is new and not told yet.
    next: Option<String>,
    done: bool,
}

impl Rhythm {
    pub(super) fn new(targets: usize) -> Self {
        Self((0..targets).map(|_| Told::default()).collect())
    }

    /// Takes in what target `at` says at `now`; gives it back when it is to be told at once. `done`: it is the last.
    pub(super) fn take(&mut self, at: usize, text: String, done: bool, now: Duration) -> Option<String> {
        let told = &mut self.0[at];
        told.done = done;
        let too_soon = told.at.is_some_and(|at| now < at + LEAST);
        if too_soon && !done {
            told.next = (text != told.text).then_some(text);
            return None;
        }
        told.tell(text, now)
    }

    /// What is due at `now`: what was held back, and reminders.
    pub(super) fn due(&mut self, now: Duration) -> Vec<String> {
        let due = |told: &mut Told| {
            let since = now.saturating_sub(told.at?);
            match told.next.take() {
                _ if told.done => None,
                Some(next) if since >= LEAST => told.tell(next, now),
                Some(next) => {
                    told.next = Some(next);
                    None
                }
                None if since >= REMIND => told.tell(told.text.clone(), now),
                None => None,
            }
        };
        self.0.iter_mut().filter_map(due).collect()
    }
}

impl Told {
    fn tell(&mut self, text: String, now: Duration) -> Option<String> {
        self.at = Some(now);
        self.next = None;
        self.text.clone_from(&text);
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn what_is_new_is_told_at_once_and_what_flaps_once_a_second() {
        let mut rhythm = Rhythm::new(1);
        assert_eq!(rhythm.take(0, "refused".into(), false, ms(0)).as_deref(), Some("refused"));
        assert_eq!(rhythm.take(0, "reset".into(), false, ms(10)), None);
        assert_eq!(rhythm.take(0, "refused".into(), false, ms(20)), None);
        assert!(rhythm.due(ms(1100)).is_empty(), "it says again what was told");
        assert_eq!(rhythm.take(0, "starting".into(), false, ms(1200)).as_deref(), Some("starting"));
        rhythm.take(0, "reset".into(), false, ms(1300));
        assert_eq!((rhythm.due(ms(1400)), rhythm.due(ms(2300))), (vec![], vec!["reset".to_owned()]));
    }

    #[test]
    fn what_stays_away_is_told_again_now_and_then_and_what_is_there_is_not() {
        let mut rhythm = Rhythm::new(2);
        rhythm.take(0, "refused".into(), false, ms(0));
        rhythm.take(1, "refused".into(), false, ms(0));
        assert_eq!(rhythm.take(1, "ready".into(), true, ms(5)).as_deref(), Some("ready"), "the end is never held back");
        assert!(rhythm.due(ms(9_999)).is_empty());
        assert_eq!(rhythm.due(ms(10_000)), ["refused"]);
        assert!(rhythm.due(ms(19_000)).is_empty());
    }
}
