//! One server of a handle: the connection that is up, or why there is none.
//!
//! Read [`Server::call`] first. Calls never connect by themselves: a keeper does, see [`crate::keeper`]. While the server is
//! away, calls learn it at once.

use crate::{
    Failure, Limits, Source, Target, Trouble,
    breaker::Breaker,
    command::Command,
    connection::{Connection, NoAnswer},
    keeper,
};
use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{Instant, timeout_at},
};
use tokio_util::sync::{CancellationToken, DropGuard};

/// How a server stands.
#[derive(Clone)]
pub(crate) enum State {
    /// The keeper is at it; calls wait for it as long as their share allows.
    Connecting,
    /// It serves.
    Up(Connection),
    /// It does not; calls pass it by.
    Away(Arc<Failure>),
}

/// What calls and keeper share.
pub(crate) struct Shared {
    pub(crate) target: Arc<Target>,
    pub(crate) limits: Limits,
    /// Nothing stands behind this server: being fit to be read is better than nothing.
    pub(crate) alone: bool,
    pub(crate) state: watch::Sender<State>,
    breaker: Breaker,
}

/// A server, kept connected until dropped.
pub(crate) struct Server {
    pub(crate) place: Source,
    shared: Arc<Shared>,
    stop: CancellationToken,
    keeper: Mutex<Option<JoinHandle<()>>>,
    _stop_on_drop: DropGuard,
}

/// Why a server has no answer.
pub(crate) enum Missed {
    /// An answer to this command alone, in the server's words.
    Refused(String),
    /// It does not serve.
    Away(Arc<Failure>),
}

impl Server {
    /// Begins to connect.
    pub(crate) fn open(place: Source, target: Target, limits: Limits, alone: bool) -> Self {
        let shared = Arc::new(Shared {
            target: Arc::new(target),
            limits,
            alone,
            state: watch::Sender::new(State::Connecting),
            breaker: Breaker::new(limits.failures),
        });
        let stop = CancellationToken::new();
        let keeper = tokio::spawn(keeper::keep(Arc::clone(&shared), stop.clone()));
        Self { place, shared, _stop_on_drop: stop.clone().drop_guard(), stop, keeper: Mutex::new(Some(keeper)) }
    }

    /// Sends a command, in `share` at most.
    pub(crate) async fn call<C: Command>(&self, command: &C, share: Duration) -> Result<C::Reply, Missed> {
        let until = Instant::now() + share;
        let connection = self.shared.connection(until).await.map_err(Missed::Away)?;
        match connection.send(&command.said(), until).await {
            Ok(value) => {
                self.shared.breaker.succeeded();
                command.heard(value).ok_or_else(|| Missed::Refused("the answer is of an unknown kind".into()))
            }
            Err(NoAnswer::Refused(line)) => {
                self.shared.breaker.succeeded();
                Err(Missed::Refused(line))
            }
            Err(NoAnswer::Failed(failure)) => Err(Missed::Away(self.shared.failed(&connection, failure))),
        }
    }

    /// Waits until the keeper has come to a result, `limit` at most.
    pub(crate) async fn settled(&self, limit: Duration) {
        let mut state = self.shared.state.subscribe();
        // Not settled in time is no error here: whoever calls next sees how it stands.
        let _ = tokio::time::timeout(limit, state.wait_for(|state| !matches!(state, State::Connecting))).await;
    }

    /// Why it does not serve now, if it does not.
    pub(crate) fn away(&self) -> Option<Arc<Failure>> {
        match &*self.shared.state.borrow() {
            State::Up(connection) if connection.is_alive() => None,
            State::Away(failure) => Some(Arc::clone(failure)),
            _ => Some(self.shared.not_yet()),
        }
    }

    /// Where it is.
    pub(crate) fn target(&self) -> &Target {
        &self.shared.target
    }

    /// Ends the connection; on return nothing of it runs.
    pub(crate) async fn close(&self) {
        self.stop.cancel();
        let keeper = self.keeper.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(keeper) = keeper {
            // It ends by the token; a panic in it has nothing left to end.
            let _ = keeper.await;
        }
    }
}

impl Shared {
    /// The connection that is up, waiting for one that is being made.
    async fn connection(&self, until: Instant) -> Result<Connection, Arc<Failure>> {
        if let State::Up(connection) = &*self.state.borrow()
            && connection.is_alive()
        {
            return Ok(connection.clone());
        }
        let mut state = self.state.subscribe();
        loop {
            match &*state.borrow_and_update() {
                State::Up(connection) if connection.is_alive() => return Ok(connection.clone()),
                State::Away(failure) => return Err(Arc::clone(failure)),
                _ => {}
            }
            if !matches!(timeout_at(until, state.changed()).await, Ok(Ok(()))) {
                return Err(self.not_yet());
            }
        }
    }

    fn not_yet(&self) -> Arc<Failure> {
        Arc::new(Failure::new(Trouble::Silent, &self.target.place(), "not connected yet"))
    }

    /// A call on `connection` failed. The server is away from now on, when the breaker says so; the keeper takes over.
    fn failed(&self, connection: &Connection, failure: Failure) -> Arc<Failure> {
        let failure = Arc::new(failure);
        let keeps_serving = self.alone && failure.trouble.only_writes() && failure.trouble != Trouble::ReadOnly;
        // A connection that is lost is lost at once; only slowness is counted.
        if keeps_serving || (failure.trouble == Trouble::Silent && !self.breaker.failed()) {
            return failure;
        }
        self.state.send_if_modified(|state| match state {
            State::Up(up) if up.is(connection) => {
                *state = State::Away(Arc::clone(&failure));
                true
            }
            _ => false,
        });
        connection.give_up();
        failure
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("place", &self.place).field("target", &self.shared.target.shown()).finish()
    }
}
