//! `postgres`: `DATABASE_URL`, or `POSTGRES_*` or `DB_*`.

use super::{Group, Names, port};
use crate::{Connection, ConnectionParts, Server, Type};

pub(super) fn group(names: &Names<'_>) -> Group {
    let text = || Type::String;
    Group {
        variables: vec![
            names.url(
                &["DATABASE_URL", "POSTGRES_URL"],
                &["postgres", "postgresql"],
                "The PostgreSQL database, as one URL.",
            ),
            names.known_as(&["POSTGRES_HOST", "DB_HOST"], Type::Host, "The host of PostgreSQL, when it is no URL."),
            names.known_as(&["POSTGRES_PORT", "DB_PORT"], port(), "The port of PostgreSQL; 5432 when unset."),
            names.known_as(&["POSTGRES_USER", "DB_USER", "DB_USERNAME"], text(), "The user of PostgreSQL."),
            names.known_as(
                &["POSTGRES_PASSWORD", "DB_PASSWORD", "DB_PASS"],
                Type::Secret,
                "The password of PostgreSQL.",
            ),
            names.known_as(
                &["POSTGRES_DB", "POSTGRES_DATABASE", "DB_NAME", "DB_DATABASE"],
                text(),
                "The name of the database.",
            ),
        ],
        connection: Some(Connection {
            server: Server::Postgres,
            url: names.name("DATABASE_URL"),
            required: names.required,
            parts: ConnectionParts {
                host: names.name("POSTGRES_HOST"),
                ports: vec![names.name("POSTGRES_PORT")],
                user: Some(names.name("POSTGRES_USER")),
                password: Some(names.name("POSTGRES_PASSWORD")),
                database: Some(names.name("POSTGRES_DB")),
                tls: None,
            },
        }),
        ..Group::default()
    }
}
