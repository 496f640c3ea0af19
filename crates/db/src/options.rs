//! How a [`Database`](crate::Database) is used: pool size and limits.

use std::time::Duration;

/// The longest limit a transaction can have: nothing waits longer than a day.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// How a database is used.
#[derive(Debug, Clone)]
pub struct DatabaseOptions {
    /// The most connections of the pool. 10. A database in memory has one, whatever this says.
    pub pool: u32,
    /// The most a transaction may take, from waiting for a connection to COMMIT. 10 s: a step's limit in development.
    pub limit: Duration,
    /// The longest wait for a free connection. 2 s: the driver's own 30 s are a whole start's budget.
    pub acquire: Duration,
    #[cfg(test)]
    pub(crate) sabotage: crate::sabotage::Sabotage,
}

impl Default for DatabaseOptions {
    fn default() -> Self {
        Self {
            pool: 10,
            limit: Duration::from_secs(10),
            acquire: Duration::from_secs(2),
            #[cfg(test)]
            sabotage: crate::sabotage::Sabotage::default(),
        }
    }
}

impl DatabaseOptions {
    /// The defaults with a pool of `pool` connections.
    pub fn pool(pool: u32) -> Self {
        Self { pool: pool.max(1), ..Self::default() }
    }

    /// Sets the limit of a transaction.
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = bounded(limit);
        self
    }
}

/// `limit`, as far as clocks can count.
pub(crate) fn bounded(limit: Duration) -> Duration {
    limit.min(LONGEST)
}
