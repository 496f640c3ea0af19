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

/// Masks the credentials in `url`: user, password and unknown query values become `***`. Where it cannot be told what is a
/// password and what is not, everything is: after the scheme for a URL whose last `@` stands behind a `?` or `#`, and the whole
/// text for anything without a scheme that is more than a plain host, port or path.
///
/// ```
/// assert_eq!(bootproof_core::mask_url("postgres://me:p@ss@db:5432/app?sslmode=require&token=x"),
///            "postgres://***@db:5432/app?sslmode=require&token=***");
/// ```
pub fn mask_url(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return mask_bare(url) };
    let (before, tail) = match rest.rsplit_once('@') {
        Some((userinfo, _)) if userinfo.contains(['?', '#']) => return format!("{scheme}://***"),
        Some((_, tail)) => ("***@", tail),
        None => ("", rest),
    };
    let (tail, fragment) = match tail.split_once('#') {
        Some((tail, _)) => (tail, "#***"),
        None => (tail, ""),
    };
    format!("{scheme}://{before}{}{fragment}", mask_query(tail))
}

/// Whether an `@` stands behind the authority of `url`: then a `/`, `?` or `#` in a password was probably not percent-encoded, what
/// a parser takes for the host is a piece of that password, and must neither be asked nor shown.
pub fn has_misplaced_at(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.find(['/', '?', '#']).is_some_and(|end| rest[end..].contains('@'))
}

/// A host, a port, a path: what is certainly no connection string with a password in it.
fn mask_bare(text: &str) -> String {
    let plain = |text: &str| text.chars().all(|c| c.is_alphanumeric() || "._-:/[]~${}".contains(c));
    match text.rsplit_once('@') {
        Some((_, tail)) if plain(tail) => format!("***@{tail}"),
        None if plain(text) => text.to_owned(),
        _ => "***".to_owned(),
    }
}

fn mask_query(rest: &str) -> String {
    let Some((before, query)) = rest.split_once('?') else { return rest.to_owned() };
    let masked: Vec<String> = query.split(['&', ';']).map(mask_pair).collect();
    format!("{before}?{}", masked.join("&"))
}

fn mask_pair(pair: &str) -> String {
    match pair.split_once('=') {
        Some((name, _)) if HARMLESS.contains(&name) => pair.to_owned(),
        Some((name, _)) => format!("{name}=***"),
        None => "***".to_owned(),
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
        assert_eq!(mask_url("mysql://u:pa?ss#w@h/db"), "mysql://***");
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
    fn what_looks_like_a_connection_string_is_hidden_whole() {
        for text in
            ["cache:6380,password=hunter2,ssl=True", "host=db password=hunter2", "a@b;password=hunter2", "pw hunter2"]
        {
            assert_eq!(mask_url(text), "***", "{text}");
        }
        assert_eq!(mask_url("[::1]:6379"), "[::1]:6379");
    }

    #[test]
    fn an_at_sign_behind_the_host_is_misplaced() {
        for (url, misplaced) in [
            ("postgres://u:p@h/db", false),
            ("postgres://u:p@ss@h:1/db?sslmode=require", false),
            ("postgres://chat:P0st@gres/PW#zzz@127.0.0.1:25432/chat", true),
            ("redis://:a?b@h", true),
        ] {
            assert_eq!(has_misplaced_at(url), misplaced, "{url}");
        }
    }

    #[test]
    fn an_at_sign_in_the_query_hides_everything() {
        for text in
            ["redis://h:6379?username=svc@corp&password=hunter2", "https://h/?password=hun@ter2", "x://h/#hun@ter2"]
        {
            assert!(mask_url(text).ends_with("://***"), "{text} -> {}", mask_url(text));
        }
        assert_eq!(
            mask_url("postgres://u:p@h/db?application_name=x;sslpassword=S"),
            "postgres://***@h/db?application_name=x&sslpassword=***"
        );
    }

    proptest::proptest! {
        #[test]
        fn a_password_never_survives(
            user in "[a-z@:/?#&=;]{0,6}", before in "[@:/?#&=;a-z]{0,4}", after in "[@:/?#&=;a-z]{0,4}", host in "[a-z]{1,5}", path in "[a-z/]{0,5}",
        ) {
            let url = format!("postgres://{user}:{before}HUNTER2{after}@{host}/{path}");
            proptest::prop_assert!(!mask_url(&url).contains("HUNTER2"), "{} -> {}", url, mask_url(&url));
            let query = format!("postgres://{host}/{path}?password={before}HUNTER2{after}");
            // A `;` or `&` in the value begins another pair, of whose name nothing is known to be secret.
            if !before.contains(['&', ';']) {
                proptest::prop_assert!(!mask_url(&query).contains("HUNTER2"), "{} -> {}", query, mask_url(&query));
            }
        }
    }

    #[test]
    fn secrets_quoted_by_a_server_are_masked() {
        assert_eq!(mask_text("bad password hunter2!", ["hunter2", "", "!"]), "bad password ***!");
    }
}
