//! `mysql`: `DATABASE_URL`, or `MYSQL_*`, `MARIADB_*` or `DB_*`.

use super::{Group, Names, port};
use crate::{Connection, ConnectionParts, Server, Type};

pub(super) fn group(names: &Names<'_>) -> Group {
    let text = || Type::String;
    Group {
        variables: vec![
            names.url(
                &["DATABASE_URL", "MYSQL_URL"],
                &["mysql", "mariadb"],
                "The MySQL or MariaDB database, as one URL.",
            ),
            names.known_as(
                &["MYSQL_HOST", "MARIADB_HOST", "DB_HOST"],
                Type::Host,
                "The host of MySQL, when it is no URL.",
            ),
            names.known_as(&["MYSQL_PORT", "MARIADB_PORT", "DB_PORT"], port(), "The port of MySQL; 3306 when unset."),
            names.known_as(&["MYSQL_USER", "MARIADB_USER", "DB_USER", "DB_USERNAME"], text(), "The user of MySQL."),
            names.known_as(
                &["MYSQL_PASSWORD", "MARIADB_PASSWORD", "DB_PASSWORD", "DB_PASS"],
                Type::Secret,
                "The password of MySQL.",
            ),
            names.known_as(
                &["MYSQL_DATABASE", "MARIADB_DATABASE", "DB_NAME", "DB_DATABASE"],
                text(),
                "The name of the database.",
            ),
        ],
        connection: Some(Connection {
            server: Server::MySql,
            url: names.name("DATABASE_URL"),
            required: names.required,
            parts: ConnectionParts {
                host: names.name("MYSQL_HOST"),
                ports: vec![names.name("MYSQL_PORT")],
                user: Some(names.name("MYSQL_USER")),
                password: Some(names.name("MYSQL_PASSWORD")),
                database: Some(names.name("MYSQL_DATABASE")),
                tls: None,
            },
        }),
        ..Group::default()
    }
}
