//! The text of a value as its author wrote it, references and all: what we write keeps `${NAME}` instead of its value.
//!
//! Only values on one line are read; for all others the caller does without. What is written is proven by reading it again,
//! so that a mistake here is found before anything is in place.

use crate::Place;
use bootproof_core::Secret;
use std::fs;

/// The text of the list entry at `place`.
pub(super) fn item(place: &Place) -> Option<Secret> {
    scalar(&rest_of_line(place)?)
}

/// The text of the variable `name` at `place`: of `NAME: value`, or of the entry `NAME=value`.
pub(super) fn variable(place: &Place, name: &str) -> Option<Secret> {
    let rest = rest_of_line(place)?;
    if let Some(value) =
        scalar(&rest).and_then(|whole| Some(Secret::new(whole.reveal().strip_prefix(name)?.strip_prefix('=')?)))
    {
        return Some(value);
    }
    let quoted = [format!("\"{name}\""), format!("'{name}'"), name.to_owned()];
    let after = quoted.iter().find_map(|key| rest.strip_prefix(key.as_str()))?;
    scalar(after.trim_start().strip_prefix(':')?.strip_prefix([' ', '\t'])?.trim_start())
}

fn rest_of_line(place: &Place) -> Option<String> {
    let line = usize::try_from(place.line).ok()?.checked_sub(1)?;
    let column = usize::try_from(place.column).ok()?.checked_sub(1)?;
    let text = fs::read_to_string(&place.file).ok()?;
    let line = text.trim_start_matches('\u{feff}').lines().nth(line)?;
    let (at, _) = line.char_indices().nth(column)?;
    Some(line[at..].to_owned())
}

/// The scalar that `text` begins with, when it ends on this line and needs no knowledge of YAML's rarer parts.
fn scalar(text: &str) -> Option<Secret> {
    let text = text.trim_end();
    match text.chars().next()? {
        '\'' => quoted(text, '\''),
        '"' => quoted(text, '"').filter(|inner| !inner.reveal().contains('\\')),
        '|' | '>' | '&' | '*' | '!' | '{' | '[' | '%' | '@' | '`' | '#' => None,
        _ => {
            let end = text.find(" #").or_else(|| flow_end(text)).unwrap_or(text.len());
            Some(Secret::new(text[..end].trim_end())).filter(|text| !text.reveal().contains(": "))
        }
    }
}

/// Where a plain value ends inside of `[a, b]` or `{A: b}`.
fn flow_end(text: &str) -> Option<usize> {
    let depth_aware = text.char_indices().scan(0_i32, |depth, (at, c)| {
        match c {
            '{' if text[..at].ends_with('$') => *depth += 1,
            '}' if *depth > 0 => *depth -= 1,
            ']' | '}' | ',' if *depth == 0 => return Some(Some(at)),
            _ => {}
        }
        Some(None)
    });
    let end = depth_aware.flatten().next()?;
    // Outside of such a list, a comma is a part of the value: only one that a blank or the end follows is taken for an end.
    text[end + 1..].chars().next().is_none_or(|c| c == ' ' || c == ']' || c == '}').then_some(end)
}

fn quoted(text: &str, quote: char) -> Option<Secret> {
    let rest = &text[1..];
    let end = rest.find(quote)?;
    // `''` inside of single quotes stands for one.
    let after = rest[end + 1..].chars().next();
    (after != Some(quote)).then(|| Secret::new(&rest[..end]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn at(line: &str, column: u32, name: &str) -> Option<String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), format!("# first\n{line}\n")).unwrap();
        let place = Place::new(Path::new(file.path()), 2, column);
        let found = if name.is_empty() { item(&place) } else { variable(&place, name) };
        found.map(|text| text.reveal().to_owned())
    }

    #[test]
    fn values_on_one_line_are_read_as_they_are_written() {
        assert_eq!(
            at("  URL: http://${HOST:-localhost}:8080/x # why", 3, "URL").as_deref(),
            Some("http://${HOST:-localhost}:8080/x")
        );
        assert_eq!(at("  URL: 'a b'", 3, "URL").as_deref(), Some("a b"));
        assert_eq!(at("  - URL=a$$b", 5, "URL").as_deref(), Some("a$$b"));
        assert_eq!(at("  - \"URL=${A}:80\"", 5, "URL").as_deref(), Some("${A}:80"));
        assert_eq!(at("  ports: [\"${P}:80\", 81:81]", 11, "").as_deref(), Some("${P}:80"));
        assert_eq!(at("  ports: [${P:-1}:80, 81:81]", 11, "").as_deref(), Some("${P:-1}:80"));
    }

    #[test]
    fn what_is_not_that_simple_is_not_read() {
        for line in ["  URL: |", "  URL: *a", "  URL: \"a\\n\"", "  URL: 'it''s'", "  URL:", "  OTHER: x"] {
            assert_eq!(at(line, 3, "URL"), None, "{line}");
        }
    }
}
