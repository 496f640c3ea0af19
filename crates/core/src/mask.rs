//! Shows where a URL leads without showing what it carries.
//!
//! The userinfo is cut at the *last* `@` before the path, so that a raw `@` in a password does not leak its tail.
//! Query values are shown only for names known to be harmless.

/// Query parameters whose values may be shown: they say how to connect, not as whom.
const HARMLESS: [&str; 12] = [
    "sslmode",
    "mode",
    "connect_timeout",
    "application_name",
    "db",
    "database",
    "protocol",
    "ssl-mode",
    "timeout",
    "cache",
    "charset",
    "schema",
];

/// Masks the credentials in `url`: user, password and unknown query values become `***`. Text without `://` is masked
/// from an `@` to its start; without either it is returned as it is.
///
/// ```
/// assert_eq!(bootproof_core::mask_url("postgres://me:p@ss@db:5432/app?sslmode=require&token=x"),
///            "postgres://***@db:5432/app?sslmode=require&token=***");
/// ```
pub fn mask_url(url: &str) -> String {
    let (scheme, rest) = match url.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), url),
    };
    let (rest, fragment) = match rest.split_once('#') {
        Some((rest, _)) => (rest, "#***"),
        None => (rest, ""),
    };
    // A raw `/`, `?` or `#` in a password is not a legal URL, but people write them: whatever stands before the last
    // `@` is taken for userinfo, at the price of hiding a harmless path that holds an `@`.
    if let Some(at) = url.rfind('@') {
        let tail = &url[at + 1..];
        let tail = tail.split_once('#').map_or(tail, |(tail, _)| tail);
        return format!("{scheme}***@{}{}", mask_query(tail), fragment_of(&url[at + 1..]));
    }
    format!("{scheme}{}{fragment}", mask_query(rest))
}

fn fragment_of(tail: &str) -> &'static str {
    if tail.contains('#') { "#***" } else { "" }
}

fn mask_query(rest: &str) -> String {
    let Some((before, query)) = rest.split_once('?') else { return rest.to_owned() };
    let masked: Vec<String> = query.split('&').map(mask_pair).collect();
    format!("{before}?{}", masked.join("&"))
}

fn mask_pair(pair: &str) -> String {
    match pair.split_once('=') {
        Some((name, _)) if !HARMLESS.contains(&name) => format!("{name}=***"),
        _ => pair.to_owned(),
    }
}

/// Replaces every occurrence of each of `secrets` (of four characters or more) in `text` by `***`. For messages that come
/// from somebody else's server and may quote what they were sent.
pub fn mask_text<'a>(text: &str, secrets: impl IntoIterator<Item = &'a str>) -> String {
    let mut masked = text.to_owned();
    for secret in secrets {
        if secret.len() >= 4 {
            masked = masked.replace(secret, "***");
        }
    }
    masked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_raw_at_sign_or_slash_in_a_password_leaks_nothing() {
        assert_eq!(mask_url("redis://:se@cr/e@t@cache:6379/0"), "redis://***@cache:6379/0");
        assert_eq!(mask_url("mysql://u:pa?ss#w@h/db"), "mysql://***@h/db");
    }

    #[test]
    fn an_address_without_credentials_is_shown_whole() {
        assert_eq!(mask_url("http://localhost:8123/?database=x"), "http://localhost:8123/?database=x");
        assert_eq!(mask_url("sqlite://.bootproof/dev.db"), "sqlite://.bootproof/dev.db");
    }

    #[test]
    fn unknown_query_values_and_fragments_are_hidden() {
        assert_eq!(
            mask_url("https://h/p?password=x&sslmode=require#frag"),
            "https://h/p?password=***&sslmode=require#***"
        );
        assert_eq!(mask_url("user:pw@host"), "***@host");
    }

    #[test]
    fn secrets_quoted_by_a_server_are_masked() {
        assert_eq!(mask_text("bad password hunter2!", ["hunter2", "", "!"]), "bad password ***!");
    }
}
