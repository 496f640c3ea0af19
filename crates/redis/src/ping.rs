//! Asks a server who it is, on a connection of its own. What the service probe calls.

use crate::greeting::{Ask, greet};
use crate::resp::Reply;
use crate::{Place, Target, dial};
use bootproof_core::{Diagnosis, Secret};
use std::time::Duration;
use tokio::time::Instant;

/// Connects afresh, logs in, says PING and asks who answers: `Redis 7.0.15, master, database 0`. Changes nothing. All of it
/// takes `limit` at most (and 200 ms more to tell a server without TLS from a silent one).
///
/// # Errors
/// `REDIS-001` to `REDIS-024`, each with its retry and cause.
pub async fn ping(url: &Secret, limit: Duration) -> Result<String, Diagnosis> {
    let target = match Place::parse(url)? {
        Place::Memory => return Ok("in-process store, no server".into()),
        Place::Server(target) => target,
    };
    identify(&target, limit).await.map_err(|failure| failure.diagnosis())
}

pub(crate) async fn identify(target: &Target, limit: Duration) -> Result<String, crate::Failure> {
    let until = Instant::now() + limit;
    let mut stream = dial::dial(target, until).await?;
    let replies = greet(&mut stream, target, Ask::Identity, until, limit).await?;
    Ok(identity(&replies, target.database))
}

fn identity(replies: &[Reply], database: u32) -> String {
    let info = replies.iter().filter_map(|reply| match reply {
        Reply::Bulk(Some(text)) => Some(text.as_str()),
        _ => None,
    });
    let lines: Vec<(&str, &str)> = info.flat_map(str::lines).filter_map(|line| line.split_once(':')).collect();
    let get = |name: &str| lines.iter().find(|(known, _)| *known == name).map(|(_, value)| value.trim());
    let name = match (get("valkey_version"), get("redis_version")) {
        (Some(version), _) => format!("Valkey {version}"),
        (None, Some(version)) => format!("Redis {version}"),
        (None, None) => "Redis (version not shown to this user)".into(),
    };
    let role = match get("role") {
        Some("slave") => ", replica",
        Some("master") => ", master",
        _ => "",
    };
    format!("{name}{role}, database {database}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_is_made_from_what_the_user_may_see() {
        let info = |text: &str| Reply::Bulk(Some(text.into()));
        let both = [info("# Server\r\nredis_version:7.0.15\r\n"), info("role:slave\r\n")];
        assert_eq!(identity(&both, 2), "Redis 7.0.15, replica, database 2");
        let valkey = [info("redis_version:7.2.4\r\nvalkey_version:8.0.1\r\n"), info("role:master\r\n")];
        assert_eq!(identity(&valkey, 0), "Valkey 8.0.1, master, database 0");
        let hidden = [Reply::Error("NOPERM no".into()), Reply::Error("NOPERM no".into())];
        assert_eq!(identity(&hidden, 0), "Redis (version not shown to this user), database 0");
    }
}
