//! Killing one of our own connections, as an administrator or a crash would.

use crate::{address::Kind, tx::Tx};
use std::time::Duration;
use tokio::time::sleep;

/// How a connection asks for its own id on the server.
pub(super) fn own_id(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Postgres => Some("SELECT pg_backend_pid()::text"),
        Kind::MySql => Some("SELECT CAST(CONNECTION_ID() AS CHAR)"),
        Kind::Sqlite => None,
    }
}

/// What ends another connection of the same user.
pub(super) fn kill(kind: Kind, id: &str) -> String {
    if kind == Kind::Postgres { format!("SELECT pg_terminate_backend({id})") } else { format!("KILL CONNECTION {id}") }
}

/// Whether the connection was really killed; the server takes a moment.
pub(super) async fn is_dead(tx: &mut Tx<'_>) -> bool {
    for _ in 0..100 {
        let Ok(conn) = tx.inner.speak() else { return true };
        if conn.run("SELECT 1".to_owned()).await.is_err() {
            return true;
        }
        sleep(Duration::from_millis(2)).await;
    }
    false
}
