//! What a start hands over.

use crate::{Refused, process};
use bootproof_core::{ExitCode, Outcome, RunEnd, RunState, Shelf, Strictness, Vars};
use bootproof_engine::Finished;
use bootproof_ports::{Held, HeldUnix};
use bootproof_report::{Detail, Style};
use bootproof_tasks::TaskManager;
use std::{io, net::TcpListener, sync::Arc};

/// A start that is over: its report, and what it holds. Dropping it releases what was not taken.
pub struct Boot {
    state: RunState,
    shelf: Arc<Shelf>,
}

/// Something that was asked of a start which does not hold it.
#[derive(Debug, thiserror::Error)]
pub enum NotHeld {
    /// No such thing is declared, or its fix did not succeed.
    #[error("the start holds no {what} `{name}`; declared and applied are: {held}")]
    Absent {
        /// `listener`, `database`, ...
        what: &'static str,
        /// The name asked for.
        name: String,
        /// What is held.
        held: String,
    },
    /// The socket could not be duplicated.
    #[error("cannot duplicate the listening socket of `{name}`")]
    Socket {
        /// The port's name.
        name: String,
        /// Why.
        source: io::Error,
    },
}

impl Boot {
    /// The start that `finished`.
    pub fn ran(finished: Finished) -> Self {
        Self { state: finished.state, shelf: finished.shelf }
    }

    pub(crate) fn refused(refused: &Refused) -> Self {
        Self { state: refused.state(), shelf: Arc::default() }
    }

    /// The snapshot of the run: everything that is known of it. Of a start that was refused, why.
    pub fn state(&self) -> &RunState {
        &self.state
    }

    /// The whole run in one word.
    pub fn outcome(&self) -> Outcome {
        self.state.outcome()
    }

    /// The exit code the command would end with.
    pub fn exit_code(&self) -> ExitCode {
        self.state.exit_code(Strictness::default())
    }

    /// The report for people, 80 columns wide, without colour.
    pub fn text(&self) -> String {
        bootproof_report::text(&self.state, Strictness::default(), Detail::Normal, &Style::default())
    }

    /// The report as one JSON document.
    pub fn json(&self) -> String {
        bootproof_report::Report::from_state(&self.state, Strictness::default()).to_json()
    }

    /// Whether the service may start: everything required is proven or degraded, or was applied and its proof switched off
    /// by hand (`USE_ROBUST_STARTUP=false`).
    pub fn may_start(&self) -> bool {
        let unproven_by_hand = self.state.totals().unproven > 0 && self.state.end() == Some(&RunEnd::Completed);
        self.outcome() != Outcome::Failed || (unproven_by_hand && self.state.may_start())
    }

    /// This, when the service may start. Else the report goes to stderr and the process ends with the documented exit code.
    pub fn or_exit(self) -> Self {
        if !self.may_start() {
            process::exit_with(&self.text(), self.exit_code().0);
        }
        self
    }

    /// The bound, listening, nonblocking socket of `[ports.NAME]`: its first address. All of them: [`Boot::port`].
    ///
    /// # Errors
    /// When no such port is held.
    pub fn listener(&self, name: &str) -> Result<TcpListener, NotHeld> {
        self.port(name)?.listener().map_err(|source| NotHeld::Socket { name: name.to_owned(), source })
    }

    /// Everything that is held for `[ports.NAME]`.
    ///
    /// # Errors
    /// When no such port is held.
    pub fn port(&self, name: &str) -> Result<Arc<Held>, NotHeld> {
        self.held("listener", "ports", name)
    }

    /// Every port that is held, by name.
    pub fn ports(&self) -> Vec<Arc<Held>> {
        let keys = self.shelf.keys();
        keys.iter().filter(|key| key.starts_with("ports/")).filter_map(|key| self.shelf.get(key)).collect()
    }

    /// The Unix socket that is held for `[ports.NAME]`. Dropping the last handle on it removes its file.
    ///
    /// # Errors
    /// When no such socket is held.
    pub fn unix_socket(&self, name: &str) -> Result<Arc<HeldUnix>, NotHeld> {
        self.held("Unix socket", "ports", name)
    }

    /// The database of `[database.NAME]`, its pool guarded.
    ///
    /// # Errors
    /// When no such database is held.
    #[cfg(feature = "database")]
    pub fn database(&self, name: &str) -> Result<Arc<bootproof_db::Database>, NotHeld> {
        self.held("database", "database", name)
    }

    /// The handle of `[redis.NAME]`.
    ///
    /// # Errors
    /// When no such handle is held.
    #[cfg(feature = "redis")]
    pub fn redis(&self, name: &str) -> Result<Arc<bootproof_redis::Handle>, NotHeld> {
        self.held("Redis handle", "redis", name)
    }

    /// The manager of background tasks, with the declared limits.
    ///
    /// # Errors
    /// When `[tasks]` is not declared or its fix did not succeed.
    pub fn tasks(&self) -> Result<Arc<TaskManager>, NotHeld> {
        self.held("task manager", "tasks", "manager")
    }

    /// Where the service of `[discover.NAME]` is, and who said so.
    ///
    /// # Errors
    /// When none of that name is declared or it was not found.
    #[cfg(feature = "discovery")]
    pub fn found(&self, name: &str) -> Result<Arc<bootproof_discovery::Found>, NotHeld> {
        self.held("service", "discover", name)
    }

    /// The variables as the environment fix resolved them, and as later fixes moved them.
    ///
    /// # Errors
    /// When no variables are declared or the fix did not succeed.
    pub fn vars(&self) -> Result<Arc<Vars>, NotHeld> {
        self.held("variables", "environment", "vars")
    }

    /// What lies on the shelf under `key`, if it is a `T`.
    #[cfg(feature = "discovery")]
    pub(crate) fn thing<T: Send + Sync + 'static>(&self, key: &str) -> Option<Arc<T>> {
        self.shelf.get(key)
    }

    fn held<T: Send + Sync + 'static>(&self, what: &'static str, room: &str, name: &str) -> Result<Arc<T>, NotHeld> {
        let found = self.shelf.get(&format!("{room}/{name}"));
        found.ok_or_else(|| NotHeld::Absent {
            what,
            name: name.to_owned(),
            held: Some(self.shelf.keys().join(", "))
                .filter(|keys| !keys.is_empty())
                .unwrap_or_else(|| "nothing".to_owned()),
        })
    }
}
