//! What a container image runs, by its name.

use crate::Server;

/// What an image is, as far as its name tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Image {
    /// A server that a group speaks of.
    Server(Server),
    /// Another server, a proxy or a tool: none that the project wrote.
    Other,
    /// Probably the project's own.
    Own,
}

/// Names of images that no project calls its own program by.
const OTHERS: [&str; 31] = [
    "adminer",
    "alertmanager",
    "caddy",
    "consul",
    "elasticsearch",
    "etcd",
    "grafana",
    "haproxy",
    "httpd",
    "jaeger",
    "kafka",
    "keycloak",
    "kibana",
    "localstack",
    "loki",
    "mailhog",
    "mailpit",
    "memcached",
    "minio",
    "mongo",
    "nats",
    "nginx",
    "opensearch",
    "pgadmin4",
    "phpmyadmin",
    "prometheus",
    "rabbitmq",
    "redis-commander",
    "traefik",
    "vault",
    "zookeeper",
];

/// What `image` is: `docker.io/bitnami/postgresql:16` is PostgreSQL.
pub(super) fn image(image: &str) -> Image {
    let name = image.split('@').next().unwrap_or(image).rsplit('/').next().unwrap_or(image);
    let name = name.split(':').next().unwrap_or(name).to_ascii_lowercase();
    let begins =
        |word: &str| name.strip_prefix(word).is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric()));
    let any = |words: &[&str]| words.iter().any(|word| begins(word));
    match () {
        () if any(&["postgres", "postgresql", "postgis", "timescaledb", "pgvector"]) => Image::Server(Server::Postgres),
        () if any(&["mysql", "mariadb", "percona"]) => Image::Server(Server::MySql),
        () if any(&["redis", "valkey", "keydb", "dragonfly"]) && !begins("redis-commander") => {
            Image::Server(Server::Redis)
        }
        () if begins("clickhouse") => Image::Server(Server::ClickHouse),
        () if any(&OTHERS) => Image::Other,
        () => Image::Own,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_known_by_every_usual_name_of_their_images() {
        for (name, server) in [
            ("postgres", Server::Postgres),
            ("postgres:16-alpine", Server::Postgres),
            ("docker.io/bitnami/postgresql:16", Server::Postgres),
            ("pgvector/pgvector:pg16", Server::Postgres),
            ("timescale/timescaledb-ha:pg16", Server::Postgres),
            ("mariadb@sha256:abc", Server::MySql),
            ("localhost:5000/mysql", Server::MySql),
            ("valkey/valkey:8", Server::Redis),
            ("redis/redis-stack:latest", Server::Redis),
            ("clickhouse/clickhouse-server:24", Server::ClickHouse),
        ] {
            assert_eq!(image(name), Image::Server(server), "{name}");
        }
        assert_eq!(
            [image("nginx:1"), image("mongo-express"), image("rediscommander/redis-commander")],
            [Image::Other; 3]
        );
        assert_eq!([image("ghcr.io/acme/chat:1"), image("postgrest/postgrest"), image("redisson")], [Image::Own; 3]);
    }
}
