//! A heartbeat of the program's own runtime: shows that it kept answering while canaries misbehaved.

use crate::diagnose;
use bootproof_core::Diagnosis;
use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep},
};

/// The time between two beats.
pub(super) const EVERY: Duration = Duration::from_millis(5);
/// The longest gap between two beats that passes. Chosen by hand: far over what a busy two-core machine causes, well under
/// what a person or a health check would notice.
const ALLOWED: Duration = Duration::from_millis(250);

/// A task that beats; stops when dropped.
pub(super) struct Heart {
    pulse: Arc<Mutex<Beating>>,
    task: JoinHandle<()>,
}

struct Beating {
    last: Instant,
    seen: Pulse,
}

/// What was seen of the beat.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Pulse {
    beats: u32,
    longest: Duration,
}

impl Beating {
    fn beat(&mut self) {
        let now = Instant::now();
        self.seen.longest = self.seen.longest.max(now - self.last);
        self.last = now;
    }
}

impl Heart {
    /// Starts it on the current runtime.
    pub(super) fn start() -> Self {
        let pulse = Arc::new(Mutex::new(Beating { last: Instant::now(), seen: Pulse::default() }));
        let beating = Arc::clone(&pulse);
        let task = tokio::spawn(async move {
            loop {
                {
                    let mut beating = beating.lock().unwrap_or_else(PoisonError::into_inner);
                    beating.beat();
                    beating.seen.beats += 1;
                }
                sleep(EVERY).await;
            }
        });
        Self { pulse, task }
    }

    /// Stops it. The time since its last beat counts as a gap too.
    pub(super) fn stop(self) -> Pulse {
        let mut beating = self.pulse.lock().unwrap_or_else(PoisonError::into_inner);
        beating.beat();
        beating.seen
    }
}

impl Drop for Heart {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Pulse {
    /// Whether the program kept answering.
    pub(super) fn check(&self) -> Result<(), Diagnosis> {
        if self.beats == 0 || self.longest > ALLOWED {
            return Err(diagnose::stalled(self.longest, ALLOWED));
        }
        Ok(())
    }
}

impl fmt::Display for Pulse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} beats, longest gap {:.1?}; up to {ALLOWED:?} passes", self.beats, self.longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_runtime_that_stood_still_for_longer_than_allowed_is_reported() {
        let heart = Heart::start();
        sleep(EVERY).await;
        tokio::time::advance(ALLOWED + EVERY).await;
        let diagnosis = heart.stop().check().unwrap_err();
        assert_eq!(diagnosis.code, "TASK-006");
    }

    #[tokio::test(start_paused = true)]
    async fn a_steady_beat_passes_and_no_beat_at_all_does_not() {
        let heart = Heart::start();
        sleep(20 * EVERY).await;
        let pulse = heart.stop();
        assert!(pulse.check().is_ok() && pulse.beats >= 20, "{pulse}");
        assert!(Heart::start().stop().check().is_err(), "no beat");
    }
}
