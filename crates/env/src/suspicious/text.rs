//! What no text of any type should be: blank, padded, quoted, a placeholder, a reference, a Kubernetes service link.

use crate::{Type, problem::Breach, rules};

/// The longest name of a reference that is told: longer ones are no names of variables.
const LONGEST_NAME: usize = 64;

/// What loaders leave in a value: blanks, quotes, carriage returns, byte order marks.
pub(crate) fn of_any_text(text: &str) -> Result<(), Breach> {
    let refuse = |rule, tells: &str| Err(Breach::new(rule, tells));
    if text.trim().is_empty() {
        return refuse(rules::BLANK, "is set, but blank");
    }
    if text.starts_with('\u{feff}') {
        return refuse(rules::BYTE_ORDER_MARK, "begins with a byte order mark");
    }
    if text.ends_with('\r') {
        return refuse(rules::CARRIAGE_RETURN, "ends in a carriage return, as lines of Windows files do");
    }
    if text.trim() != text {
        return refuse(rules::WHITE_SPACE, "begins or ends with white space");
    }
    Ok(())
}

/// Whether `text` stands in quotes.
pub(crate) fn keeps_quotes(text: &str) -> bool {
    // One that comes again inside is part of the text: `'self' 'unsafe-inline'`.
    let stands_in = |quote: char| {
        let inner = text.strip_prefix(quote).and_then(|text| text.strip_suffix(quote));
        inner.is_some_and(|inner| !inner.contains(quote))
    };
    stands_in('"') || stands_in('\'')
}

/// Whether `text` is what a template holds where a value belongs. Of a URL, user, password and host are looked at.
pub(crate) fn is_placeholder(text: &str) -> bool {
    let authority = text.split_once("://").map(|(_, rest)| rest.split('/').next().unwrap_or(rest));
    match authority {
        Some(authority) => authority.split([':', '@']).any(is_placeholder_word),
        None => is_placeholder_word(text),
    }
}

fn is_placeholder_word(word: &str) -> bool {
    let rest_after = |with: &str| after(word, with).map(|at| &word[at..]);
    let begins = |with: &str| rest_after(with).is_some_and(|rest| !rest.starts_with(char::is_alphabetic));
    let in_brackets = word.strip_prefix('<').and_then(|word| word.strip_suffix('>'));
    in_brackets.is_some_and(|inner| !inner.is_empty() && !inner.contains(['<', '>']))
        || (word.len() > 2 && word.bytes().all(|b| b.eq_ignore_ascii_case(&b'x')))
        || ["changeme", "change_me", "change me", "replaceme", "replace_me", "replace me"].into_iter().any(begins)
        || rest_after("replace_with_").is_some()
        || rest_after("your_").is_some_and(|rest| !rest.is_empty())
        || rest_after("placeholder").is_some_and(str::is_empty)
        || ends_with(word, "_placeholder")
}

/// Where `word` goes on behind `with`: upper and lower case alike, hyphens as underscores. Compared in place: a copy in
/// lower case would stay behind in memory.
fn after(word: &str, with: &str) -> Option<usize> {
    let same = word.bytes().zip(with.bytes()).all(|(a, b)| alike(a, b));
    (word.len() >= with.len() && same).then_some(with.len())
}

fn ends_with(word: &str, with: &str) -> bool {
    word.len() >= with.len() && word.bytes().rev().zip(with.bytes().rev()).all(|(a, b)| alike(a, b))
}

fn alike(a: u8, b: u8) -> bool {
    a.eq_ignore_ascii_case(&b) || (b == b'_' && a == b'-')
}

/// Whether a name is written as those of variables are.
pub(crate) fn is_capitals(name: &str) -> bool {
    name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

/// The name in the first `${NAME...}` of `text`.
pub(crate) fn reference(text: &str) -> Option<&str> {
    text.match_indices("${").find_map(|(at, _)| {
        let rest = &text[at + 2..];
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')?;
        let named = (1..=LONGEST_NAME).contains(&end) && !rest.starts_with(|c: char| c.is_ascii_digit());
        (named && rest[end..].starts_with(['}', ':', '-', '?', '+']) && rest.contains('}')).then(|| &rest[..end])
    })
}

/// Whether `text` is what Kubernetes puts into `SERVICE_PORT`: `tcp://10.0.0.7:6379`. Looked for where no URL belongs.
pub(crate) fn is_service_link(kind: &Type, text: &str) -> bool {
    matches!(kind, Type::Port(_) | Type::Int(_) | Type::Host | Type::Address | Type::Ip)
        && ["tcp://", "udp://", "sctp://"].into_iter().any(|scheme| text.starts_with(scheme))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_loaders_leave_in_a_value_has_a_rule_each() {
        let code = |text| of_any_text(text).err().map(|breach| breach.rule.code);
        for (text, expected) in [
            ("", "ENV-003"),
            (" \t", "ENV-003"),
            (" x", "ENV-004"),
            ("x\n", "ENV-004"),
            ("x\r", "ENV-040"),
            ("\u{feff}x", "ENV-041"),
        ] {
            assert_eq!(code(text), Some(expected), "{text:?}");
        }
        assert_eq!(code("a b\rc"), None);
        assert!(keeps_quotes("\"x\"") && keeps_quotes("'x'") && keeps_quotes("''"));
        assert!(!keeps_quotes("\"") && !keeps_quotes("\"x'") && !keeps_quotes("it's"));
    }

    #[test]
    fn what_templates_hold_is_recognised() {
        for text in [
            "changeme",
            "CHANGE_ME",
            "change-me-in-production",
            "changeme123",
            "REPLACE_WITH_REDIS_PASSWORD",
            "clickhouse_host_url_placeholder",
            "your-api-key",
            "your_password_here",
            "<secret>",
            "xxx",
            "XXXXXXXX",
            "postgres://app:changeme@db/app",
            "https://your-host:8443/x",
        ] {
            assert!(is_placeholder(text), "{text}");
        }
    }

    #[test]
    fn real_values_are_left_alone() {
        for text in [
            "changement",
            "yourself",
            "xx",
            "x1xx",
            "a<b>",
            "<",
            "placeholders",
            "https://db/your-data",
            "https://db/changeme",
            "postgres://app:k3y@db/app",
        ] {
            assert!(!is_placeholder(text), "{text}");
        }
    }

    #[test]
    fn a_reference_is_named_and_look_alikes_are_not_references() {
        assert_eq!(reference("postgres://${DB_HOST}/x"), Some("DB_HOST"));
        assert_eq!(reference("${PORT:-80}"), Some("PORT"));
        for text in ["$HOME", "${", "${}", "${1}", "$(id)", "${a b}", "${open", "pa$${"] {
            assert_eq!(reference(text), None, "{text}");
        }
    }
}
