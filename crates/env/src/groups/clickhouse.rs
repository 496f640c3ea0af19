//! `clickhouse`: `CLICKHOUSE_URL` of its HTTP side, or parts, with the ports of HTTP, HTTPS and the native protocol apart.

use super::{Group, Names, port};
use crate::{Connection, ConnectionParts, Server, Type};

pub(super) fn group(names: &Names<'_>) -> Group {
    Group {
        variables: vec![
            names.url(&["CLICKHOUSE_URL"], &["http", "https"], "The HTTP side of ClickHouse, as one URL.").secret(),
            names.known_as(&["CLICKHOUSE_HOST"], Type::Host, "The host of ClickHouse, when it is no URL."),
            names.known_as(&["CLICKHOUSE_HTTP_PORT", "CLICKHOUSE_PORT"], port(), "The port of HTTP; 8123 when unset."),
            names.known_as(&["CLICKHOUSE_HTTPS_PORT"], port(), "The port of HTTPS; 8443 when unset."),
            names.known_as(
                &["CLICKHOUSE_NATIVE_PORT", "CLICKHOUSE_TCP_PORT"],
                port(),
                "The port of the native protocol: no part of the URL.",
            ),
            names.known_as(&["CLICKHOUSE_USER", "CLICKHOUSE_USERNAME"], Type::String, "The user of ClickHouse."),
            names.known_as(
                &["CLICKHOUSE_PASSWORD", "CLICKHOUSE_DEFAULT_PASSWORD"],
                Type::Secret,
                "The password of ClickHouse.",
            ),
            names.known_as(&["CLICKHOUSE_DATABASE", "CLICKHOUSE_DB"], Type::String, "The name of the database."),
            names.known_as(&["CLICKHOUSE_SECURE", "CLICKHOUSE_TLS"], Type::Bool, "Whether HTTPS is spoken."),
        ],
        connection: Some(Connection {
            server: Server::ClickHouse,
            url: names.name("CLICKHOUSE_URL"),
            required: names.required,
            parts: ConnectionParts {
                host: names.name("CLICKHOUSE_HOST"),
                ports: vec![names.name("CLICKHOUSE_HTTP_PORT"), names.name("CLICKHOUSE_HTTPS_PORT")],
                user: Some(names.name("CLICKHOUSE_USER")),
                password: Some(names.name("CLICKHOUSE_PASSWORD")),
                database: Some(names.name("CLICKHOUSE_DATABASE")),
                tls: Some(names.name("CLICKHOUSE_SECURE")),
            },
        }),
        ..Group::default()
    }
}
