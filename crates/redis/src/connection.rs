//! One connection to one server: greeted by us, then driven by the crate `redis`.

use crate::greeting::{Ask, failure, greet};
use crate::{Failure, Target, Trouble, dial};
use bootproof_core::mask_text;
use redis::{Cmd, RedisConnectionInfo, Value, aio::MultiplexedConnection};
use std::{sync::Arc, time::Duration};
use tokio::{task::JoinHandle, time::Instant};
use tokio_util::sync::CancellationToken;

/// A connection, cheap to clone. It ends with its last clone.
#[derive(Clone)]
pub(crate) struct Connection {
    redis: MultiplexedConnection,
    life: Arc<Life>,
    target: Arc<Target>,
}

struct Life {
    driver: JoinHandle<()>,
    ended: CancellationToken,
}

impl Drop for Life {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

/// Why a command has no answer to give.
#[derive(Debug)]
pub(crate) enum NoAnswer {
    /// The server answered with an error that is about this command alone; its own words.
    Refused(String),
    /// The server does not serve.
    Failed(Failure),
}

impl NoAnswer {
    /// As a failure of the server at `target`, for commands that a server has no reason to refuse.
    pub(crate) fn into_failure(self, target: &Target) -> Failure {
        match self {
            Self::Failed(failure) => failure,
            Self::Refused(line) => failure(target, Trouble::of_error(&line).unwrap_or(Trouble::Unexpected), &line),
        }
    }
}

impl std::fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Failed(failure) => failure.fmt(f),
            Self::Refused(line) => f.write_str(line),
        }
    }
}

/// Connects and greets within `limit`.
///
/// # Errors
/// See [`dial::dial`] and [`greet`].
pub(crate) async fn connect(target: &Arc<Target>, ask: Ask, limit: Duration) -> Result<Connection, Failure> {
    let until = Instant::now() + limit;
    let mut stream = dial::dial(target, until).await?;
    greet(&mut stream, target, ask, until, limit).await?;
    // We have greeted already: login and database are not said again, and nothing else either.
    let nothing = RedisConnectionInfo::default().set_skip_set_lib_name();
    let config = redis::AsyncConnectionConfig::new().set_response_timeout(None).set_connection_timeout(None);
    let made = MultiplexedConnection::new_with_config(&nothing, stream, config).await;
    let (redis, driver) = made.map_err(|error| failure(target, Trouble::Unexpected, &error.to_string()))?;
    let ended = CancellationToken::new();
    let over = ended.clone().drop_guard();
    let driver = tokio::spawn(async move {
        let _over = over;
        driver.await;
    });
    Ok(Connection { redis, life: Arc::new(Life { driver, ended }), target: Arc::clone(target) })
}

impl Connection {
    /// Whether it can still be used, as far as is known.
    pub(crate) fn is_alive(&self) -> bool {
        !self.life.ended.is_cancelled()
    }

    /// Waits until it has ended or was given up.
    pub(crate) async fn ended(&self) {
        self.life.ended.cancelled().await;
    }

    /// Nobody shall use it again.
    pub(crate) fn give_up(&self) {
        self.life.ended.cancel();
    }

    /// Whether both are the same connection.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.life, &other.life)
    }

    /// Sends one command and waits for its answer, before `until`. Dropping the future does no harm to others.
    pub(crate) async fn send(&self, command: &Cmd, until: Instant) -> Result<Value, NoAnswer> {
        let began = Instant::now();
        let mut redis = self.redis.clone();
        match tokio::time::timeout_at(until, redis.send_packed_command(command)).await {
            Ok(Ok(value)) => value.extract_error().map_err(|error| self.no_answer(&error)),
            Ok(Err(error)) => Err(self.no_answer(&error)),
            Err(_) => {
                let took = began.elapsed().as_millis();
                Err(self.failed(Trouble::Silent, format!("no reply in {took} ms")))
            }
        }
    }

    fn no_answer(&self, error: &redis::RedisError) -> NoAnswer {
        let Some(code) = error.code() else {
            let trouble = if error.is_io_error() { Trouble::Reset } else { Trouble::NotRedis };
            return self.failed(trouble, mask_text(&error.to_string(), self.target.secrets()));
        };
        let line = match error.detail() {
            Some(detail) => format!("{code} {detail}"),
            None => code.to_owned(),
        };
        match Trouble::of_answer(&line) {
            Some(trouble) => NoAnswer::Failed(failure(&self.target, trouble, &line)),
            None => NoAnswer::Refused(mask_text(&line, self.target.secrets())),
        }
    }

    fn failed(&self, trouble: Trouble, detail: String) -> NoAnswer {
        NoAnswer::Failed(Failure::new(trouble, &self.target.place(), detail))
    }
}
