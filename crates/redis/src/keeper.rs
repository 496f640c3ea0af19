//! Keeps one server connected: connects, watches, and tries again for as long as the handle lives.
//!
//! Each attempt is the half-open test of the breaker: it connects afresh, logs in, says PING and asks whether writes are
//! taken. It tries twice, since what lies between may drop the first connection after an outage.

use crate::{
    Failure, Trouble,
    connection::{Connection, connect},
    greeting::Ask,
    random,
    server::{Shared, State},
};
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// A connection that lived this long was a good one: the next attempt follows at once. A shorter life counts as one more
/// failed round, so that a server which accepts and drops is not hammered.
const STEADY: Duration = Duration::from_secs(1);

/// Works until `stop`.
pub(crate) async fn keep(shared: Arc<Shared>, stop: CancellationToken) {
    stop.run_until_cancelled(rounds(&shared)).await;
    shared.state.send_replace(State::Away(Arc::new(closed(&shared))));
}

async fn rounds(shared: &Shared) {
    let mut round = 0;
    loop {
        let failure = match half_open(shared).await {
            Ok(connection) => match serve(shared, connection).await {
                None => {
                    round = 0;
                    continue;
                }
                Some(failure) => failure,
            },
            Err(failure) => {
                shared.state.send_replace(State::Away(Arc::new(failure.clone())));
                failure
            }
        };
        tokio::time::sleep(shared.limits.pace.after(round, &failure, random::fraction())).await;
        round = round.saturating_add(1);
    }
}

/// Lets calls use `connection` until it ends. `None` when the next attempt may follow at once.
async fn serve(shared: &Shared, connection: Connection) -> Option<Failure> {
    let since = Instant::now();
    shared.state.send_replace(State::Up(connection.clone()));
    connection.ended().await;
    let lost = Failure::new(Trouble::Reset, &shared.target.place(), "the connection was lost");
    let steady = since.elapsed() >= STEADY;
    let mut because = lost.clone();
    shared.state.send_modify(|state| match state {
        // A call has said already why.
        State::Away(failure) => because = Failure::clone(failure),
        _ if steady => *state = State::Connecting,
        _ => *state = State::Away(Arc::new(lost)),
    });
    (!steady).then_some(because)
}

async fn half_open(shared: &Shared) -> Result<Connection, Failure> {
    match attempt(shared).await {
        Err(failure) if failure.trouble == Trouble::Reset => attempt(shared).await,
        done => done,
    }
}

async fn attempt(shared: &Shared) -> Result<Connection, Failure> {
    let connect_for = |ask| connect(&shared.target, ask, shared.limits.connect);
    match connect_for(Ask::Writes).await {
        Err(failure) if shared.alone && failure.trouble.only_writes() => connect_for(Ask::Nothing).await,
        done => done,
    }
}

fn closed(shared: &Shared) -> Failure {
    Failure::new(Trouble::Refused, &shared.target.place(), "the handle was closed")
}
