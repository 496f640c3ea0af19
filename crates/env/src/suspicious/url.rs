//! URLs that show their secrets, and parameters that the driver does not know.

use crate::{
    problem::Breach,
    read::{Parts, driver_of},
    rules,
};

/// Names of query parameters that carry secrets.
const SECRET_PARAMETERS: [&str; 12] = [
    "password",
    "passwd",
    "pwd",
    "secret",
    "token",
    "access_token",
    "api_key",
    "apikey",
    "key",
    "sig",
    "signature",
    "client_secret",
];

/// Whether `url` carries a secret and is of a kind that access logs and error messages print: HTTP and WebSocket.
pub(super) fn is_logged(url: &Parts<'_>) -> bool {
    matches!(driver_of(url.plain.scheme()).0, "http" | "https" | "ws" | "wss") && has_secret(url)
}

/// Whether `text` is a URL with a password or a secret parameter.
pub(super) fn carries_secret(text: &str) -> bool {
    text.contains("://") && Parts::of(text).is_some_and(|url| has_secret(&url))
}

fn has_secret(url: &Parts<'_>) -> bool {
    let is_secret = |name: &str| SECRET_PARAMETERS.iter().any(|secret| secret.eq_ignore_ascii_case(name));
    url.password().is_some() || url.parameters().any(|(name, value)| !value.is_empty() && is_secret(name))
}

/// Drivers and the parameters of others that they refuse or ignore, each with what to write instead. From the drivers' manuals:
/// asyncpg passes unknown ones to `connect()`, which fails; libpq fails on unknown ones; MySQL's clients call theirs `ssl-mode`.
const FOREIGN: [(&str, Option<&str>, &str, &str); 8] = [
    ("postgresql", Some("asyncpg"), "sslmode", "ssl"),
    ("postgres", Some("asyncpg"), "sslmode", "ssl"),
    ("postgresql", None, "ssl-mode", "sslmode"),
    ("postgres", None, "ssl-mode", "sslmode"),
    ("postgresql", Some("psycopg2"), "ssl", "sslmode"),
    ("postgresql", Some("psycopg"), "ssl", "sslmode"),
    ("mysql", None, "sslmode", "ssl-mode"),
    ("mariadb", None, "sslmode", "ssl-mode"),
];

/// A parameter that belongs to another driver than the scheme names.
pub(super) fn driver_breach(url: &Parts<'_>) -> Option<Breach> {
    let (scheme, driver) = driver_of(url.plain.scheme());
    let rows = FOREIGN.iter().filter(|(of, by, ..)| *of == scheme && *by == driver);
    let given = |parameter: &str| url.parameters().any(|(name, _)| name == parameter);
    rows.filter(|(.., foreign, _)| given(foreign))
        .map(|(.., foreign, own)| told(url.plain.scheme(), foreign, own))
        .next()
}

fn told(scheme: &str, foreign: &str, own: &str) -> Breach {
    let tells =
        format!("has the parameter `{foreign}`, which the driver of `{scheme}` does not know; its own is `{own}`");
    Breach::new(rules::DRIVER, tells)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_urls_that_end_up_in_logs_are_told() {
        let logged = |url: &str| is_logged(&Parts::of(url).unwrap());
        assert!(logged("https://u:p@h/") && logged("https://h/?token=x") && logged("wss://h/?Api_Key=x"));
        assert!(
            !logged("postgres://u:p@h/")
                && !logged("https://h/?page=2")
                && !logged("https://u@h/")
                && !logged("https://h/?token=")
        );
        assert!(carries_secret("postgres://u:p@h/x") && !carries_secret("postgres://h/x") && !carries_secret("a:b@c"));
    }

    #[test]
    fn a_parameter_of_another_driver_is_named_with_the_right_one() {
        let breach = |url: &str| driver_breach(&Parts::of(url).unwrap()).map(|breach| breach.tells);
        let tells = breach("postgresql+asyncpg://h/db?sslmode=require").unwrap();
        assert!(tells.contains("`sslmode`") && tells.contains("its own is `ssl`"), "{tells}");
        assert!(breach("mysql://h/db?sslmode=require").is_some());
        assert_eq!(breach("postgres://h/db?sslmode=require"), None);
        assert_eq!(breach("postgresql+asyncpg://h/db?ssl=require"), None);
    }
}
