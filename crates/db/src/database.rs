//! A database behind a guarded pool.

use crate::{
    address::{Address, Kind, Place},
    classify::{self, During},
    diagnose,
    error::DbError,
    file::{self, Made},
    open::Open,
    options::{DatabaseOptions, bounded},
    pool::guarded,
    server::{mysql, postgres, sqlite},
    session,
    speak::{Driver, Session, Speak},
    terms::Terms,
    tx::Inner,
};
use bootproof_core::{Diagnosis, Secret};
use sqlx::{
    MySql, MySqlPool, PgPool, Postgres, Sqlite, SqlitePool, pool::PoolConnection, sqlite::SqliteConnectOptions,
};
use std::{fmt, sync::Arc, time::Duration};
use tokio::sync::Mutex;

/// A database: PostgreSQL, MariaDB/MySQL or SQLite. Cheap to clone; clones share the pool.
#[derive(Clone)]
pub struct Database {
    parts: Arc<Parts>,
    limit: Duration,
}

struct Parts {
    name: String,
    identity: String,
    address: Arc<Address>,
    terms: Terms,
    options: DatabaseOptions,
    pools: Pools,
    made: Made,
    memory: Option<Memory>,
}

/// A database in memory lives as long as one connection to it does: this one.
struct Memory {
    options: SqliteConnectOptions,
    anchor: Mutex<Option<Session>>,
}

enum Pools {
    Postgres(PgPool),
    MySql(MySqlPool),
    Sqlite(SqlitePool),
}

/// A connection of whichever pool.
pub(crate) enum Pooled {
    Postgres(PoolConnection<Postgres>),
    MySql(PoolConnection<MySql>),
    Sqlite(PoolConnection<Sqlite>),
}

impl Pooled {
    pub(crate) fn speak(&mut self) -> &mut dyn Speak {
        match self {
            Self::Postgres(conn) => &mut **conn,
            Self::MySql(conn) => &mut **conn,
            Self::Sqlite(conn) => &mut **conn,
        }
    }
}

impl Database {
    /// Connects to `url` once, to see who answers, and opens a guarded pool. A SQLite file is made when it is missing, with
    /// its folder, unless the URL says `mode=rw` or `mode=ro`.
    ///
    /// # Errors
    /// [`DbError::Unusable`] with the diagnosis: what is wrong and what to do.
    pub async fn connect(name: &str, url: &Secret, options: DatabaseOptions) -> Result<Self, DbError> {
        let connected = async {
            let address = Address::parse(url).map_err(|diagnosis| diagnose::about(name, diagnosis))?;
            let made = file::prepare(&address).await?;
            match Self::open_pool(name, address, options, made.clone()).await {
                Ok(database) => Ok(database),
                Err(diagnosis) => {
                    // The first trouble is the one to report.
                    let _ = file::take_back(&made).await;
                    Err(diagnosis)
                }
            }
        };
        connected.await.map_err(|diagnosis: Diagnosis| DbError::unusable(name, diagnosis))
    }

    async fn open_pool(name: &str, address: Address, options: DatabaseOptions, made: Made) -> Result<Self, Diagnosis> {
        let failed = |error: sqlx::Error| classify::diagnosis(&address, During::Connecting, &error);
        let in_memory = matches!(address.place, Place::Memory);
        let memory = if in_memory { Some(sqlite::in_memory().map_err(failed)?) } else { None };
        let mut first = session::open(&address, memory.as_ref(), session::CONNECT).await?;
        let identity = session::identity(&address, &mut *first).await.map_err(failed)?;
        let read_only = matches!(&address.place, Place::File(file) if file.mode == crate::address::FileMode::ReadOnly);
        let terms = Terms::ask(address.kind, &mut *first, read_only).await.map_err(failed)?;
        let anchor = if in_memory {
            Some(first)
        } else {
            first.close().await.map_err(failed)?;
            None
        };
        let memory = memory.map(|options| Memory { options, anchor: Mutex::new(anchor) });
        let pools = Pools::new(&address, &options, &terms, memory.as_ref().map(|memory| &memory.options))?;
        let limit = bounded(options.limit);
        let (name, address) = (name.to_owned(), Arc::new(address));
        let parts = Parts { name, identity, address, terms, options, pools, made, memory };
        Ok(Self { parts: Arc::new(parts), limit })
    }

    /// The same database through a guarded pool of its own with one connection.
    pub(crate) fn with_one_connection(&self) -> Result<Self, Diagnosis> {
        let parts = &self.parts;
        // Its one connection may be waiting for a lock that other writers hold: that is not a fault of the pool.
        let acquire = parts.options.acquire * 4;
        let options = DatabaseOptions { pool: 1, acquire, ..parts.options.clone() };
        let pools = Pools::new(&parts.address, &options, &parts.terms, parts.memory.as_ref().map(|m| &m.options))?;
        let (name, identity) = (parts.name.clone(), parts.identity.clone());
        let (address, terms) = (Arc::clone(&parts.address), parts.terms.clone());
        let parts = Parts { name, identity, address, terms, options, pools, made: Made::default(), memory: None };
        Ok(Self { parts: Arc::new(parts), limit: self.limit })
    }

    /// The name it was given.
    pub fn name(&self) -> &str {
        &self.parts.name
    }

    /// Who answered at connect, such as `PostgreSQL 15.18, database app, writable`.
    pub fn identity(&self) -> &str {
        &self.parts.identity
    }

