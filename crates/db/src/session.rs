//! One fresh connection, outside every pool, and what the server says about itself.

use crate::{
    address::{Address, Kind, Place, Server},
    classify::{self, During},
    server::{mysql, postgres, sqlite},
    speak::{BoxFuture, Driver, Session, Speak},
};
use bootproof_core::Diagnosis;
use sqlx::{ConnectOptions, sqlite::SqliteConnectOptions};
use std::time::Duration;
use tokio::time::timeout;

/// The longest a connection may take to open, login included.
pub(crate) const CONNECT: Duration = Duration::from_secs(2);

/// Opens a connection within `limit`. `memory` leads to the database in memory, when it is one.
pub(crate) async fn open(
    address: &Address,
    memory: Option<&SqliteConnectOptions>,
    limit: Duration,
) -> Result<Session, Diagnosis> {
    match timeout(limit, open_unlimited(address, memory)).await {
        Ok(opened) => opened,
        Err(_) => Err(classify::no_answer(address, limit)),
    }
}

async fn open_unlimited(address: &Address, memory: Option<&SqliteConnectOptions>) -> Result<Session, Diagnosis> {
    let connecting: BoxFuture<'_, Driver<Session>> = match &address.place {
        Place::Server(server) => {
            resolve(address, server).await?;
            connecting(address.kind, server)?
        }
        Place::File(file) => boxed(sqlite::options(file)),
        Place::Memory => match memory {
            Some(options) => boxed(options.clone()),
            None => boxed(sqlite::in_memory().map_err(|error| failed(address, &error))?),
        },
    };
    connecting.await.map_err(|error| failed(address, &error))
}

fn failed(address: &Address, error: &sqlx::Error) -> Diagnosis {
    classify::diagnosis(address, During::Connecting, error)
}

fn connecting(kind: Kind, server: &Server) -> Result<BoxFuture<'static, Driver<Session>>, Diagnosis> {
    Ok(if kind == Kind::Postgres { boxed(postgres::options(server)?) } else { boxed(mysql::options(server)?) })
}

fn boxed<O>(options: O) -> BoxFuture<'static, Driver<Session>>
where
    O: ConnectOptions<Connection: Speak + Sized>,
{
    Box::pin(async move { Ok(Box::new(options.connect().await?) as Session) })
}

/// A look-up of its own, so that an unknown name is told apart from an unreachable host.
async fn resolve(address: &Address, server: &Server) -> Result<(), Diagnosis> {
    if server.socket().is_some() {
        return Ok(());
    }
    let looked_up = tokio::net::lookup_host((server.host.as_str(), server.port)).await;
    looked_up.map(drop).map_err(|error| classify::no_such_host(address, &error))
}

/// Who answers, such as `PostgreSQL 15.18, database app, writable`.
pub(crate) async fn identity(address: &Address, session: &mut dyn Speak) -> Driver<String> {
    match (address.kind, &address.place) {
        (Kind::Postgres, _) => {
            let question = "SELECT current_setting('server_version'), current_database()::text, \
                            CASE WHEN pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on' \
                            THEN 'read-only' ELSE 'writable' END";
            let [version, database, mode] = three(session.texts(question.to_owned()).await?)?;
            let version = version.split(' ').next().unwrap_or_default();
            Ok(format!("PostgreSQL {version}, database {database}, {mode}"))
        }
        (Kind::MySql, _) => {
            let question = "SELECT VERSION(), DATABASE(), IF(@@global.read_only, 'read-only', 'writable')";
            let [version, database, mode] = three(session.texts(question.to_owned()).await?)?;
            let database = if database.is_empty() { String::new() } else { format!(", database {database}") };
            Ok(format!("{}{database}, {mode}", mysql_version(&version)))
        }
        (Kind::Sqlite, place) => {
            let said = session.texts("SELECT sqlite_version()".to_owned()).await?;
            let version = said.first().ok_or(sqlx::Error::RowNotFound)?;
            Ok(match place {
                Place::File(file) => format!("SQLite {version}, file {}", file.path.display()),
                _ => format!("SQLite {version}, in memory"),
            })
        }
    }
}

/// An answer of three columns; anything else is no answer to the question.
fn three(said: Vec<String>) -> Driver<[String; 3]> {
    said.try_into().map_err(|_| sqlx::Error::RowNotFound)
}

/// `10.11.14-MariaDB-0+deb12u2` or `8.4.3`.
fn mysql_version(said: &str) -> String {
    let number = said.split('-').next().unwrap_or(said);
    if said.contains("MariaDB") { format!("MariaDB {number}") } else { format!("MySQL {number}") }
}
