//! `redis`: `REDIS_URL`, or `REDIS_HOST`, `REDIS_PORT` and the rest.

use super::{Group, Names, port};
use crate::{Bounds, Connection, ConnectionParts, Server, Type};

pub(super) fn group(names: &Names<'_>) -> Group {
    let number = Type::Int(Bounds { min: Some(0), max: None });
    Group {
        variables: vec![
            names.url(
                &["REDIS_URL"],
                &["redis", "rediss", "unix", "redis-sentinel", "memory"],
                "The Redis server, as one URL.",
            ),
            names.known_as(&["REDIS_HOST"], Type::Host, "The host of Redis, when it is no URL."),
            names.known_as(&["REDIS_PORT"], port(), "The port of Redis; 6379 when unset."),
            names.known_as(&["REDIS_USERNAME", "REDIS_USER"], Type::String, "The user of Redis, of ACLs."),
            names.known_as(&["REDIS_PASSWORD", "REDIS_PASS"], Type::Secret, "The password of Redis."),
            names.known_as(&["REDIS_DB", "REDIS_DATABASE"], number, "The number of the database; 0 when unset."),
            names.known_as(&["REDIS_TLS", "REDIS_SSL"], Type::Bool, "Whether Redis speaks TLS."),
        ],
        connection: Some(Connection {
            server: Server::Redis,
            url: names.name("REDIS_URL"),
            required: names.required,
            parts: ConnectionParts {
                host: names.name("REDIS_HOST"),
                ports: vec![names.name("REDIS_PORT")],
                user: Some(names.name("REDIS_USERNAME")),
                password: Some(names.name("REDIS_PASSWORD")),
                database: Some(names.name("REDIS_DB")),
                tls: Some(names.name("REDIS_TLS")),
            },
        }),
        ..Group::default()
    }
}
