//! Closures on threads of their own. They can be asked to end but not ended: the watchdog holds them to their limits as far
//! as that goes, and counts as leaked what is over them.

use crate::{
    End, Kind, Limits, Place, TaskError, TaskHandle, TaskManager, TaskOutput,
    entry::{Entry, Stopper},
    guarded::message,
};
use std::{
    borrow::Cow,
    panic::{AssertUnwindSafe, Location, catch_unwind},
    sync::Arc,
};
use tokio_util::sync::CancellationToken;

impl TaskManager {
    /// Runs `work` on a thread where it may block, with the limits of its name. Over its hard limit it is leaked, not ended:
    /// heavy work that must be ended is a command.
    ///
    /// # Errors
    /// [`TaskError::ShuttingDown`] once the shutdown has begun.
    #[track_caller]
    pub fn spawn_blocking<T: TaskOutput>(
        &self,
        name: impl Into<Cow<'static, str>>,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<TaskHandle, TaskError> {
        let name = name.into();
        let limits = self.limits_of(&name);
        let entry = self.admit(name, Kind::Blocking, Place(Location::caller()), limits, None)?;
        Ok(self.launch_blocking(entry, work))
    }

    /// Runs `work` on a thread where it may block, with `limits`. It should look at its token between steps: that is
    /// cancelled at the soft limit, at a stop and at the shutdown.
    ///
    /// # Errors
    /// [`TaskError::ShuttingDown`] once the shutdown has begun.
    #[track_caller]
    pub fn spawn_blocking_with<T: TaskOutput>(
        &self,
        name: impl Into<Cow<'static, str>>,
        limits: impl Into<Limits>,
        work: impl FnOnce(CancellationToken) -> T + Send + 'static,
    ) -> Result<TaskHandle, TaskError> {
        let token = CancellationToken::new();
        let place = Place(Location::caller());
        let entry = self.admit(name.into(), Kind::Blocking, place, limits.into(), Some(token.clone()))?;
        Ok(self.launch_blocking(entry, move || work(token)))
    }

    fn launch_blocking<T: TaskOutput>(
        &self,
        entry: Arc<Entry>,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> TaskHandle {
        let end = self.end_of(&entry);
        let thread = self.registry().runtime.spawn_blocking(move || {
            let output = catch_unwind(AssertUnwindSafe(|| work().into_end()));
            end.finish(output.unwrap_or_else(|panic| End::Panicked { message: message(&*panic) }));
        });
        // While it waits for a thread it can still be stopped.
        entry.attach(Stopper::Abort(thread.abort_handle()));
        self.registry().watch(&entry);
        self.handle(entry)
    }
}
