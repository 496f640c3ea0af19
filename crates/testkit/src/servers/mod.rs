//! Real servers for tests, each with its own port and folder, started in well under a second.
//!
//! `start` waits until the server answers its own protocol. All share [`Server`]: kill, stop, continue, restart.
//! However the test ends, the server ends and its folder is removed: on drop, by a leash when the test process
//! is killed, and by `cargo xtask test`, which looks for marks left in `BOOTPROOF_TEST_RUN`.

mod account;
mod clickhouse;
mod error;
mod etcd;
mod family;
mod leash;
mod mariadb;
mod postgres;
mod process;
mod program;
mod redis;
mod server;
mod template;

pub use clickhouse::ClickHouse;
pub use error::StartError;
pub use etcd::Etcd;
pub use mariadb::MariaDb;
pub use postgres::Postgres;
pub use redis::Redis;
pub use server::Server;

/// Writes `text` so that it can stand in any part of a URL.
fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

/// `user:password@` as far as they are not empty.
fn userinfo(user: &str, password: &str) -> String {
    match (user, password) {
        ("", "") => String::new(),
        (user, "") => format!("{}@", encoded(user)),
        (user, password) => format!("{}:{}@", encoded(user), encoded(password)),
    }
}
