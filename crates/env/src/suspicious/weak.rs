//! Secrets that are none.

use crate::{Variable, problem::Breach, rules};
use bootproof_core::Environment;

/// Passwords that images, manuals and tutorials ship with, and the most used ones of published lists.
const KNOWN: [&str; 46] = [
    "password",
    "passwd",
    "pass",
    "passw0rd",
    "p@ssw0rd",
    "password1",
    "password123",
    "secret",
    "supersecret",
    "topsecret",
    "mysecret",
    "secretkey",
    "secret_key",
    "mysecretpassword",
    "admin",
    "admin123",
    "administrator",
    "root",
    "toor",
    "postgres",
    "mysql",
    "mariadb",
    "redis",
    "clickhouse",
    "mongo",
    "rabbitmq",
    "minioadmin",
    "guest",
    "test",
    "testing",
    "dev",
    "development",
    "default",
    "example",
    "changeit",
    "letmein",
    "welcome",
    "qwerty",
    "qwerty123",
    "abc123",
    "123456",
    "12345678",
    "123456789",
    "1234567890",
    "iloveyou",
    "insecure",
];

/// Beginnings of secrets that generators mark as not meant for use.
const MARKED: [&str; 3] = ["django-insecure-", "dev-secret", "insecure-"];

/// Below this many characters every secret is found by trying (NIST SP 800-63B, 5.1.1.1: eight at least).
const SHORTEST: usize = 8;

/// Whether everybody knows `secret`: a default, a word of the lists, one character repeated.
pub(crate) fn is_known(secret: &str) -> bool {
    // Compared letter by letter: a copy in lower case would stay behind in memory.
    let begins = |mark: &&str| secret.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark));
    let mut characters = secret.chars();
    let first = characters.next();
    KNOWN.iter().any(|known| known.eq_ignore_ascii_case(secret))
        || MARKED.iter().any(begins)
        || (secret.len() > 1 && characters.all(|c| Some(c) == first))
}

/// What is weak about a secret.
pub(super) fn of_secret(variable: &Variable, text: &str, environment: Environment) -> Option<Breach> {
    if is_known(text) {
        return Some(Breach::new(rules::WEAK_SECRET, "is a secret that everybody knows"));
    }
    let own_least = variable.length.min.is_some();
    let short = !own_least && environment.is_deployed() && text.chars().count() < SHORTEST;
    short.then(|| Breach::new(rules::SHORT_SECRET, format!("must have at least {SHORTEST} characters")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_of_manuals_are_known_and_made_ones_are_not() {
        for secret in ["postgres", "Password", "aaaaaaaa", "django-insecure-x9f2", "minioadmin"] {
            assert!(is_known(secret), "{secret}");
        }
        for secret in ["correct horse", "x9f2kq0d", "a", "postgres-x9f2"] {
            assert!(!is_known(secret), "{secret}");
        }
    }

    #[test]
    fn short_secrets_are_told_where_others_can_try_them() {
        let variable = Variable::new("K", crate::Type::Secret);
        let code = |text, environment| of_secret(&variable, text, environment).map(|breach| breach.rule.code);
        assert_eq!(code("x9f2", Environment::Production), Some("ENV-024"));
        assert_eq!(code("x9f2", Environment::Development), None);
        assert_eq!(code("x9f2kq0d", Environment::Production), None);
    }
}