    /// Its kind.
    pub fn kind(&self) -> Kind {
        self.parts.address.kind
    }

    /// The most a transaction may take.
    pub fn limit(&self) -> Duration {
        self.limit
    }

    /// The same database and pool, with another limit for transactions.
    pub fn with_limit(&self, limit: Duration) -> Self {
        Self { parts: Arc::clone(&self.parts), limit: bounded(limit) }
    }

    /// The guarded pool, for queries outside of [`Database::transaction`], when it is PostgreSQL.
    pub fn postgres(&self) -> Option<&PgPool> {
        if let Pools::Postgres(pool) = &self.parts.pools { Some(pool) } else { None }
    }

    /// The guarded pool, for queries outside of [`Database::transaction`], when it is MariaDB or MySQL.
    pub fn mysql(&self) -> Option<&MySqlPool> {
        if let Pools::MySql(pool) = &self.parts.pools { Some(pool) } else { None }
    }

    /// The guarded pool, for queries outside of [`Database::transaction`], when it is SQLite.
    pub fn sqlite(&self) -> Option<&SqlitePool> {
        if let Pools::Sqlite(pool) = &self.parts.pools { Some(pool) } else { None }
    }

    /// Closes the pool: waits for connections that are in use, refuses new ones. Clones are closed with it.
    pub async fn close(&self) {
        match &self.parts.pools {
            Pools::Postgres(pool) => pool.close().await,
            Pools::MySql(pool) => pool.close().await,
            Pools::Sqlite(pool) => pool.close().await,
        }
        if let Some(memory) = &self.parts.memory
            && let Some(anchor) = memory.anchor.lock().await.take()
        {
            // The database is gone with it either way.
            let _ = anchor.close().await;
        }
    }

    pub(crate) fn address(&self) -> Arc<Address> {
        Arc::clone(&self.parts.address)
    }

    pub(crate) fn made(&self) -> &Made {
        &self.parts.made
    }

    /// Another connection to the same database, outside of the pool.
    pub(crate) async fn session(&self, limit: Duration) -> Result<Session, Diagnosis> {
        let memory = self.parts.memory.as_ref().map(|memory| &memory.options);
        session::open(&self.parts.address, memory, limit).await
    }

    /// A pooled connection, waiting for it as everybody does.
    pub(crate) async fn acquire(&self) -> Driver<Pooled> {
        Ok(match &self.parts.pools {
            Pools::Postgres(pool) => Pooled::Postgres(pool.acquire().await?),
            Pools::MySql(pool) => Pooled::MySql(pool.acquire().await?),
            Pools::Sqlite(pool) => Pooled::Sqlite(pool.acquire().await?),
        })
    }

    /// A pooled connection that is idle now.
    pub(crate) fn try_acquire(&self) -> Option<Pooled> {
        match &self.parts.pools {
            Pools::Postgres(pool) => pool.try_acquire().map(Pooled::Postgres),
            Pools::MySql(pool) => pool.try_acquire().map(Pooled::MySql),
            Pools::Sqlite(pool) => pool.try_acquire().map(Pooled::Sqlite),
        }
    }

    /// How many connections the pool has, and how many of them are idle.
    pub(crate) fn crowd(&self) -> (usize, usize) {
        match &self.parts.pools {
            Pools::Postgres(pool) => (pool.size() as usize, pool.num_idle()),
            Pools::MySql(pool) => (pool.size() as usize, pool.num_idle()),
            Pools::Sqlite(pool) => (pool.size() as usize, pool.num_idle()),
        }
    }

    /// Begins a transaction that may take `limit`.
    pub(crate) async fn open(&self, limit: Duration) -> Driver<Inner> {
        let conn = self.acquire().await?;
        self.open_on(conn, limit).await
    }

    /// Begins one on `conn`.
    pub(crate) async fn open_on(&self, conn: Pooled, limit: Duration) -> Driver<Inner> {
        let (sql, options) = (self.parts.terms.begin(limit), &self.parts.options);
        Ok(match conn {
            Pooled::Postgres(conn) => Inner::Postgres(Open::begin(conn, sql, limit, options).await?),
            Pooled::MySql(conn) => Inner::MySql(Open::begin(conn, sql, limit, options).await?),
            Pooled::Sqlite(conn) => Inner::Sqlite(Open::begin(conn, sql, limit, options).await?),
        })
    }
}

impl Pools {
    fn new(
        address: &Address,
        options: &DatabaseOptions,
        terms: &Terms,
        memory: Option<&SqliteConnectOptions>,
    ) -> Result<Self, Diagnosis> {
        let (guard, place) = (terms.guard(), &address.place);
        Ok(match (place, memory) {
            (Place::Server(server), _) if address.kind == Kind::Postgres => {
                Self::Postgres(guarded(options, place, &guard, postgres::options(server)?))
            }
            (Place::Server(server), _) => Self::MySql(guarded(options, place, &guard, mysql::options(server)?)),
            (Place::File(file), _) => Self::Sqlite(guarded(options, place, &guard, sqlite::options(file))),
            (Place::Memory, Some(memory)) => Self::Sqlite(guarded(options, place, &guard, memory.clone())),
            (Place::Memory, None) => return Err(diagnose::bad_url("it names no file")),
        })
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = &self.parts;
        f.debug_struct("Database").field("name", &parts.name).field("identity", &parts.identity).finish_non_exhaustive()
    }
}
