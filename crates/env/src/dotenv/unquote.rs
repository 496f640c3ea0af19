//! Where a quoted value ends, and what its escapes mean.

use super::DotenvFault;
use std::borrow::Cow;

/// The text up to the closing `quote`. `text` begins after the opening one, and its first line has `line` bytes.
///
/// A quote closes only when nothing but blanks or a comment follow it on its line; otherwise it is another value's, and this
/// one is not closed. That keeps one forgotten quote from swallowing the lines below. Each scan ends at the next quote of its
/// kind, so that all scans of a file together look at each byte a few times at most.
pub(super) fn inside(text: &str, quote: char, line: usize) -> Result<&str, DotenvFault> {
    let first = first_unescaped(text, quote);
    match first {
        Some(at) if closes(&text[at + 1..]) => return Ok(&text[..at]),
        // Not in the middle of a line: there it is `"{"a":1}"`, which the two reference implementations read differently.
        Some(at) if at < line => return Err(DotenvFault::AfterQuote),
        _ => {}
    }
    // `'C:\folder\'`: nothing else can close it, so the backslash before the last quote escapes nothing.
    let last = text[..line].rfind(quote).filter(|&at| closes(&text[at + 1..]));
    last.map(|at| &text[..at]).ok_or(DotenvFault::Unterminated)
}

fn first_unescaped(text: &str, quote: char) -> Option<usize> {
    let mut from = 0;
    while let Some(found) = text[from..].find([quote, '\\']) {
        let at = from + found;
        if text[at..].starts_with(quote) {
            return Some(at);
        }
        // A backslash, and whatever it escapes.
        from = at + 1 + text[at + 1..].chars().next()?.len_utf8();
    }
    None
}

/// Whether nothing but blanks or a comment stand before the end of the line.
fn closes(after: &str) -> bool {
    let after = after.trim_start_matches(|c: char| c.is_whitespace() && c != '\n');
    after.is_empty() || after.starts_with(['\n', '#'])
}

/// A single-quoted text: `\'` is a quote.
pub(super) fn single(text: &str) -> Cow<'_, str> {
    unescaped(text, |c| (c == '\'').then_some("'"))
}

/// A double-quoted text as a template: `\$` is what a template says for a plain `$`.
pub(super) fn double(text: &str) -> Cow<'_, str> {
    unescaped(text, |c| {
        Some(match c {
            'n' => "\n",
            'r' => "\r",
            't' => "\t",
            '\\' => "\\",
            '"' => "\"",
            '\'' => "'",
            '$' => "$$",
            _ => return None,
        })
    })
}

/// An unquoted text as a template: `\$` is what a template says for a plain `$`.
pub(super) fn unquoted(text: &str) -> Cow<'_, str> {
    unescaped(text, |c| (c == '$').then_some("$$"))
}

/// The text with its escapes replaced. What `meaning` does not know stays as it is, with its backslash. No meaning is longer
/// than its escape, so that the text is never moved and leaves no copy behind.
fn unescaped(text: &str, meaning: impl Fn(char) -> Option<&'static str>) -> Cow<'_, str> {
    let Some(first) = text.find('\\') else { return Cow::Borrowed(text) };
    let mut out = String::with_capacity(text.len());
    out.push_str(&text[..first]);
    let mut rest = &text[first..];
    while let Some(after) = rest.strip_prefix('\\') {
        let escaped = after.chars().next();
        match escaped.and_then(&meaning) {
            Some(meant) => out.push_str(meant),
            None => {
                out.push('\\');
                out.extend(escaped);
            }
        }
        rest = &after[escaped.map_or(0, char::len_utf8)..];
        let next = rest.find('\\').unwrap_or(rest.len());
        out.push_str(&rest[..next]);
        rest = &rest[next..];
    }
    Cow::Owned(out)
}
