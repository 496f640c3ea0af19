//! Texts as TOML has them (TOML 1.0, "String" and "Keys").

use std::fmt::Write as _;

/// A basic string, in one line.
pub(super) fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // Writing to a String cannot fail.
            c if c.is_control() => drop(write!(out, "\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A list of strings, in one line.
pub(super) fn list<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    let items: Vec<String> = items.into_iter().map(text).collect();
    format!("[{}]", items.join(", "))
}

/// A name of a section: letters, digits, `_` and `-`; all else becomes `-`.
pub(super) fn key(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }).collect()
}

/// A text for a comment: one line, without signs that would end it.
pub(super) fn comment(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("# {clean}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_toml_would_read_otherwise_is_escaped() {
        assert_eq!(text("a\"b\\c\n\u{1}ä"), "\"a\\\"b\\\\c\\n\\u0001ä\"");
        assert_eq!(list(["a", "b\""]), "[\"a\", \"b\\\"\"]");
        assert_eq!((key("web.1/ä"), comment("a\nb")), ("web-1--".to_owned(), "# a b\n".to_owned()));
    }
}
