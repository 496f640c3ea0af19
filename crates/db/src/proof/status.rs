//! PostgreSQL's light form: nothing is created. Each transaction gets an id, and another connection asks the server what
//! became of it (`pg_xact_status`; before PostgreSQL 13, `txid_status`).

use super::witness::{AGAIN, Fate, Plain, STILL_OPEN, Witness};
use crate::speak::{BoxFuture, Driver, Speak};
use tokio::time::{Instant, sleep};

/// The two functions, by the server's version.
pub(super) struct Status {
    assign: &'static str,
    ask: &'static str,
}

impl Status {
    /// Asks for the version; `None` when it is older than PostgreSQL 10.
    pub(super) async fn ask(watch: &mut dyn Speak) -> Driver<Option<Self>> {
        let version = watch.number("SELECT current_setting('server_version_num')::bigint".to_owned()).await?;
        Ok(match version {
            130_000.. => Some(Self { assign: "SELECT pg_current_xact_id()::text", ask: "SELECT pg_xact_status" }),
            100_000.. => Some(Self { assign: "SELECT txid_current()::text", ask: "SELECT txid_status" }),
            _ => None,
        })
    }

    async fn assigned(&self, conn: &mut dyn Speak) -> Driver<String> {
        conn.texts(self.assign.to_owned()).await?.into_iter().next().ok_or(sqlx::Error::RowNotFound)
    }
}

impl Witness for Status {
    fn did(&self) -> String {
        "took a transaction id (light form: nothing is created)".to_owned()
    }

    fn nothing_left(&self) -> &'static str {
        "the server says that the transaction was aborted"
    }

    fn shows_commits(&self) -> bool {
        true
    }

    fn scratch(&self) -> Option<&str> {
        None
    }

    fn mark<'c>(&'c self, conn: &'c mut dyn Speak, _: &'c str) -> BoxFuture<'c, Driver<String>> {
        Box::pin(self.assigned(conn))
    }

    fn plain<'c>(&'c self, conn: &'c mut dyn Speak, _: &'c str) -> BoxFuture<'c, Driver<Plain>> {
        Box::pin(async move { self.assigned(conn).await.map(Plain::Wrote) })
    }

    fn fate<'c>(&'c self, watch: &'c mut dyn Speak, mark: &'c str) -> BoxFuture<'c, Driver<Fate>> {
        Box::pin(async move {
            let patience = Instant::now() + STILL_OPEN;
            // Only digits come from the server's own number.
            let question = format!("{}('{mark}')", self.ask);
            loop {
                match watch.texts(question.clone()).await?.first().map(String::as_str) {
                    None => return Err(sqlx::Error::RowNotFound),
                    Some("committed") => return Ok(Fate::Kept),
                    Some("aborted") => return Ok(Fate::Gone),
                    _ if Instant::now() >= patience => return Ok(Fate::Open),
                    _ => sleep(AGAIN).await,
                }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server of this version; there is none so old to be had.
    struct Version(i64);

    impl Speak for Version {
        fn run(&mut self, _: String) -> BoxFuture<'_, Driver<u64>> {
            unreachable!("only the version is asked for")
        }
        fn texts(&mut self, _: String) -> BoxFuture<'_, Driver<Vec<String>>> {
            unreachable!("only the version is asked for")
        }
        fn pairs(&mut self, _: String) -> BoxFuture<'_, Driver<Vec<(String, String)>>> {
            unreachable!("only the version is asked for")
        }
        fn number(&mut self, _: String) -> BoxFuture<'_, Driver<i64>> {
            Box::pin(async { Ok(self.0) })
        }
        fn close(self: Box<Self>) -> BoxFuture<'static, Driver<()>> {
            Box::pin(async { Ok(()) })
        }
    }

    #[tokio::test]
    async fn older_servers_are_asked_by_the_older_name_and_the_oldest_not_at_all() {
        let function = async |version| Status::ask(&mut Version(version)).await.unwrap().map(|status| status.ask);
        assert_eq!(function(150_018).await, Some("SELECT pg_xact_status"));
        assert_eq!(function(120_000).await, Some("SELECT txid_status"));
        assert_eq!(function(90_624).await, None);
    }
}
