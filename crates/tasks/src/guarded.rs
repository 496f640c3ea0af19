//! The future that runs a task: contains its panics and ends it at its limits.
//!
//! One future and one timer a task, made only when the task first waits: that keeps spawning cheap.

use crate::{End, Reason, TaskOutput, entry::Entry, registry::Registry, slot};
use pin_project_lite::pin_project;
use std::{
    any::Any,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll, ready},
};
use tokio::{
    task::coop::unconstrained,
    time::{Sleep, sleep_until},
};

/// Notes the end of a task even when whatever runs it is dropped.
#[derive(Debug)]
pub(crate) struct EndGuard {
    pub(crate) entry: Arc<Entry>,
    pub(crate) registry: Arc<Registry>,
}

impl EndGuard {
    pub(crate) fn finish(&self, end: End) {
        self.registry.finish(&self.entry, end);
    }

    /// Notes that the task was ended by force.
    pub(crate) fn aborted(&self) {
        self.finish(End::Aborted { because: self.entry.asked().unwrap_or(Reason::RuntimeGone) });
    }
}

impl Drop for EndGuard {
    fn drop(&mut self) {
        if self.entry.end().is_none() {
            self.aborted();
        }
    }
}

/// What the timer waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Soft,
    Hard,
    /// Limits are not enforced.
    Nothing,
}

pin_project! {
    /// Runs a task within its limits.
    pub(crate) struct Guarded<F> {
        #[pin]
        task: Option<F>,
        #[pin]
        timer: Option<Sleep>,
        next: Next,
        // Last, so that the task is gone before its end is told.
        end: EndGuard,
    }

    impl<F> PinnedDrop for Guarded<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if this.task.is_some() {
                let id = this.end.entry.id;
                slot::polling(id, || this.task.set(None));
            }
        }
    }
}

impl<F> Guarded<F> {
    pub(crate) fn new(task: F, end: EndGuard) -> Self {
        let next = match (end.registry.settings.enforced, &end.entry.token) {
            (false, _) => Next::Nothing,
            (true, Some(_)) => Next::Soft,
            // Without a token there is nobody to ask.
            (true, None) => Next::Hard,
        };
        Self { task: Some(task), timer: None, next, end }
    }

    /// Drops the task, containing a panic of its destructors.
    fn let_go(self: Pin<&mut Self>) -> Result<(), String> {
        let mut this = self.project();
        let id = this.end.entry.id;
        slot::polling(id, || catch_unwind(AssertUnwindSafe(|| this.task.set(None)))).map_err(|panic| message(&*panic))
    }

    /// Ends the task at its hard limit.
    fn cut(mut self: Pin<&mut Self>) {
        let end = match self.as_mut().let_go() {
            Ok(()) => End::Aborted { because: Reason::Limit },
            Err(message) => End::Panicked { message },
        };
        self.end.finish(end);
    }

    /// Waits for the next limit, and says which it was.
    fn poll_timer(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Next> {
        let mut this = self.project();
        let at = match this.next {
            Next::Soft => this.end.entry.soft_at(),
            Next::Hard => this.end.entry.hard_at(),
            Next::Nothing => return Poll::Pending,
        };
        if this.timer.is_none() {
            this.timer.set(Some(sleep_until(at)));
        }
        if let Some(timer) = this.timer.as_mut().as_pin_mut() {
            // A task that uses its whole share of polls must not keep its own limit from being seen.
            ready!(pin!(unconstrained(timer)).poll(cx));
        }
        this.timer.set(None);
        Poll::Ready(std::mem::replace(this.next, Next::Hard))
    }
}

impl<F: Future<Output: TaskOutput>> Guarded<F> {
    /// Polls the task; ready when it is over and its end is told.
    fn poll_task(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.as_mut().project();
        let id = this.end.entry.id;
        let Some(task) = this.task.as_pin_mut() else { return Poll::Ready(()) };
        let poll = AssertUnwindSafe(|| task.poll(cx).map(TaskOutput::into_end));
        let end = match slot::polling(id, || catch_unwind(poll)) {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(end)) => end,
            Err(panic) => End::Panicked { message: message(&*panic) },
        };
        let end = match self.as_mut().let_go() {
            Ok(()) => end,
            Err(message) => End::Panicked { message },
        };
        self.end.finish(end);
        Poll::Ready(())
    }
}

impl<F: Future<Output: TaskOutput>> Future for Guarded<F> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            // Before each limit: so the task sees the soft one before the hard one is used, however late the runtime is.
            if self.as_mut().poll_task(cx).is_ready() {
                return Poll::Ready(());
            }
            let limit = ready!(self.as_mut().poll_timer(cx));
            self.end.entry.ask(Reason::Limit);
            if limit == Next::Hard {
                self.cut();
                return Poll::Ready(());
            }
        }
    }
}

/// The text of a panic.
pub(crate) fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic without a message".to_owned())
}
