//! What a type says about a value, made fit to be told.

use bootproof_core::{Secret, SecretBuilder, Value, mask_text};

/// The most characters of it that are told.
const MOST: usize = 200;

/// Pieces of a hidden value with fewer characters are not looked for.
const SHORTEST: usize = 4;

/// `reason` without what it may quote of the values that must not be shown.
pub(super) fn told<'a>(reason: &str, hidden: impl Iterator<Item = &'a Value>) -> String {
    let hidden: Vec<Secret> = hidden.flat_map(|value| cases(value.text.reveal())).collect();
    if hidden.is_empty() {
        return line(reason);
    }
    let pieces = hidden.iter().map(Secret::reveal).flat_map(|text| {
        text.split(|c: char| !c.is_alphanumeric()).filter(|piece| piece.len() >= SHORTEST).chain([text])
    });
    // Masked before anything else is done with it: no other copy is made of what it quotes.
    let told = without_quotes(&mask_text(reason, pieces));
    let mut short = hidden.iter().map(Secret::reveal).flat_map(|text| text.split(',').map(str::trim).chain([text]));
    if short.any(|piece| says(&told, piece)) { "***".to_owned() } else { line(&told) }
}

/// One line, and not endless.
fn line(text: &str) -> String {
    let line = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let more = text.chars().nth(MOST).map(|_| '…');
    line.take(MOST).chain(more).collect()
}

/// A text as it is, in lower and in upper case.
fn cases(text: &str) -> [Secret; 3] {
    let lower = each(text, |c, out| c.to_lowercase().for_each(|c| out.push(c)));
    let upper = each(text, |c, out| c.to_uppercase().for_each(|c| out.push(c)));
    [Secret::new(text), lower, upper]
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
