//! Waiting: until something is up, ready and lets us in, or until it is gone.
//!
//! Read [`Wait`] first: what to wait for ([`Target`]), for how long, and what counts. Each target is a task of its own, so that
//! one that does not answer delays no other. How often somebody is asked is decided in `pace.rs`, and nowhere else; what a
//! failure means for the wait, in `judge.rs`. The questions are those of the probes.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use bootproof_probe::wait::{Outcome, Target, Wait};
//! let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
//! let target = Target::parse(&listener.local_addr()?.to_string(), &bootproof_core::Vars::default())?;
//! assert_eq!(Wait::all(vec![target]).run().await.outcome, Outcome::Came);
//! # Ok(()) }
//! ```

mod aim;
mod ask;
mod at_once;
mod diagnose;
mod door;
mod follow;
mod gone;
mod http;
mod judge;
mod local;
mod pace;
mod standing;
mod target;
mod words;

pub use standing::{Outcome, Standing, Waited};
pub use target::{Target, TargetError};

use bootproof_core::{Diagnosis, Identity, Vars};
use standing::Board;
use std::{future::Future, ops::RangeInclusive, pin::Pin, sync::Arc, time::Duration};
use tokio::{task::JoinSet, time::Instant};

/// Finds who has a name, alive and the one that is meant, in the time given. `DISC-001` says that nobody has it now.
pub type Resolver = Arc<dyn Fn(&str, Duration) -> Resolving + Send + Sync>;

/// What a [`Resolver`] returns: who has the name, and where; or why nobody was found.
pub type Resolving = Pin<Box<dyn Future<Output = Result<Identity, Diagnosis>> + Send>>;

/// Is told of a target by its number, from 0, whenever it says something new. Must not block.
pub type Observer = Arc<dyn Fn(usize, &Standing) + Send + Sync>;

/// What an answer must be like, beyond being one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Text that the server must say of itself; of HTTP: in a header or the body, of a file: in its first 64 KB.
    pub identity: Option<String>,
    /// HTTP statuses that count.
    pub statuses: Vec<RangeInclusive<u16>>,
    /// Text that the beginning of an HTTP body (8 KB) must contain.
    pub body: Option<String>,
}

impl Default for Wanted {
    /// Anybody, with a status from 200 to 299.
    fn default() -> Self {
        Self { identity: None, statuses: vec![200..=299], body: None }
    }
}

/// A wait, to be run once.
pub struct Wait {
    targets: Vec<Target>,
    any: bool,
    limit: Option<Duration>,
    observer: Option<Observer>,
    plan: Plan,
}

/// What all targets of a wait share.
pub(crate) struct Plan {
    /// Whether they must go, instead of come.
    gone: bool,
    interval: Option<Duration>,
    wanted: Wanted,
    vars: Arc<Vars>,
    resolver: Option<Resolver>,
    until: Option<Instant>,
}

impl Wait {
    /// Waits for all of these, without a limit.
    pub fn all(targets: Vec<Target>) -> Self {
        let wanted = Wanted::default();
        let plan = Plan { gone: false, interval: None, wanted, vars: Arc::default(), resolver: None, until: None };
        Self { targets, any: false, limit: None, observer: None, plan }
    }

    /// One of them is enough.
    pub fn any(mut self) -> Self {
        self.any = true;
        self
    }

    /// Waits until they are gone: nobody accepts connections, the file is absent, the command fails.
    pub fn gone(mut self) -> Self {
        self.plan.gone = true;
        self
    }

    /// Ends after this time.
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Asks each target once in so much time, instead of by the schedule.
    pub fn every(mut self, interval: Duration) -> Self {
        self.plan.interval = Some(interval);
        self
    }

    /// Demands more of the answers.
    pub fn wanting(mut self, wanted: Wanted) -> Self {
        self.plan.wanted = wanted;
        self
    }

    /// The variables that commands see.
    pub fn vars(mut self, vars: Vars) -> Self {
        self.plan.vars = Arc::new(vars);
        self
    }

    /// Asks this one who has a name. Without it a name cannot be waited for.
    pub fn names(mut self, resolver: Resolver) -> Self {
        self.plan.resolver = Some(resolver);
        self
    }

    /// Tells this one what is new.
    pub fn telling(mut self, observer: Observer) -> Self {
        self.observer = Some(observer);
        self
    }

    /// Waits. Dropping the future ends everything that it began, commands included.
    pub async fn run(mut self) -> Waited {
        let began = Instant::now();
        // A limit that is too far away for the clock is none.
        self.plan.until = self.limit.and_then(|limit| began.checked_add(limit));
        let (until, all) = (self.plan.until, !self.any);
        let board = Arc::new(Board::new(began, &self.targets, self.observer.take()));
        let plan = Arc::new(self.plan);
        let mut tasks = JoinSet::new();
        for (at, target) in self.targets.into_iter().enumerate() {
            tasks.spawn(follow::follow(Arc::clone(&plan), Arc::clone(&board), at, target));
        }
        let ended = async {
            while let Some(done) = tasks.join_next().await {
                // Nobody cancels them before the set is dropped.
                let came = done.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
                // For all of them, one that cannot come is the end; for any of them, one that came.
                if came != all {
                    break;
                }
            }
        };
        let in_time = match until {
            Some(until) => tokio::time::timeout_at(until, ended).await.is_ok(),
            None => (ended.await, true).1,
        };
        drop(tasks);
        board.waited(all, in_time)
    }
}
