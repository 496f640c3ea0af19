//! URLs: schemes, and what is wrong with one that parses.

use super::Read;
use crate::{
    Typed,
    problem::{Breach, either},
    rules,
};
use bootproof_core::Secret;
use url::Url;

/// What is told of a text that is none.
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

/// A URL taken apart. What may hold a secret is a piece of the text and never copied: the parser sees scheme, host, port and path.
pub(crate) struct Parts<'a> {
    /// Scheme, host, port and path.
    pub(crate) plain: Url,
    /// As it was written.
    pub(crate) user: Option<&'a str>,
    /// As it was written, percent-encoded or not.
    password: Option<&'a str>,
    query: &'a str,
}

impl<'a> Parts<'a> {
    /// Takes `text` apart; `None` when it is no URL. The userinfo ends at the last `@` of the authority, as WHATWG's parser has it.
    pub(crate) fn of(text: &'a str) -> Option<Self> {
        let Some((scheme, rest)) = text.split_once("://") else {
            let plain = text.split(['?', '#']).next().unwrap_or_default();
            return Some(Self { plain: Url::parse(plain).ok()?, user: None, password: None, query: query_of(text) });
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (userinfo, hosts) = match rest[..end].rsplit_once('@') {
            Some((userinfo, hosts)) => (Some(userinfo), hosts),
            None => (None, &rest[..end]),
        };
        // Of several hosts the first stands for all: the parser knows one.
        let hosts = hosts.split(',').next().unwrap_or_default();
        let path = rest[end..].split(['?', '#']).next().unwrap_or_default();
        let plain = Url::parse(&format!("{scheme}://{hosts}{path}")).ok()?;
        let (user, password) = match userinfo.map(|userinfo| userinfo.split_once(':').ok_or(userinfo)) {
            Some(Ok((user, password))) => (Some(user), Some(password)),
            Some(Err(user)) => (Some(user), None),
            None => (None, None),
        };
        Some(Self { plain, user, password, query: query_of(&rest[end..]) })
    }

    /// The password, decoded; `None` when there is none, or an empty one.
    pub(crate) fn password(&self) -> Option<Secret> {
        self.password.filter(|password| !password.is_empty()).map(decoded)
    }

    /// The parameters: names as they are, values as they were written.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let pairs = self.query.split(['&', ';']).filter(|pair| !pair.is_empty());
        pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")))
    }
}

fn query_of(text: &str) -> &str {
    let text = text.split('#').next().unwrap_or_default();
    text.split_once('?').map_or("", |(_, query)| query)
}

/// Percent-decoded text.
pub(crate) fn decoded(text: &str) -> Secret {
    // Decoding never makes a text longer: one buffer of the right size.
    let mut bytes = Vec::with_capacity(text.len());
    bytes.extend(percent_encoding::percent_decode_str(text));
    Secret::from_utf8(bytes).unwrap_or_else(|_| Secret::new(text))
}

pub(super) fn read(text: &str, schemes: &[String]) -> Read<Typed> {
    let Some(url) = Parts::of(text).map(|parts| parts.plain) else { return Err(Breach::new(rules::WRONG_TYPE, URL)) };
    if schemes.is_empty() {
        // Without `://`, `localhost:8000` would pass for a URL of the scheme `localhost`.
        return if text.contains("://") {
            Ok(Typed::Url(Secret::new(text)))
        } else {
            Err(Breach::new(rules::WRONG_TYPE, URL))
        };
    }
    let (scheme, _) = driver_of(url.scheme());
    if schemes.iter().any(|allowed| allowed.eq_ignore_ascii_case(scheme) || allowed.eq_ignore_ascii_case(url.scheme()))
    {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_taken_apart_without_a_copy_of_its_secrets() {
        let parts = Parts::of("postgres://app:p%40ss@w@db:5432/chat?sslmode=require&token=x#y").unwrap();
        assert_eq!(parts.plain.as_str(), "postgres://db:5432/chat");
        assert_eq!((parts.user, parts.password().unwrap().reveal()), (Some("app"), "p@ss@w"));
        assert_eq!(parts.parameters().collect::<Vec<_>>(), [("sslmode", "require"), ("token", "x")]);
        assert!(Parts::of("redis://:@h").unwrap().password().is_none());
        assert!(Parts::of("mailto:a@b.c?x=1").is_some() && Parts::of("no url").is_none());
        assert_eq!(decoded("%ff%").reveal(), "%ff%", "what is no text stays as it was written");
    }
}
