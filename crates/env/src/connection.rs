//! A server that may be named by one URL or by its parts.

use crate::Environments;

/// A URL variable, and the variables that hold its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// What kind of server it leads to.
    pub server: Server,
    /// The variable that holds the URL, and that is set from the parts when nobody sets it.
    pub url: String,
    /// The variables that hold parts.
    pub parts: ConnectionParts,
    /// Where one of both ways must be there.
    pub required: Environments,
}

/// Variables that hold the parts of a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionParts {
    /// The host.
    pub host: String,
    /// The port; where plain text and TLS have one each, first that of plain text, then that of TLS.
    pub ports: Vec<String>,
    /// The user.
    pub user: Option<String>,
    /// The password.
    pub password: Option<String>,
    /// The database.
    pub database: Option<String>,
    /// Whether TLS is spoken.
    pub tls: Option<String>,
}

/// A kind of server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Server {
    /// PostgreSQL.
    Postgres,
    /// MySQL or MariaDB.
    MySql,
    /// Redis.
    Redis,
    /// ClickHouse, by HTTP.
    ClickHouse,
}

impl Server {
    /// The scheme of a URL of plain text, and of TLS.
    pub(crate) fn scheme(self, tls: bool) -> &'static str {
        match (self, tls) {
            (Self::Postgres, _) => "postgres",
            (Self::MySql, _) => "mysql",
            (Self::Redis, false) => "redis",
            (Self::Redis, true) => "rediss",
            (Self::ClickHouse, false) => "http",
            (Self::ClickHouse, true) => "https",
        }
    }

    /// Whether a URL of `scheme`, without its driver, leads to such a server.
    pub(crate) fn is_meant_by(self, scheme: &str, tls: bool) -> bool {
        match self {
            Self::Postgres => matches!(scheme, "postgres" | "postgresql"),
            Self::MySql => matches!(scheme, "mysql" | "mariadb"),
            Self::Redis | Self::ClickHouse => scheme == self.scheme(tls),
        }
    }

    /// The port when none is named: IANA's registry, for ClickHouse its manual.
    pub(crate) fn port(self, tls: bool) -> u16 {
        match (self, tls) {
            (Self::Postgres, _) => 5432,
            (Self::MySql, _) => 3306,
            (Self::Redis, _) => 6379,
            (Self::ClickHouse, false) => 8123,
            (Self::ClickHouse, true) => 8443,
        }
    }
}

impl Connection {
    /// Every variable it speaks of.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let ConnectionParts { host, ports, user, password, database, tls } = &self.parts;
        let others = [user, password, database, tls].into_iter().flatten();
        [&self.url, host].into_iter().chain(ports).chain(others).map(String::as_str)
    }
}
