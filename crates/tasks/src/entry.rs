//! What is kept of one task, from its spawn until it is forgotten.

use crate::{End, Kind, Limits, Place, Reason, State, TaskId, TaskInfo};
use std::{
    borrow::Cow,
    sync::{
        Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant as WallInstant},
};
use tokio::{sync::Notify, task::AbortHandle, time::Instant};
use tokio_util::sync::CancellationToken;

/// The next id of the process. 64 bits do not wrap within its life.
static NEXT: AtomicU64 = AtomicU64::new(1);

/// One task.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) id: TaskId,
    pub(crate) name: Cow<'static, str>,
    pub(crate) kind: Kind,
    pub(crate) place: Place,
    pub(crate) limits: Limits,
    /// On tokio's clock, so that tests can pause it.
    pub(crate) spawned: Instant,
    /// Tells the task to end; only for tasks that were given one.
    pub(crate) token: Option<CancellationToken>,
    end: OnceLock<(End, Duration)>,
    ended: Notify,
    control: Mutex<Control>,
}

/// What is needed rarely: at the spawn, at the end, and when something goes wrong.
#[derive(Debug, Default)]
struct Control {
    stopper: Option<Stopper>,
    asked: Option<Reason>,
    aborted: Option<WallInstant>,
    leaked_after: Option<Duration>,
    blocked_since: Option<WallInstant>,
    longest_block: Duration,
    pid: Option<i32>,
}

/// Ends a task by force.
#[derive(Debug, Clone)]
pub(crate) enum Stopper {
    /// Lets the runtime drop its future.
    Abort(AbortHandle),
    /// Tells the supervisor of a command to kill its group.
    Kill(CancellationToken),
}

impl Stopper {
    fn stop(&self) {
        match self {
            Self::Abort(handle) => handle.abort(),
            Self::Kill(token) => token.cancel(),
        }
    }
}

impl Entry {
    pub(crate) fn new(
        name: Cow<'static, str>,
        kind: Kind,
        place: Place,
        limits: Limits,
        token: Option<CancellationToken>,
    ) -> Self {
        Self {
            id: TaskId(NEXT.fetch_add(1, Ordering::Relaxed)),
            name,
            kind,
            place,
            limits,
            spawned: Instant::now(),
            token,
            end: OnceLock::new(),
            ended: Notify::new(),
            control: Mutex::default(),
        }
    }

    fn control(&self) -> MutexGuard<'_, Control> {
        // Nothing panics while it is held, and each field is true on its own.
        self.control.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When the task is asked to end.
    pub(crate) fn soft_at(&self) -> Instant {
        self.spawned + self.limits.soft()
    }

    /// When the task is ended by force.
    pub(crate) fn hard_at(&self) -> Instant {
        self.spawned + self.limits.hard()
    }

    pub(crate) fn end(&self) -> Option<&End> {
        self.end.get().map(|(end, _)| end)
    }

    /// Waits until it is over.
    pub(crate) async fn finished(&self) -> End {
        loop {
            let ended = self.ended.notified();
            if let Some(end) = self.end() {
                return end.clone();
            }
            ended.await;
        }
    }

    /// Takes what can end it by force, and uses it at once when somebody has asked for that meanwhile.
    pub(crate) fn attach(&self, stopper: Stopper) {
        let mut control = self.control();
        if self.end().is_some() {
            return;
        }
        if control.aborted.is_some() {
            stopper.stop();
        }
        control.stopper = Some(stopper);
    }

    /// Asks it to end. The first reason given stays.
    pub(crate) fn ask(&self, because: Reason) {
        if self.end().is_some() {
            return;
        }
        self.control().asked.get_or_insert(because);
        if let Some(token) = &self.token {
            token.cancel();
        }
    }

    /// Ends it by force, as far as that is possible.
    pub(crate) fn abort(&self, because: Reason) {
        self.ask(because);
        let stopper = {
            let mut control = self.control();
            control.aborted.get_or_insert_with(WallInstant::now);
            control.stopper.clone()
        };
        if let Some(stopper) = stopper {
            stopper.stop();
        }
    }

