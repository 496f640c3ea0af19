//! What a transaction's closure works with.

use crate::{
    address::{Address, Kind},
    error::DbError,
    open::Open,
    speak::{Driver, Speak},
};
use sqlx::{MySql, MySqlConnection, PgConnection, Postgres, SqlSafeStr, Sqlite, SqliteConnection};
use std::{marker::PhantomData, sync::Arc, time::Duration};

/// An open transaction. Only its closure sees it; it is committed or rolled back by
/// [`Database::transaction`](crate::Database::transaction), never from inside.
///
/// `'env` is what the closure may borrow from around it.
pub struct Tx<'env> {
    pub(crate) inner: Inner,
    pub(crate) address: Arc<Address>,
    _env: PhantomData<&'env ()>,
}

pub(crate) enum Inner {
    Postgres(Open<Postgres>),
    MySql(Open<MySql>),
    Sqlite(Open<Sqlite>),
    /// Its connection was closed under it, by a proof.
    Cut,
}

impl<'env> Tx<'env> {
    pub(crate) fn new(inner: Inner, address: Arc<Address>) -> Self {
        Self { inner, address, _env: PhantomData }
    }

    /// Runs plain statements; tells how many rows they touched. Dynamic text must be wrapped in
    /// [`sqlx::AssertSqlSafe`], after thought; values belong into typed queries on [`Tx::postgres`], [`Tx::mysql`] or
    /// [`Tx::sqlite`].
    ///
    /// # Errors
    /// [`DbError::Statement`] with what the server says.
    pub async fn execute(&mut self, sql: impl SqlSafeStr + Send) -> Result<u64, DbError> {
        let sql = sql.into_sql_str();
        let done = match self.inner.speak() {
            Ok(conn) => conn.run(sql.as_str().to_owned()).await,
            Err(error) => Err(error),
        };
        done.map_err(|error| DbError::statement(&self.address, error))
    }

    /// The connection, for typed queries on PostgreSQL. A `begin` on it makes a savepoint.
    ///
    /// # Errors
    /// [`DbError::OtherKind`] when it is another kind of database.
    pub fn postgres(&mut self) -> Result<&mut PgConnection, DbError> {
        let address = &self.address;
        match &mut self.inner {
            Inner::Postgres(open) => open.conn().map_err(|error| DbError::statement(address, error)),
            _ => Err(DbError::OtherKind { asked: Kind::Postgres, is: address.kind }),
        }
    }

    /// The connection, for typed queries on MariaDB or MySQL. A `begin` on it makes a savepoint.
    ///
    /// # Errors
    /// [`DbError::OtherKind`] when it is another kind of database.
    pub fn mysql(&mut self) -> Result<&mut MySqlConnection, DbError> {
        let address = &self.address;
        match &mut self.inner {
            Inner::MySql(open) => open.conn().map_err(|error| DbError::statement(address, error)),
            _ => Err(DbError::OtherKind { asked: Kind::MySql, is: address.kind }),
        }
    }

    /// The connection, for typed queries on SQLite. A `begin` on it makes a savepoint.
    ///
    /// # Errors
    /// [`DbError::OtherKind`] when it is another kind of database.
    pub fn sqlite(&mut self) -> Result<&mut SqliteConnection, DbError> {
        let address = &self.address;
        match &mut self.inner {
            Inner::Sqlite(open) => open.conn().map_err(|error| DbError::statement(address, error)),
            _ => Err(DbError::OtherKind { asked: Kind::Sqlite, is: address.kind }),
        }
    }
}

impl Inner {
    /// The connection, for plain statements.
    pub(crate) fn speak(&mut self) -> Driver<&mut dyn Speak> {
        match self {
            Self::Postgres(open) => Ok(open.conn()?),
            Self::MySql(open) => Ok(open.conn()?),
            Self::Sqlite(open) => Ok(open.conn()?),
            Self::Cut => Err(sqlx::Error::PoolClosed),
        }
    }

    pub(crate) async fn commit(self, limit: Duration) -> Driver<Driver<()>> {
        match self {
            Self::Postgres(open) => open.commit(limit).await,
            Self::MySql(open) => open.commit(limit).await,
            Self::Sqlite(open) => open.commit(limit).await,
            Self::Cut => Err(sqlx::Error::PoolClosed),
        }
    }

    pub(crate) async fn rollback(self) {
        match self {
            Self::Postgres(open) => open.rollback().await,
            Self::MySql(open) => open.rollback().await,
            Self::Sqlite(open) => open.rollback().await,
            Self::Cut => {}
        }
    }

    pub(crate) async fn abandon(self) {
        match self {
            Self::Postgres(open) => open.abandon().await,
            Self::MySql(open) => open.abandon().await,
            Self::Sqlite(open) => open.abandon().await,
            Self::Cut => {}
        }
    }

    /// Closes the connection without a rollback: what a lost connection looks like from the server.
    pub(crate) async fn cut(&mut self) {
        match std::mem::replace(self, Self::Cut) {
            Self::Postgres(open) => open.cut().await,
            Self::MySql(open) => open.cut().await,
            Self::Sqlite(open) => open.cut().await,
            Self::Cut => {}
        }
    }
}
