//! JSON documents with secrets in them: to hide the document whatever its variable was declared as.
//!
//! The text is only looked through, never taken apart: pieces of it would stay behind in memory.

/// Words that the names of secrets end with.
const LAST: [&str; 8] = ["pass", "pwd", "passwd", "token", "key", "credential", "credentials", "dsn"];

/// Words that no name of anything else holds.
const ANYWHERE: [&str; 4] = ["password", "passphrase", "secret", "privatekey"];

/// Whether `text` is a JSON object or list in which a member is named like a secret, or a string is one that `is_telling`.
pub(crate) fn holds_secret(text: &str, is_telling: impl Fn(&str) -> bool) -> bool {
    text.trim_start().starts_with(['{', '['])
        && strings(text).any(|(string, is_name)| match is_name {
            true => names_secret(string),
            false => is_telling(string),
        })
}

/// The strings of a JSON text between their quotes, each with whether it names a member.
fn strings(text: &str) -> impl Iterator<Item = (&str, bool)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let inner = &rest[rest.find('"')? + 1..];
        let (string, behind) = inner.split_at(end_of(inner));
        rest = behind.get(1..).unwrap_or_default();
        Some((string, rest.trim_start().starts_with(':')))
    })
}

/// Where the closing quote is, or the text ends.
fn end_of(inner: &str) -> usize {
    let mut escaped = false;
    let closes = |byte: u8| {
        let closes = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes
    };
    inner.bytes().position(closes).unwrap_or(inner.len())
}

fn names_secret(name: &str) -> bool {
    let tail = |word: &str| {
        name.len() >= word.len()
            && name.get(name.len() - word.len()..).is_some_and(|end| end.eq_ignore_ascii_case(word))
    };
    let anywhere =
        |word: &str| name.as_bytes().windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes()));
    // Who writes a name in escapes hides something.
    name.contains('\\') || LAST.iter().any(|word| tail(word)) || ANYWHERE.iter().any(|word| anywhere(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_named_like_secrets_are_found_at_any_depth() {
        let holds = |text: &str| holds_secret(text, |string| string.contains("://u:p@"));
        for text in [
            r#"{"password": 1}"#,
            r#"{"a": [{"apiKey" : "x"}]}"#,
            r#"[{"a\"b": 1, "access_token": ""}]"#,
            r#" {"CLIENT-SECRET": "x"}"#,
            r#"{"p\u0061ssword": "x"}"#,
            r#"{"url": "https://u:p@h"}"#,
            r#"{"private_key_of": {"passwordHash": 1}}"#,
        ] {
            assert!(holds(text), "{text}");
        }
        for text in [
            r#"{"level": "password"}"#,
            r#"["token"]"#,
            "{}",
            "{",
            r#"{"a": "b\\", "c": ["d"]}"#,
            r#""password": 1"#,
            r#"{"ä": "é"}"#,
        ] {
            assert!(!holds(text), "{text}");
        }
    }
}
