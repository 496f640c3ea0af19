//! MariaDB and MySQL.

use crate::{
    address::Server,
    diagnose,
    dialect::Dialect,
    speak::{BoxFuture, Driver, Speak, given},
};
use bootproof_core::Diagnosis;
use sqlx::{
    ConnectOptions, Connection, MySql, MySqlConnection,
    mysql::{MySqlConnectOptions, MySqlSslMode},
};
use std::sync::Arc;

/// Set when a transaction begins and released before it commits: gone when the server rolled back (a deadlock) or committed
/// (a CREATE TABLE) by itself meanwhile.
pub(crate) const SAVEPOINT: &str = "bootproof";

/// Options from the URL alone.
pub(crate) fn options(server: &Server) -> Result<MySqlConnectOptions, Diagnosis> {
    let mode = server.param("sslmode").unwrap_or("preferred").to_ascii_lowercase();
    let mut options = MySqlConnectOptions::new()
        .host(&server.host)
        .port(server.port)
        .username(server.user.reveal())
        .ssl_mode(ssl_mode(&mode).ok_or_else(|| diagnose::bad_url("its `ssl-mode` is not known"))?)
        .disable_statement_logging();
    if let Some(password) = given(&server.password) {
        options = options.password(password);
    }
    if !server.database.is_empty() {
        options = options.database(&server.database);
    }
    if let Some(socket) = server.socket() {
        options = options.socket(socket);
    }
    for (name, value) in &server.params {
        options = match *name {
            "sslrootcert" => options.ssl_ca(value),
            "sslcert" => options.ssl_client_cert(value),
            "sslkey" => options.ssl_client_key(value),
            "charset" => options.charset(value),
            "collation" => options.collation(value),
            "timezone" => options.timezone(value.clone()),
            _ => options,
        };
    }
    Ok(options)
}

/// MySQL's five modes, also by PostgreSQL's names for them.
fn ssl_mode(text: &str) -> Option<MySqlSslMode> {
    match text {
        "disabled" | "disable" | "false" => Some(MySqlSslMode::Disabled),
        "preferred" | "prefer" | "allow" => Some(MySqlSslMode::Preferred),
        "required" | "require" | "true" => Some(MySqlSslMode::Required),
        "verify_ca" | "verify-ca" => Some(MySqlSslMode::VerifyCa),
        "verify_identity" | "verify-identity" | "verify-full" => Some(MySqlSslMode::VerifyIdentity),
        _ => None,
    }
}

impl Dialect for MySql {
    const REUSABLE_WHEN_DROPPED: bool = false;

    fn leave_transaction(conn: &mut MySqlConnection, sql: Arc<str>) -> BoxFuture<'_, Driver<bool>> {
        Box::pin(async move {
            if conn.is_in_transaction() {
                return Ok(false);
            }
            conn.run(sql.to_string()).await.map(|_| true)
        })
    }

    fn still_whole(conn: &mut MySqlConnection) -> BoxFuture<'_, Driver<()>> {
        Box::pin(async move { conn.run(format!("RELEASE SAVEPOINT {SAVEPOINT}")).await.map(drop) })
    }
}
