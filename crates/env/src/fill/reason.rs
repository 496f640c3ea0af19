//! What a type says about a value, made fit to be told.

use bootproof_core::{Secret, SecretBuilder, Value, mask_text};

/// The most characters of it that are told.
const MOST: usize = 200;

/// Pieces of a hidden value with fewer characters are not looked for.
const SHORTEST: usize = 4;

/// `reason` without what it may quote of the values that must not be shown.
pub(super) fn told<'a>(reason: &str, hidden: impl Iterator<Item = &'a Value>) -> String {
    let mut told = reason.to_owned();
    for value in hidden {
        let text = value.text.reveal();
        let lower = each(text, |c, out| c.to_lowercase().for_each(|c| out.push(c)));
        let upper = each(text, |c, out| c.to_uppercase().for_each(|c| out.push(c)));
        let pieces = [text, lower.reveal(), upper.reveal()].into_iter().flat_map(|text| {
            text.split(|c: char| !c.is_alphanumeric()).filter(|piece| piece.len() >= SHORTEST).chain([text])
        });
        told = mask_text(&without_quotes(&told), pieces);
        if text.split(',').map(str::trim).chain([text]).any(|piece| says(&told, piece)) {
            return "***".to_owned();
        }
    }
    let line: String = told.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    match line.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

fn each(text: &str, change: fn(char, &mut SecretBuilder)) -> Secret {
    let mut changed = SecretBuilder::with_capacity(text.len());
    text.chars().for_each(|c| change(c, &mut changed));
    changed.finish()
}

/// The text with everything hidden from its first quote to its last: a quoted piece of a value may be too short or too changed
/// to be recognised, and may itself hold quotes.
fn without_quotes(text: &str) -> String {
    let is_quote = |(at, c): &(usize, char)| match c {
        '"' | '`' => true,
        // Not the one in `can't`.
        '\'' => !text[..*at].ends_with(char::is_alphanumeric),
        _ => false,
    };
    let Some((from, _)) = text.char_indices().find(is_quote) else { return text.to_owned() };
    let to = text.rfind(['"', '`', '\'']).filter(|to| *to > from).unwrap_or(text.len());
    format!("{}***{}", &text[..=from], &text[to..])
}

/// Whether a value too short to be looked for stands in the text as a word.
fn says(text: &str, short: &str) -> bool {
    let word = short.chars().all(char::is_alphanumeric);
    (1..SHORTEST).contains(&short.len())
        && if word { text.split(|c: char| !c.is_alphanumeric()).any(|w| w == short) } else { text.contains(short) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bootproof_core::Secret;

    #[test]
    fn nothing_of_a_hidden_value_is_told() {
        let value = |text| Value { text: Secret::new(text), source: "test".into(), shown: false };
        for (reason, text, expected) in [
            ("bad Hunter2 here", "x=hunter2", "bad Hunter2 here"),
            ("bad hunter2 here", "x=hunter2", "bad *** here"),
            ("bad HUNTER2 here", "x=hunter2", "bad *** here"),
            ("can't read \"ab\" of `ab\"c`, sorry", "ab\"cd", "can't read \"***`, sorry"),
            ("at 'ab", "ab", "at '***"),
            ("ab is bad", "ab", "***"),
            ("a b# is bad", "b#", "***"),
            ("ab is bad", "xy, ab", "***"),
            ("tab is bad", "ab", "tab is bad"),
        ] {
            assert_eq!(told(reason, [value(text)].iter()), expected);
        }
        assert_eq!(told("says \"ab\"", [].iter()), "says \"ab\"");
        assert_eq!(told(&"é\n".repeat(150), [].iter()).chars().count(), MOST + 1);
    }
}
