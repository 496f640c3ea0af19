//! Asks a database whether it is up, ready and lets us in. What the probe wraps.

use crate::{
    address::{Address, Place},
    classify::{self, During},
    file,
    server::sqlite,
    session,
    speak::{Driver, Session},
};
use bootproof_core::{Diagnosis, Secret};
use sqlx::ConnectOptions;
use std::time::Duration;
use tokio::time::timeout;

/// Opens one fresh connection to `url` within `limit`, logs in, runs `SELECT 1`, and tells who answered: such as
/// `PostgreSQL 15.18, database app, writable`. A SQLite file that is missing and may be made is well:
/// `SQLite 3.50.2, file dev.db will be created`. Changes nothing.
///
/// # Errors
/// Why not, told apart: see [`CODES`](crate::CODES).
pub async fn ping(url: &Secret, limit: Duration) -> Result<String, Diagnosis> {
    let address = Address::parse(url)?;
    match timeout(limit, ask(&address, limit)).await {
        Ok(answer) => answer,
        Err(_) => Err(classify::no_answer(&address, limit)),
    }
}

async fn ask(address: &Address, limit: Duration) -> Result<String, Diagnosis> {
    let failed = |error: sqlx::Error| classify::diagnosis(address, During::Connecting, &error);
    let Place::File(file) = &address.place else {
        return identify(address, session::open(address, None, limit).await?, "SELECT 1").await.map_err(failed);
    };
    if file::look(address, file)? {
        let looking: Session = Box::new(sqlite::looking(file).connect().await.map_err(failed)?);
        let identity = identify(address, looking, "SELECT count(*) FROM sqlite_master").await;
        return identity.map_err(failed);
    }
    let memory: Session = Box::new(sqlite::in_memory().map_err(failed)?.connect().await.map_err(failed)?);
    Ok(format!("{} will be created", identify(address, memory, "SELECT 1").await.map_err(failed)?))
}

async fn identify(address: &Address, mut session: Session, question: &str) -> Driver<String> {
    let identity = session::identity(address, &mut *session).await?;
    session.run(question.to_owned()).await?;
    session.close().await?;
    Ok(identity)
}
