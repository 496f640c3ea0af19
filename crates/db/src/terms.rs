//! How transactions begin on one server, and what ends them there: the limits that the server itself keeps, so that a query
//! whose future was dropped stops there too.

use crate::{
    address::Kind,
    server::{mysql, postgres},
    speak::{Driver, Speak},
};
use std::{collections::BTreeMap, time::Duration};

/// How much later than us the server ends a transaction that is idle: it is for clients that are gone.
const IDLE_GRACE: Duration = Duration::from_secs(1);

/// What was asked of a server once, at connect.
#[derive(Debug, Clone)]
pub(crate) struct Terms {
    kind: Kind,
    /// The limits that the operator set, by name; only settings that exist there.
    settings: BTreeMap<String, String>,
    read_only_file: bool,
}

impl Terms {
    /// Asks for the limits that hold already: they are never raised.
    pub(crate) async fn ask(kind: Kind, session: &mut dyn Speak, read_only_file: bool) -> Driver<Self> {
        let question = match kind {
            Kind::Postgres => {
                "SELECT name, setting FROM pg_settings WHERE name IN ('statement_timeout', \
                 'idle_in_transaction_session_timeout')"
            }
            Kind::MySql => {
                "SHOW SESSION VARIABLES WHERE Variable_name IN ('max_statement_time', 'max_execution_time', \
                 'idle_transaction_timeout', 'innodb_lock_wait_timeout')"
            }
            Kind::Sqlite => return Ok(Self { kind, settings: BTreeMap::new(), read_only_file }),
        };
        let settings = session.pairs(question.to_owned()).await?.into_iter().collect();
        Ok(Self { kind, settings, read_only_file })
    }

    /// What begins a transaction that may take `limit`.
    pub(crate) fn begin(&self, limit: Duration) -> String {
        match self.kind {
            Kind::Postgres => self.begin_postgres(limit),
            Kind::MySql => {
                let limits: String =
                    self.limits_mysql(limit).iter().map(|limit| format!("SET SESSION {limit}; ")).collect();
                format!("{limits}START TRANSACTION; SAVEPOINT {}", mysql::SAVEPOINT)
            }
            Kind::Sqlite if self.read_only_file => "BEGIN".to_owned(),
            // Taking the write lock at once: a read lock that cannot be upgraded later would fail half way.
            Kind::Sqlite => "BEGIN IMMEDIATE".to_owned(),
        }
    }

    /// What takes a connection out of any transaction, and gives it back the server's own limits.
    pub(crate) fn guard(&self) -> String {
        match self.kind {
            Kind::Postgres => postgres::GUARD.to_owned(),
            Kind::MySql => {
                let own = self.settings.iter().map(|(name, value)| format!("{name} = {value}"));
                let all: Vec<_> = own.chain(["autocommit = 1".to_owned()]).collect();
                format!("ROLLBACK; SET SESSION {}", all.join(", "))
            }
            Kind::Sqlite => "ROLLBACK".to_owned(),
        }
    }

    fn begin_postgres(&self, limit: Duration) -> String {
        let statement = self.least("statement_timeout", millis(limit));
        let idle = self.least("idle_in_transaction_session_timeout", millis(limit.saturating_add(IDLE_GRACE)));
        format!(
            "BEGIN; SET LOCAL statement_timeout = {statement}; SET LOCAL idle_in_transaction_session_timeout = {idle}"
        )
    }

    fn limits_mysql(&self, limit: Duration) -> Vec<String> {
        let seconds = (limit.saturating_add(IDLE_GRACE).as_secs() + 1).min(u64::from(u32::MAX / 2));
        let wanted = [
            // MariaDB; in seconds, with a fraction.
            ("max_statement_time", limit.as_secs_f64().min(1e6)),
            // MySQL, reading statements alone; in milliseconds.
            ("max_execution_time", millis(limit)),
            ("idle_transaction_timeout", seconds as f64),
            ("innodb_lock_wait_timeout", seconds as f64),
        ];
        let there = wanted.into_iter().filter(|(name, _)| self.settings.contains_key(*name));
        there.map(|(name, value)| format!("{name} = {}", self.least(name, value))).collect()
    }

    /// `wanted`, or the operator's limit when that is less; 0 is none.
    fn least(&self, name: &str, wanted: f64) -> f64 {
        let own: f64 = self.settings.get(name).and_then(|text| text.parse().ok()).unwrap_or(0.0);
        if own > 0.0 { own.min(wanted) } else { wanted }
    }
}

/// Whole milliseconds, at least one (zero would mean no limit), and no more than the servers can count.
fn millis(limit: Duration) -> f64 {
    (limit.as_millis().clamp(1, i32::MAX as u128)) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(kind: Kind, settings: &[(&str, &str)]) -> Terms {
        let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Terms { kind, settings, read_only_file: false }
    }

    #[test]
    fn an_operators_shorter_limit_is_kept_and_none_is_replaced() {
        let begin = |own| terms(Kind::Postgres, &[("statement_timeout", own)]).begin(Duration::from_millis(1500));
        assert!(begin("0").contains("statement_timeout = 1500;"), "{}", begin("0"));
        assert!(begin("200").contains("statement_timeout = 200;"), "{}", begin("200"));
        assert!(begin("9000").contains("statement_timeout = 1500;"), "{}", begin("9000"));
    }

    #[test]
    fn mariadb_and_mysql_get_only_the_settings_they_have_and_get_them_back() {
        let mariadb = terms(Kind::MySql, &[("max_statement_time", "0.000000"), ("idle_transaction_timeout", "0")]);
        let begin = "SET SESSION max_statement_time = 0.25; SET SESSION idle_transaction_timeout = 2; START TRANSACTION; \
                     SAVEPOINT bootproof";
        assert_eq!(mariadb.begin(Duration::from_millis(250)), begin);
        assert_eq!(
            mariadb.guard(),
            "ROLLBACK; SET SESSION idle_transaction_timeout = 0, max_statement_time = 0.000000, autocommit = 1"
        );
    }

    #[test]
    fn a_limit_beyond_counting_is_cut_and_a_tiny_one_is_not_none() {
        let postgres = terms(Kind::Postgres, &[]);
        assert!(postgres.begin(Duration::MAX).contains("statement_timeout = 2147483647;"));
        assert!(postgres.begin(Duration::from_nanos(1)).contains("statement_timeout = 1;"));
    }
}
