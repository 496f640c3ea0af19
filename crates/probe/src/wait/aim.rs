//! Where a question goes: knock while nobody is known to be there, and ask in its protocol when somebody is.

use super::{Plan, Target, ask::Asked, door::Door, gone, judge, local, target::Kind};
use bootproof_core::{Diagnosis, Identity};
use std::time::Duration;
use tokio::{net::TcpStream, time::Instant};

/// The most that a connect may take; see `CONNECT` of the probes.
const KNOCK: Duration = Duration::from_secs(2);
/// The most that a whole question may take: connect, login, answer. A probe's own limits are below it.
const QUESTION: Duration = Duration::from_millis(4500);
/// The most that the first question may take where there is a door to knock at.
const FIRST: Duration = Duration::from_millis(500);
/// What is kept back of the wait, to tell what was wrong.
const TELLING: Duration = Duration::from_millis(25);

/// A target with what is known of it from one question to the next.
pub(super) struct Aim {
    target: Target,
    door: Option<Door>,
    asked: Asked,
    /// Whether somebody opened, so that there is no need to knock.
    open: bool,
    first: bool,
}

impl Aim {
    pub(super) fn new(plan: &Plan, target: Target) -> Self {
        let (door, asked) = (target.address().map(Door::new), Asked::new(&target, plan));
        // The first question is whole: it tells what is wrong with a URL, too, and one that is answered needs no knock.
        Self { target, door, asked, open: true, first: true }
    }

    pub(super) fn is_near(&self) -> bool {
        self.target.is_near()
    }

    /// Asks once.
    pub(super) async fn ask(&mut self, plan: &Plan) -> Result<Identity, Diagnosis> {
        if plan.gone {
            let limit = left(plan, if self.door.is_some() { KNOCK } else { QUESTION });
            return gone::ask(plan, &self.target, self.door.as_mut(), &self.asked, limit).await;
        }
        if let Kind::Tcp(_) = self.target.kind {
            return self.connect(plan).await;
        }
        if !self.open {
            self.knock(plan).await?;
            self.open = true;
        }
        let most = if self.first && self.door.is_some() { FIRST } else { QUESTION };
        self.first = false;
        let said = self.asked.ask(plan, left(plan, most)).await;
        if said.as_ref().is_err_and(judge::is_unheard) {
            self.open = false;
        }
        said
    }

    async fn connect(&mut self, plan: &Plan) -> Result<Identity, Diagnosis> {
        match (self.knock(plan).await?, &plan.wanted.identity) {
            (Some(stream), Some(text)) => {
                local::greeting(stream, self.target.shown(), text, left(plan, QUESTION)).await
            }
            _ => Ok(Identity(format!("{} accepts connections", self.target.shown()))),
        }
    }

    /// A connection, where there is a door.
    async fn knock(&mut self, plan: &Plan) -> Result<Option<TcpStream>, Diagnosis> {
        let limit = left(plan, KNOCK);
        let Some(door) = &mut self.door else { return Ok(None) };
        door.knock(limit).await.map(Some).map_err(|closed| door.diagnose(closed, limit))
    }
}

/// `most`, or less when the wait has less left.
fn left(plan: &Plan, most: Duration) -> Duration {
    let left = plan.until.map(|until| until.saturating_duration_since(Instant::now()).saturating_sub(TELLING));
    left.map_or(most, |left| left.min(most))
}
