//! PostgreSQL.

use crate::{
    address::Server,
    classify::{Code, code},
    diagnose,
    dialect::Dialect,
    speak::{BoxFuture, Driver, Speak},
};
use bootproof_core::Diagnosis;
use sqlx::{
    ConnectOptions, Connection, PgConnection, Postgres,
    postgres::{PgConnectOptions, PgSslMode},
};
use std::sync::Arc;

/// Leaves any transaction in one round trip and without a warning in the server's log when there is none, which is nearly
/// always: a lone ROLLBACK would write one each time. In a transaction, BEGIN is the one that warns.
pub(crate) const GUARD: &str = "BEGIN; ROLLBACK";

/// Options from the URL alone: each field that the driver would else take from `PG*` variables is set.
pub(crate) fn options(server: &Server) -> Result<PgConnectOptions, Diagnosis> {
    let mode = server.param("sslmode").unwrap_or("prefer");
    let mode: PgSslMode = mode.parse().map_err(|_| diagnose::bad_url("its `sslmode` is not known"))?;
    let user = server.user.reveal();
    let database = if server.database.is_empty() { user } else { &server.database };
    let mut options = PgConnectOptions::new_without_pgpass()
        .host(&server.host)
        .port(server.port)
        .username(user)
        .password(server.password.reveal())
        .database(database)
        .ssl_mode(mode)
        .application_name(server.param("application_name").unwrap_or("bootproof"))
        .disable_statement_logging();
    if let Some(socket) = server.socket() {
        options = options.socket(socket);
    }
    if let Some(path) = server.param("sslrootcert") {
        options = options.ssl_root_cert(path);
    }
    if let Some(path) = server.param("sslcert") {
        options = options.ssl_client_cert(path);
    }
    if let Some(path) = server.param("sslkey") {
        options = options.ssl_client_key(path);
    }
    Ok(options.options(settings(server.param("options").unwrap_or_default())))
}

/// The settings in `-c name=value -c name=value`.
fn settings(text: &str) -> Vec<(String, String)> {
    let settings = text.split("-c").filter_map(|setting| setting.trim().split_once('='));
    settings.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect()
}

impl Dialect for Postgres {
    const REUSABLE_WHEN_DROPPED: bool = true;

    fn leave_transaction(conn: &mut PgConnection, sql: Arc<str>) -> BoxFuture<'_, Driver<bool>> {
        Box::pin(async move {
            if conn.is_in_transaction() {
                return Ok(false);
            }
            match conn.run(sql.to_string()).await {
                // In a failed transaction nothing but ROLLBACK is taken.
                Err(error) if code(&error) == Some(Code::Postgres("25P02".into())) => {
                    conn.run("ROLLBACK".into()).await.map(|_| true)
                }
                other => other.map(|_| true),
            }
        })
    }

    /// COMMIT in a failed transaction answers ROLLBACK, which the driver takes for success. Any other statement fails there.
    fn still_whole(conn: &mut PgConnection) -> BoxFuture<'_, Driver<()>> {
        Box::pin(async move { conn.run("SELECT 1".into()).await.map(drop) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_of_a_url_are_read_in_both_spellings() {
        let read = settings("-c search_path=app -cstatement_timeout=5s");
        assert_eq!(read, [("search_path".into(), "app".into()), ("statement_timeout".into(), "5s".into())]);
    }
}
