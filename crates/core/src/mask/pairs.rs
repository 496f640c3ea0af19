//! `name=value` pairs: of queries, of JDBC's `;` parameters, and of `key=value` connection strings.

use super::HIDDEN;

/// Names whose values may be shown: they say how to connect, not as whom.
const HARMLESS: [&str; 35] = [
    "sslmode",
    "mode",
    "connect_timeout",
    "application_name",
    "db",
    "database",
    "databasename",
    "dbname",
    "protocol",
    "ssl-mode",
    "timeout",
    "cache",
    "charset",
    "schema",
    "host",
    "hostaddr",
    "port",
    "server",
    "data source",
    "initial catalog",
    "encrypt",
    "ssl",
    "usessl",
    "tls",
    "replicaset",
    "authsource",
    "retrywrites",
    "directconnection",
    "target_session_attrs",
    "parsetime",
    "loc",
    "multistatements",
    "pool_size",
    "currentschema",
    "sslnegotiation",
];

/// Names of what is hidden that may be shown wherever they stand.
const KNOWN: [&str; 24] = [
    "user",
    "username",
    "uid",
    "user id",
    "usr",
    "password",
    "passwd",
    "pass",
    "pwd",
    "token",
    "access_token",
    "auth",
    "authtoken",
    "auth_token",
    "api_key",
    "apikey",
    "key",
    "secret",
    "sig",
    "signature",
    "client_secret",
    "sslpassword",
    "sslkey",
    "passphrase",
];

/// `?a=b&c=d` or `;a=b;c=d` with the values hidden that are not known to be harmless.
pub(super) fn parameters(text: &str) -> String {
    let Some(first) = text.get(..1) else { return String::new() };
    let separator = if first == "?" { "&" } else { first };
    // A `;` or `&` in a hidden value begins a pair whose very name is a piece of that value.
    let mut behind_hidden = false;
    let masked: Vec<_> = text[1..].split(['&', ';']).map(|pair| mask_pair(pair, &mut behind_hidden)).collect();
    format!("{first}{}", masked.join(separator))
}

/// Whether `userinfo` holds a parameter that is a secret: then the `@` behind it may stand in the secret itself.
pub(super) fn names_a_secret(userinfo: &str) -> bool {
    let letter = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    userinfo.match_indices('=').any(|(at, _)| {
        let length = userinfo.as_bytes()[..at].iter().rev().take(40).take_while(|b| letter(b)).count();
        is_one_of(&userinfo[at - length..at], &KNOWN)
    })
}

/// Compares without a copy: what is taken for a name may be a piece of a secret.
fn is_one_of(name: &str, names: &[&str]) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

fn mask_pair(pair: &str, behind_hidden: &mut bool) -> String {
    let Some((name, value)) = pair.split_once('=') else {
        *behind_hidden |= !pair.is_empty();
        return if pair.is_empty() { String::new() } else { HIDDEN.to_owned() };
    };
    if is_one_of(name, &HARMLESS) && is_plain(value) {
        return pair.to_owned();
    }
    // A name without a value, such as `c2VjcmV0==`, may be a token that ends in padding.
    let named = is_one_of(name, &KNOWN)
        || is_one_of(name, &HARMLESS)
        || (!*behind_hidden && is_name(name) && !value.trim_matches('=').is_empty());
    *behind_hidden = true;
    if named { format!("{name}={HIDDEN}") } else { HIDDEN.to_owned() }
}

fn is_name(name: &str) -> bool {
    name.len() <= 40
        && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b))
}

fn is_plain(value: &str) -> bool {
    value.chars().all(|c| c.is_alphanumeric() || "._-:/,[]*".contains(c))
}

/// A `key=value` connection string of which every key is known to be harmless, as it is: `host=db port=5432`,
/// `Server=db;Database=app`. `None` for any other.
pub(super) fn connection_string(text: &str) -> Option<String> {
    let separators: &[char] = if text.contains(';') { &[';'] } else { &[' '] };
    let mut pairs = text.split(separators).map(str::trim).filter(|pair| !pair.is_empty());
    let harmless = pairs.all(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or(("", ""));
        is_one_of(name.trim(), &HARMLESS) && is_plain(value)
    });
    (harmless && text.contains('=')).then(|| text.to_owned())
}
