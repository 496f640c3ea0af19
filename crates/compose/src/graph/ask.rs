//! What is asked of a service: in which protocol, where on this machine, and with which login. From its image, its ports, its health check
//! and its variables.

use crate::{Condition, HealthTest, PortMapping, Protocol, Service};
use bootproof_core::Secret;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// What is asked of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// PostgreSQL answers, with this login.
    Postgres {
        /// Where.
        at: SocketAddr,
        /// With which login.
        login: Login,
    },
    /// MySQL or MariaDB answers, with this login.
    Mysql {
        /// Where.
        at: SocketAddr,
        /// With which login.
        login: Login,
    },
    /// Redis, Valkey or a server that speaks as they do.
    Redis {
        /// Where.
        at: SocketAddr,
        /// Its password, when its command or a variable says one.
        password: Option<Secret>,
    },
    /// ClickHouse, through HTTP.
    ClickHouse {
        /// Where.
        at: SocketAddr,
        /// With which login.
        login: Login,
    },
    /// An HTTP server whose health check asks for this path.
    Http {
        /// Where.
        at: SocketAddr,
        /// The path, with its query.
        path: String,
    },
    /// Something that takes connections.
    Tcp {
        /// Where.
        at: SocketAddr,
    },
    /// It runs to its end: only the `docker` client can tell that it ended, and how. Ask for its exit code with
    /// `docker compose ps --all --format json SERVICE`.
    OneShot,
}

/// A login, as far as the file says one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Login {
    /// The user.
    pub user: Option<String>,
    /// The password.
    pub password: Option<Secret>,
    /// The database.
    pub database: Option<String>,
}

/// What is asked of `service`; `on` are all services that run.
pub(super) fn ask(service: &Service, on: &[&Service]) -> Option<Ask> {
    if is_one_shot(service, on) {
        return Some(Ask::OneShot);
    }
    let kind = Kind::of(service.image.as_deref());
    if let Some(kind) = kind
        && let Some(at) = address(service, kind.port())
    {
        return Some(kind.ask(at, service));
    }
    if let Some((port, path)) = service.healthcheck.as_ref().and_then(|check| http(&check.test))
        && let Some(at) = address(service, port)
    {
        return Some(Ask::Http { at, path });
    }
    let first = service.ports.iter().find_map(published)?;
    (service.network_mode.as_deref() != Some("host")).then_some(Ask::Tcp { at: first })
}

/// Whether somebody waits for its end. `restart: no` by itself does not say so: it is what every service has without a word.
fn is_one_shot(service: &Service, on: &[&Service]) -> bool {
    let ends = |need: &&crate::Dependency| need.service == service.name && need.condition == Condition::Completed;
    on.iter().flat_map(|other| &other.depends_on).any(|need| ends(&need))
}

/// Servers that are known by their image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Postgres,
    Mysql,
    Redis,
    ClickHouse,
}

impl Kind {
    /// By the last part of the image's name: `bitnami/postgresql:16` is one.
    fn of(image: Option<&str>) -> Option<Self> {
        let name = image?.split('@').next()?;
        let last = name.rsplit('/').next()?;
        let last = last.split(':').next()?.to_ascii_lowercase();
        match last.as_str() {
            "postgres" | "postgresql" | "postgis" | "timescaledb" | "timescaledb-ha" | "pgvector" | "alloydbomni" => {
                Some(Self::Postgres)
            }
            "mysql" | "mysql-server" | "mariadb" | "percona" | "percona-server" => Some(Self::Mysql),
            "redis" | "redis-stack" | "redis-stack-server" | "valkey" | "keydb" | "dragonfly" => Some(Self::Redis),
            "clickhouse" | "clickhouse-server" => Some(Self::ClickHouse),
            _ => None,
        }
    }

    /// The port in the container; of ClickHouse the one for HTTP.
    fn port(self) -> u16 {
        match self {
            Self::Postgres => 5432,
            Self::Mysql => 3306,
            Self::Redis => 6379,
            Self::ClickHouse => 8123,
        }
    }

