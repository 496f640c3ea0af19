//! A `.env` file, for `bootproof`, python-dotenv and node's dotenv.
//!
//! The three agree on less than one would think (read in python-dotenv 1.2.4 and dotenv 18.0.10, and tried on both):
//!
//! - Without quotes all take the text as it is, but python-dotenv ends it at a blank and `#`, dotenv at any `#`, and both take
//!   blanks off its ends; bootproof fills `${X}` in.
//! - In single quotes bootproof and dotenv take all as it is; python-dotenv reads `\\` as `\`, and a `\` before the closing
//!   quote hides that quote.
//! - In double quotes all read `\n` and `\r`. dotenv reads no other escape, so no `"` and no `\` is the same for all three.
//! - Outside single quotes bootproof makes `$$` a dollar; any other `$` without a `{` is text for all three.
//! - dotenv makes a carriage return a line feed wherever it stands, and python-dotenv reads files so; only `\r` in double
//!   quotes survives.
//! - python-dotenv fills `${X}` in whatever the quotes are. No form holds that text for all three.
//!
//! So a value is written in the first form that all three read alike ([`alike`]). Where there is none, as for `'` with `${X}`
//! or with `"` and `#`, it is written as bootproof reads it: in double quotes with `\\`, `\"`, `\$`, `\n` and `\r`; whatever the
//! others read there, they read the lines around it right.

use super::{Page, ReadBack, ReadBackError, Shape, Sheet, all_or_shown, read_back::Found};
use crate::dotenv;
use bootproof_core::Secret;
use std::convert::Infallible;

pub(super) const SHAPE: Shape = Shape {
    has_object: false,
    chooses: all_or_shown,
    refuses_name,
    refuses_value: |_, _| None,
    most_bytes: None,
    write,
    read,
};

/// Why `name` cannot be one in a `.env` file.
pub(crate) fn refuses_name(name: &str) -> Option<&'static str> {
    let first = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let all = name.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c));
    (!(first && all)).then_some("a name there has only letters, digits, `_`, `.` and `-`, and a letter or `_` first")
}

/// Behind a double-quoted value that ends with a backslash. dotenv takes the quote in `\\"` for escaped and looks for another
/// one, in the lines below if need be; here it finds one that cannot be the end, and returns.
const GUARD: &str = " # it ends with \"\\\"\n";

fn hides_its_end(text: &str) -> bool {
    text.ends_with('\\') && alike(text, Lines::Many).is_none()
}

fn write(sheet: &mut Sheet, page: &Page<'_>) {
    page.name_withheld(sheet, "written with --reveal");
    for item in page.written {
        sheet.push_all(&[item.name, "="]);
        push_value(sheet, item.text, Lines::Many);
        sheet.push_str(if hides_its_end(item.text) { GUARD } else { "\n" });
    }
}

/// Whether a value with line breaks may go over several lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lines {
    /// As it is: a key in PEM form stays readable.
    Many,
    /// Never: what stands in a comment must end with its line.
    One,
}

/// How a value stands behind the `=`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// As it is.
    Bare,
    /// `'...'`, nothing escaped.
    Single,
    /// `"..."`, nothing escaped but line breaks.
    Double,
}

/// Appends `text` so that all three readers read it alike where that is possible, and bootproof always does.
pub(crate) fn push_value(sheet: &mut Sheet, text: &str, lines: Lines) {
    let one_line = lines == Lines::One && text.contains('\n');
    match alike(text, lines) {
        Some(Form::Bare) => sheet.push_str(text),
        Some(Form::Double) => push_double(sheet, text, if one_line { "\r\n" } else { "\r" }),
        None if text.contains(['\'', '\r']) || text.ends_with('\\') || one_line => {
            push_double(sheet, text, "\r\n\\\"$")
        }
        Some(Form::Single) | None => sheet.push_all(&["'", text, "'"]),
    }
}

/// The form in which bootproof, python-dotenv and node's dotenv all read `text` as it is, when there is one.
pub(super) fn alike(text: &str, lines: Lines) -> Option<Form> {
    let broken = lines == Lines::One && text.contains('\n');
    if is_plain(text) {
        Some(Form::Bare)
    } else if text.contains("${") {
        None
    } else if !text.contains(['\'', '\r']) && !text.contains("\\\\") && !text.ends_with('\\') && !broken {
        Some(Form::Single)
    } else if !text.contains(['"', '\\']) && !text.contains("$$") {
        Some(Form::Double)
    } else if stands_bare(text) {
        Some(Form::Bare)
    } else {
        None
    }
}

/// What nobody would quote.
fn is_plain(text: &str) -> bool {
    !text.is_empty()
        && !begins_a_key(text)
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "_-./:@%+,=".contains(c))
}

/// bootproof takes a key in PEM form without quotes for a mistake: the others read its lines as names.
fn begins_a_key(text: &str) -> bool {
    text.starts_with("-----BEGIN")
}

/// What all three take as it is without quotes, such as `C:\folder\` or `it's "here"`.
fn stands_bare(text: &str) -> bool {
    if begins_a_key(text) {
        return false;
    }
    let special = |c: char| c.is_control() || matches!(c, '#' | '\u{2028}' | '\u{2029}');
    text.starts_with(|c: char| c.is_ascii_graphic() && !matches!(c, '\'' | '"' | '`'))
        && text.ends_with(|c: char| c.is_ascii_graphic())
        && !text.contains(special)
        && !text.contains("$$")
        && !text.contains("\\$")
}

/// Appends `text` in double quotes, with a backslash for each of `escaped`.
fn push_double(sheet: &mut Sheet, text: &str, escaped: &str) {
    sheet.push('"');
    for c in text.chars() {
        match c {
            '\r' if escaped.contains(c) => sheet.push_str("\\r"),
            '\n' if escaped.contains(c) => sheet.push_str("\\n"),
            c if escaped.contains(c) => sheet.push_all(&["\\", c.encode_utf8(&mut [0; 4])]),
            c => sheet.push(c),
        }
    }
    sheet.push('"');
}

/// The variables of a `.env` file, read as every other one is. Nothing is set that a reference could be filled in with.
fn read(text: &str) -> ReadBack {
    let file = dotenv::parse(text);
    if let Some(problem) = file.problems.first() {
        return Err(ReadBackError { line: problem.line, why: "this line cannot be read" });
    }
    let mut found = Found::default();
    for set in &file.assignments {
        let text = set.template.expand(&mut |_| Ok::<Option<Secret>, Infallible>(None));
        let text = text.map_err(|_| ReadBackError { line: set.line, why: "this refers to another variable" })?;
        found.set(&set.name, text);
    }
    Ok(found.into_vec())
}

/// `value` as it can stand behind `NAME=` in a `.env` file, on as many lines as it takes. `None` for a value with a NUL, which no
/// variable can hold.
///
/// ```
/// use bootproof_env::export::dotenv_quoted;
/// assert_eq!(dotenv_quoted("a/b@c:1").unwrap().reveal(), "a/b@c:1");
/// assert_eq!(dotenv_quoted("pa$$ #1").unwrap().reveal(), "'pa$$ #1'");
/// ```
pub fn dotenv_quoted(value: &str) -> Option<Secret> {
    let mut sheet = Sheet::default();
    push_value(&mut sheet, value, Lines::Many);
    (!value.contains('\0')).then(|| sheet.into_secret())
}
