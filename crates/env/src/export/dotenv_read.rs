//! A small reader of `.env` files: what the writer beside it needs, and no more.
//!
//! It stands in for the parser of dotenv files, and fills nothing in: a `${X}` that would be filled in is refused.

use super::read_back::{Found, line_of};
use super::{ReadBack, ReadBackError, Sheet, refuses_name};
use bootproof_core::Secret;

/// The variables of a `.env` file without references.
pub(super) fn read(text: &str) -> ReadBack {
    let mut found = Found::default();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let refused = |why| ReadBackError { line: line_of(text, rest), why };
        if rest.starts_with('#') {
            rest = rest.find('\n').map_or("", |end| &rest[end..]);
        } else {
            let (name, behind) = rest.split_once('=').ok_or_else(|| refused("this is not `NAME=value`"))?;
            if refuses_name(name).is_some() {
                return Err(refused("what stands before the `=` is no name"));
            }
            let (value, behind) = read_value(behind).map_err(refused)?;
            found.set(name, value);
            rest = behind;
        }
        rest = rest.trim_start();
    }
    Ok(found.into_vec())
}

/// The value at the start of `text`, and what follows it.
fn read_value(text: &str) -> Result<(Secret, &str), &'static str> {
    let (value, behind) = if let Some(inner) = text.strip_prefix('\'') {
        let (value, behind) = inner.split_once('\'').ok_or("a single quote is not closed")?;
        (Secret::new(value), behind)
    } else if let Some(inner) = text.strip_prefix('"') {
        read_double(inner)?
    } else {
        let (value, behind) = text.split_at(text.find('\n').unwrap_or(text.len()));
        if ["${", "$$", "\\$", " #"].iter().any(|special| value.contains(special)) {
            return Err("this is more than a plain value");
        }
        (Secret::new(value.trim()), behind)
    };
    let (rest, behind) = behind.split_at(behind.find('\n').unwrap_or(behind.len()));
    if rest.is_empty() || rest.starts_with(" #") { Ok((value, behind)) } else { Err("something follows the value") }
}

fn read_double(text: &str) -> Result<(Secret, &str), &'static str> {
    let mut value = Sheet::default();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Ok((value.into_secret(), &text[at + 1..])),
            '$' if text[at + 1..].starts_with(['{', '$']) => return Err("this is more than a plain value"),
            '\\' => match chars.next() {
                Some((_, 'n')) => value.push('\n'),
                Some((_, 'r')) => value.push('\r'),
                Some((_, 't')) => value.push('\t'),
                Some((_, kept @ ('"' | '\\' | '$'))) => value.push(kept),
                _ => return Err("a backslash escapes nothing here"),
            },
            c => value.push(c),
        }
    }
    Err("a double quote is not closed")
}