    /// Why it was asked to end, if it was.
    pub(crate) fn asked(&self) -> Option<Reason> {
        self.control().asked
    }

    /// Notes that it is over. False when that was known already.
    pub(crate) fn set_end(&self, end: End) -> bool {
        self.end.set((end, self.spawned.elapsed())).is_ok()
    }

    /// Lets go of what only a living task needs. Tells whether it had been counted as leaked.
    pub(crate) fn retire(&self) -> bool {
        let mut control = self.control();
        control.stopper = None;
        control.blocked_since = None;
        control.leaked_after.is_some()
    }

    /// Wakes those who wait for its end.
    pub(crate) fn tell(&self) {
        self.ended.notify_waiters();
    }

    /// Whether it should have been over by `now`, with `grace` for the end itself.
    pub(crate) fn is_overdue(&self, now: WallInstant, grace: Duration) -> bool {
        now >= self.hard_at().into_std() + grace || self.control().aborted.is_some_and(|at| now >= at + grace)
    }

    /// Notes that it could not be stopped; calls `first` when that is news and it is still so.
    pub(crate) fn set_leaked(&self, now: WallInstant, first: impl FnOnce()) {
        let mut control = self.control();
        if self.end().is_none() && control.leaked_after.is_none() {
            control.leaked_after = Some(now.saturating_duration_since(self.spawned.into_std()));
            // Under the lock, so that `retire` comes before or after all of it.
            first();
        }
    }

    /// Notes that it has been blocking its thread since `since`, at least until `now`.
    pub(crate) fn set_blocked(&self, since: WallInstant, now: WallInstant) {
        let mut control = self.control();
        control.blocked_since = Some(since);
        control.longest_block = control.longest_block.max(now.saturating_duration_since(since));
    }

    /// Notes that it does not block its thread any more.
    pub(crate) fn set_unblocked(&self) {
        self.control().blocked_since = None;
    }

    /// Notes the process that leads its group.
    pub(crate) fn set_pid(&self, pid: i32) {
        self.control().pid = Some(pid);
    }

    /// What is known of it now.
    pub(crate) fn info(&self) -> TaskInfo {
        let control = self.control();
        TaskInfo {
            id: self.id,
            name: self.name.clone(),
            kind: self.kind,
            place: self.place,
            limits: self.limits,
            age: self.end.get().map_or_else(|| self.spawned.elapsed(), |(_, age)| *age),
            state: self.state(&control),
            asked: control.asked,
            blocks_for: control.blocked_since.map(|since| since.elapsed()),
            longest_block: control.longest_block,
            pid: control.pid,
        }
    }

    fn state(&self, control: &Control) -> State {
        match (self.end(), control.leaked_after, control.asked) {
            (Some(end), _, _) => State::Ended(end.clone()),
            (None, Some(after), _) => State::Leaked { after },
            (None, None, Some(because)) => State::Stopping { because },
            (None, None, None) => State::Running,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::Location;

    fn entry() -> Entry {
        Entry::new("test".into(), Kind::Command, Place(Location::caller()), Limits::default(), None)
    }

    #[test]
    fn an_abort_that_comes_before_there_is_anything_to_abort_is_not_lost() {
        let (entry, kill) = (entry(), CancellationToken::new());
        entry.abort(Reason::Shutdown);
        entry.attach(Stopper::Kill(kill.clone()));
        assert!(kill.is_cancelled());
    }

    #[test]
    fn the_first_reason_stays_and_none_is_noted_after_the_end() {
        let stopped = entry();
        stopped.ask(Reason::Stop);
        stopped.ask(Reason::Shutdown);
        assert_eq!(stopped.asked(), Some(Reason::Stop));
        let over = entry();
        over.set_end(End::Done);
        over.abort(Reason::Stop);
        assert_eq!((over.asked(), over.info().state), (None, State::Ended(End::Done)));
    }
}
