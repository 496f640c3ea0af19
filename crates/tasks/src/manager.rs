//! The task manager: whatever it starts has a name, a place, limits, and is seen until it is over.

use crate::{
    Kind, Limit, Limits, Place, Reason, Settings, Snapshot, TaskError, TaskHandle, TaskInfo, TaskOutput,
    entry::{Entry, Stopper},
    guarded::{EndGuard, Guarded},
    registry::Registry,
    watchdog,
};
use std::{borrow::Cow, fmt, future::Future, panic::Location, sync::Arc};
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

/// Starts background tasks and holds them to their limits. Cheap to clone; all clones are one manager. When the last clone
/// is dropped, every task is ended by force: nothing goes on that nobody limits.
#[derive(Clone)]
pub struct TaskManager {
    core: Arc<Core>,
}

/// What all clones share, and tasks do not: its end is the end of the manager.
struct Core {
    registry: Arc<Registry>,
}

impl Drop for Core {
    fn drop(&mut self) {
        self.registry.close();
        for entry in self.registry.live() {
            entry.abort(Reason::ManagerGone);
        }
        self.registry.bell.end();
    }
}

impl TaskManager {
    /// A manager on the current tokio runtime (which needs its timers enabled) whose tasks have `limit`.
    ///
    /// # Errors
    /// [`TaskError::NoRuntime`] outside a runtime, [`TaskError::NoWatchdog`] when a thread cannot be started.
    pub fn new(limit: Limit) -> Result<Self, TaskError> {
        Self::with(Settings::new(limit))
    }

    /// A manager on the current tokio runtime with `settings`.
    ///
    /// # Errors
    /// As [`TaskManager::new`].
    pub fn with(settings: Settings) -> Result<Self, TaskError> {
        Self::on(Handle::try_current().map_err(TaskError::NoRuntime)?, settings)
    }

    /// A manager that runs its tasks on `runtime`.
    ///
    /// # Errors
    /// [`TaskError::NoWatchdog`] when a thread cannot be started.
    pub fn on(runtime: Handle, settings: Settings) -> Result<Self, TaskError> {
        let registry = Arc::new(Registry::new(runtime, settings));
        watchdog::start(Arc::clone(&registry))?;
        Ok(Self { core: Arc::new(Core { registry }) })
    }

    pub(crate) fn registry(&self) -> &Arc<Registry> {
        &self.core.registry
    }

    /// What it was made with.
    pub fn settings(&self) -> &Settings {
        &self.registry().settings
    }

    /// The limits of a task named `name`: those declared for it, else the default.
    pub fn limits_of(&self, name: &str) -> Limits {
        let settings = self.settings();
        settings.declared.get(name).copied().unwrap_or(settings.limits)
    }

    /// Starts `future` as a task with the limits of its name. It is not asked to end but ended at its hard limit, wherever
    /// it awaits then.
    ///
    /// # Errors
    /// [`TaskError::ShuttingDown`] once the shutdown has begun.
    #[track_caller]
    pub fn spawn<F>(&self, name: impl Into<Cow<'static, str>>, future: F) -> Result<TaskHandle, TaskError>
    where
        F: Future<Output: TaskOutput> + Send + 'static,
    {
        let name = name.into();
        let limits = self.limits_of(&name);
        let entry = self.admit(name, Kind::Future, Place(Location::caller()), limits, None)?;
        Ok(self.launch(entry, future))
    }

    /// Starts the future that `make` makes as a task with `limits`. Its token is cancelled at the soft limit, at a stop and
    /// at the shutdown: time to clean up, until the hard limit at most.
    ///
    /// # Errors
    /// [`TaskError::ShuttingDown`] once the shutdown has begun.
    #[track_caller]
    pub fn spawn_with<F>(
        &self,
        name: impl Into<Cow<'static, str>>,
        limits: impl Into<Limits>,
        make: impl FnOnce(CancellationToken) -> F,
    ) -> Result<TaskHandle, TaskError>
    where
        F: Future<Output: TaskOutput> + Send + 'static,
    {
        let token = CancellationToken::new();
        let future = make(token.clone());
        let entry = self.admit(name.into(), Kind::Future, Place(Location::caller()), limits.into(), Some(token))?;
        Ok(self.launch(entry, future))
    }

    pub(crate) fn admit(
        &self,
        name: Cow<'static, str>,
        kind: Kind,
        place: Place,
        limits: Limits,
        token: Option<CancellationToken>,
    ) -> Result<Arc<Entry>, TaskError> {
        self.registry().admit(Entry::new(name, kind, place, limits, token))
    }

    fn launch<F>(&self, entry: Arc<Entry>, future: F) -> TaskHandle
    where
        F: Future<Output: TaskOutput> + Send + 'static,
    {
        let end = self.end_of(&entry);
        let task = self.registry().runtime.spawn(Guarded::new(future, end));
        entry.attach(Stopper::Abort(task.abort_handle()));
        self.handle(entry)
    }

    pub(crate) fn end_of(&self, entry: &Arc<Entry>) -> EndGuard {
        EndGuard { entry: Arc::clone(entry), registry: Arc::clone(self.registry()) }
    }

    pub(crate) fn handle(&self, entry: Arc<Entry>) -> TaskHandle {
        TaskHandle { entry, registry: Arc::clone(self.registry()) }
    }

    /// All tasks: those that live, and the latest that are over.
    pub fn snapshot(&self) -> Snapshot {
        self.registry().snapshot()
    }

    /// How many tasks are not over.
    pub fn live(&self) -> usize {
        self.registry().count_live()
    }

    /// The tasks that should have ended, could not be stopped, and go on: they block their thread. Oldest first.
    pub fn leaked(&self) -> Vec<TaskInfo> {
        self.registry().leaked()
    }
}

impl fmt::Debug for TaskManager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskManager").field("live", &self.live()).field("settings", self.settings()).finish()
    }
}