    fn ask(self, at: SocketAddr, service: &Service) -> Ask {
        let text = |name: &str| Some(service.environment.get(name)?.value.as_ref()?.reveal().to_owned());
        let first = |names: &[&str]| names.iter().find_map(|name| text(name));
        let secret = |names: &[&str]| first(names).map(Secret::new);
        match self {
            Self::Postgres => {
                // The image's own rule: without a user it is `postgres`, without a database it is called as the user.
                let user = first(&["POSTGRES_USER", "POSTGRESQL_USERNAME"]).unwrap_or_else(|| "postgres".to_owned());
                let database = first(&["POSTGRES_DB", "POSTGRESQL_DATABASE"]).unwrap_or_else(|| user.clone());
                let password = secret(&["POSTGRES_PASSWORD", "POSTGRESQL_PASSWORD"]);
                Ask::Postgres { at, login: Login { user: Some(user), password, database: Some(database) } }
            }
            Self::Mysql => {
                let user = first(&["MYSQL_USER", "MARIADB_USER"]);
                let password = match user {
                    Some(_) => secret(&["MYSQL_PASSWORD", "MARIADB_PASSWORD"]),
                    None => secret(&["MYSQL_ROOT_PASSWORD", "MARIADB_ROOT_PASSWORD"]),
                };
                let user = user.or_else(|| Some("root".to_owned()));
                let database = first(&["MYSQL_DATABASE", "MARIADB_DATABASE"]);
                Ask::Mysql { at, login: Login { user, password, database } }
            }
            Self::Redis => Ask::Redis { at, password: secret(&["REDIS_PASSWORD", "VALKEY_PASSWORD"]) },
            Self::ClickHouse => {
                let (user, database) = (first(&["CLICKHOUSE_USER"]), first(&["CLICKHOUSE_DB"]));
                Ask::ClickHouse { at, login: Login { user, password: secret(&["CLICKHOUSE_PASSWORD"]), database } }
            }
        }
    }
}

/// Where the port `target` of the container is on this machine.
fn address(service: &Service, target: u16) -> Option<SocketAddr> {
    if service.network_mode.as_deref() == Some("host") {
        return Some(SocketAddr::new(Ipv4Addr::LOCALHOST.into(), target));
    }
    service.ports.iter().filter(|mapping| mapping.port.target == target).find_map(published)
}

/// Where it is published: one TCP port. Of a range, the engine alone knows which it took.
fn published(mapping: &PortMapping) -> Option<SocketAddr> {
    let range = mapping.port.published.as_ref().filter(|range| range.start() == range.end())?;
    let ip = match mapping.port.host_ip {
        None => Ipv4Addr::LOCALHOST.into(),
        Some(IpAddr::V4(ip)) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        Some(IpAddr::V6(ip)) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        Some(ip) => ip,
    };
    (mapping.port.protocol == Protocol::Tcp).then_some(SocketAddr::new(ip, *range.start()))
}

/// The port and path of the URL that a health check asks the container for.
fn http(test: &HealthTest) -> Option<(u16, String)> {
    let words: Vec<&str> = match test {
        HealthTest::Command(words) => words.iter().flat_map(|word| word.reveal().split_whitespace()).collect(),
        HealthTest::Shell(line) => line.reveal().split_whitespace().collect(),
        HealthTest::Image | HealthTest::Disabled => return None,
    };
    let asks = |word: &&str| matches!(word.rsplit('/').next(), Some("curl" | "wget" | "wget2"));
    words.iter().any(asks).then_some(())?;
    words.iter().find_map(|word| url(word.trim_matches(['"', '\'', ';', ')'])))
}

/// The port and path of `http://localhost:8080/health`. TLS is left to a plain connection: its name is not known here.
fn url(word: &str) -> Option<(u16, String)> {
    let rest = word.strip_prefix("http://")?;
    let (authority, path) = rest.find(['/', '?']).map_or((rest, ""), |at| rest.split_at(at));
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()?),
        _ => (authority, 80),
    };
    // A password, or a server elsewhere, is nothing to ask here.
    let here = matches!(host, "localhost" | "127.0.0.1" | "0.0.0.0" | "[::1]" | "::1");
    let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
    here.then_some((port, path))
}
