//! What can go wrong at this crate's boundary. The text of none of these holds a secret.

use crate::{
    address::{Address, Kind},
    classify::{self, During},
};
use bootproof_core::Diagnosis;
use std::{sync::Arc, time::Duration};

/// Why a database could not be used.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// No usable connection could be had; the diagnosis says why and what to do.
    #[error("database `{name}` cannot be used")]
    Unusable {
        /// The name it was given.
        name: String,
        /// Why.
        source: Box<Diagnosis>,
    },
    /// The server refused a statement, or the connection was lost meanwhile.
    #[error("a statement failed on {on}")]
    Statement {
        /// Where, such as `` PostgreSQL at `db:5432` ``.
        on: Place,
        /// What the driver says.
        source: sqlx::Error,
    },
    /// A connection of another kind was asked for.
    #[error("this is {is}, not {asked}")]
    OtherKind {
        /// What was asked for.
        asked: Kind,
        /// What it is.
        is: Kind,
    },
}

/// Names where a statement ran, and keeps what is needed to diagnose its failure.
#[derive(Debug, Clone)]
pub struct Place(pub(crate) Arc<Address>);

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.name())
    }
}

impl DbError {
    pub(crate) fn unusable(name: &str, source: Diagnosis) -> Self {
        Self::Unusable { name: name.to_owned(), source: Box::new(source) }
    }

    pub(crate) fn statement(address: &Arc<Address>, source: sqlx::Error) -> Self {
        Self::Statement { on: Place(Arc::clone(address)), source }
    }

    /// What people should be told.
    pub fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::Unusable { source, .. } => Diagnosis::clone(source),
            Self::Statement { on, source } => classify::diagnosis(&on.0, During::Working, source),
            Self::OtherKind { .. } => Diagnosis::new("DB-024", self.to_string())
                .action("ask for the kind of connection that the URL's scheme names"),
        }
    }
}

/// Why a transaction did not commit. In every case but [`TxError::InDoubt`] nothing of it is kept.
#[derive(Debug, thiserror::Error)]
pub enum TxError<E> {
    /// It did not begin: no connection, or the server refused.
    #[error("the transaction did not begin")]
    NotBegun(#[source] DbError),
    /// The closure returned an error; what it had written was rolled back.
    #[error("the transaction was rolled back")]
    Closure(#[source] E),
    /// The limit was reached; what was written was rolled back.
    #[error("the transaction was rolled back at its limit of {limit:?}")]
    TimedOut {
        /// The limit.
        limit: Duration,
    },
    /// The server refused to commit, or the transaction was broken before (a statement failed and the closure went on):
    /// it was rolled back.
    #[error("the transaction could not be committed and was rolled back")]
    NotCommitted(#[source] DbError),
    /// The answer to COMMIT was lost: it is committed whole or not at all, and which of the two is not known.
    #[error("the answer to COMMIT was lost: it is committed whole or not at all")]
    InDoubt(#[source] DbError),
}
