//! URLs: schemes, and what is wrong with one that parses.

use super::Read;
use crate::{
    Typed,
    problem::{Breach, either},
    rules,
};
use bootproof_core::Secret;
use url::Url;

const URL: &str = "is not a URL (`scheme://...`, special characters in a password percent-encoded)";

/// Schemes that may be told: widely known words, never part of a secret.
const KNOWN_SCHEMES: [&str; 22] = [
    "postgres",
    "postgresql",
    "mysql",
    "mariadb",
    "sqlite",
    "redis",
    "rediss",
    "unix",
    "http",
    "https",
    "ws",
    "wss",
    "clickhouse",
    "mongodb",
    "amqp",
    "amqps",
    "kafka",
    "nats",
    "tcp",
    "file",
    "jdbc",
    "memory",
];

pub(super) fn read(text: &str, schemes: &[String]) -> Read<Typed> {
    let Ok(url) = Url::parse(text) else { return Err(Breach::new(rules::WRONG_TYPE, URL)) };
    if schemes.is_empty() {
        // Without `://`, `localhost:8000` would pass for a URL of the scheme `localhost`.
        return if text.contains("://") {
            Ok(Typed::Url(Secret::new(text)))
        } else {
            Err(Breach::new(rules::WRONG_TYPE, URL))
        };
    }
    let (scheme, _) = driver_of(url.scheme());
    if schemes.iter().any(|allowed| allowed.eq_ignore_ascii_case(scheme) || allowed.eq_ignore_ascii_case(url.scheme())) {
        return Ok(Typed::Url(Secret::new(text)));
    }
    let found = KNOWN_SCHEMES.into_iter().find(|known| *known == scheme);
    let found = found.map(|scheme| format!(" (`{scheme}`)")).unwrap_or_default();
    Err(Breach::new(rules::SCHEME, format!("is a URL of another scheme{found} than {}", either(schemes))))
}

/// A scheme without its driver, and the driver: `postgresql+asyncpg`, as SQLAlchemy writes it.
pub(crate) fn driver_of(scheme: &str) -> (&str, Option<&str>) {
    match scheme.split_once('+') {
        Some((scheme, driver)) => (scheme, Some(driver)),
        None => (scheme, None),
    }
}

/// The password of a URL, as it is after decoding.
pub(crate) fn credentials(url: &Url) -> Option<Secret> {
    let password = url.password()?;
    Some(Secret::new(percent_encoding::percent_decode_str(password).decode_utf8_lossy().into_owned()))
}
