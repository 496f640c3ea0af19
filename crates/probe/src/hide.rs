//! What others say, made fit to be shown: one line, printable, short, without what they were told in confidence.

use bootproof_core::{Vars, mask_text, mask_url};

/// A template of an address as it may be shown: a mere variable, such as `${URL}`, by its name, anything else masked.
pub(crate) fn template(text: &str) -> String {
    let name = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
    match name {
        Some(name) if name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') => text.to_owned(),
        _ => mask_url(text),
    }
}

/// The most characters of somebody else's text that are shown.
const MOST: usize = 200;

/// Words in the names of variables that hold secrets.
const SECRET_NAMES: [&str; 7] = ["PASS", "SECRET", "TOKEN", "KEY", "CREDENTIAL", "AUTH", "PRIVATE"];

/// The first line that says something, unless the text is markup.
pub(crate) fn first_line(text: &str, secrets: &[&str]) -> Option<String> {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty())?;
    if line.starts_with('<') { None } else { Some(shown(line, secrets)) }
}

/// The last line that says something.
pub(crate) fn last_line(text: &str, secrets: &[&str]) -> Option<String> {
    text.lines().map(str::trim).rfind(|line| !line.is_empty()).map(|line| shown(line, secrets))
}

fn shown(line: &str, secrets: &[&str]) -> String {
    let masked = mask_text(line, secrets.iter().copied());
    let words: Vec<_> =
        masked.split(' ').map(|word| if word.contains("://") { mask_url(word) } else { word.into() }).collect();
    let mut text: String = words.join(" ").chars().filter(|c| !c.is_control()).collect();
    if let Some((end, _)) = text.char_indices().nth(MOST) {
        text.truncate(end);
        text.push('…');
    }
    text
}

/// The values of `vars` that must not be shown. Those that are hidden only because nobody declared them count when they are
/// long enough to be a secret and not a path; `root` or `true` would make every message unreadable.
pub(crate) fn secrets_of(vars: &Vars) -> Vec<&str> {
    let mut secrets = vec![];
    for (name, value) in vars.iter().filter(|(_, value)| !value.shown) {
        let text = value.text.reveal();
        let named = SECRET_NAMES.iter().any(|word| name.to_ascii_uppercase().contains(word));
        if named || (text.len() >= 8 && !text.starts_with('/')) {
            secrets.push(text);
        }
        secrets.extend(userinfo(text));
    }
    secrets.sort_unstable_by_key(|secret| std::cmp::Reverse(secret.len()));
    secrets
}

/// The password within a URL, as it is written there.
fn userinfo(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let (userinfo, _) = rest.rsplit_once('@')?;
    userinfo.split_once(':').map(|(_, password)| password)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_say_is_shown_short_printable_and_without_secrets() {
        let text = "\n  could not reach redis://:pw1@cache:6379 with hunter2\x1b[31m\nmore";
        assert_eq!(first_line(text, &["hunter2"]).unwrap(), "could not reach redis://***@cache:6379 with ***[31m");
        assert_eq!(last_line(text, &[]).unwrap(), "more");
        assert_eq!(first_line("<html>", &[]), None);
        assert_eq!(first_line(&"é".repeat(500), &[]).unwrap().chars().count(), MOST + 1);
    }

    #[test]
    fn values_that_may_be_secrets_are_hidden_and_plain_words_are_not() {
        let vars = Vars::from_pairs(
            "test",
            [
                ("DB_PASSWORD", "pass"),
                ("USER", "root"),
                ("HOME", "/home/somebody"),
                ("URL", "a://u:hunter2@h"),
                ("X", "12345678"),
            ],
        );
        assert_eq!(secrets_of(&vars), ["a://u:hunter2@h", "12345678", "hunter2", "pass"]);
    }
}
