//! Makes text from elsewhere harmless to a terminal.

use std::borrow::Cow;

/// `text` with control characters and those that turn the direction of writing shown as escapes (line ends and unbreakable blanks stay, tabs
/// become blanks), and with ASCII in the place of everything else when `unicode` is false.
pub(crate) fn clean(text: &str, unicode: bool) -> Cow<'_, str> {
    let written = |c: char| (unicode || c.is_ascii()) && !turns(c) && !c.is_control();
    let harmless = |c: char| matches!(c, '\n' | '\u{a0}') || written(c);
    if text.chars().all(harmless) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if harmless(c) => out.push(c),
            '\t' => out.push(' '),
            '\r' => {}
            c if c.is_control() || turns(c) => out.extend(c.escape_default()),
            c => out.push_str(ascii(c)),
        }
    }
    Cow::Owned(out)
}

/// Whether `c` turns the direction of writing: the marks, embeddings, overrides and isolates of UAX #9.
fn turns(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn ascii(c: char) -> &'static str {
    match c {
        '…' => "...",
        '→' => "->",
        '·' => "|",
        '–' | '—' | '−' => "-",
        '‘' | '’' => "'",
        '“' | '”' => "\"",
        'µ' | 'μ' => "u",
        '×' => "x",
        _ => "?",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_cannot_move_the_readers_cursor_or_turn_the_writing() {
        assert_eq!(clean("a\x1b[2Jb\tc\r\n\u{202e}d\u{7f}\u{9b}", true), "a\\u{1b}[2Jb c\n\\u{202e}d\\u{7f}\\u{9b}");
        assert_eq!(clean("Grüße → 日本", true), "Grüße → 日本");
    }

    #[test]
    fn without_utf8_everything_is_ascii() {
        assert_eq!(clean("5 µs → größer…", false), "5 us -> gr??er...");
    }
}
