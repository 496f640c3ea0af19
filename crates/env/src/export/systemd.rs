//! For systemd's `EnvironmentFile=`.
//!
//! The rules are those of `systemd.exec(5)` (from version 254 on they are written down there) and `src/basic/env-file.c`;
//! tried on `load_env_file` of version 252. In double quotes a backslash keeps `"`, `\`, `` ` `` and `$`, and swallows a line
//! break; before anything else it stands for itself. No variable is expanded. Values may span lines and hold control
//! characters, but must be UTF-8 without Unicode's noncharacters: one of those makes systemd ignore the whole file and log the
//! value. The manual excludes U+FEFF, too. Names are POSIX names (`env_name_is_valid`).

use super::read_back::{Found, line_of};
use super::{Page, ReadBack, ReadBackError, Shape, Sheet, all_or_shown, is_posix_name};
use std::mem;

/// `SHELL_NEED_ESCAPE` of `src/basic/escape.h`.
const ESCAPED: [char; 4] = ['"', '\\', '`', '$'];
/// `WHITESPACE` of `src/fundamental/string-util-fundamental.h`.
const BLANK: [char; 4] = [' ', '\t', '\n', '\r'];
const NEWLINE: [char; 2] = ['\n', '\r'];

pub(super) const SHAPE: Shape =
    Shape { has_object: false, chooses: all_or_shown, refuses_name, refuses_value, most_bytes: None, write, read };

fn refuses_name(name: &str) -> Option<&'static str> {
    (!is_posix_name(name)).then_some("a name there has only letters, digits and `_`, and no digit first")
}

fn refuses_value(_: &str, value: &str) -> Option<&'static str> {
    if value.contains('\u{feff}') {
        Some("its value has a byte order mark (U+FEFF), which is not valid there")
    } else if value.contains(is_noncharacter) {
        Some("its value has a Unicode noncharacter, for which systemd ignores the whole file")
    } else {
        None
    }
}

/// Unicode, 23.7: U+FDD0 to U+FDEF and the last two of every plane.
fn is_noncharacter(c: char) -> bool {
    matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xfffe == 0xfffe
}

fn write(sheet: &mut Sheet, page: &Page<'_>) {
    page.name_withheld(sheet, "written with --reveal");
    for item in page.written {
        sheet.push_all(&[item.name, "=\""]);
        for c in item.text.chars() {
            if ESCAPED.contains(&c) {
                sheet.push('\\');
            }
            sheet.push(c);
        }
        sheet.push_str("\"\n");
    }
}

fn read(text: &str) -> ReadBack {
    let mut found = Found::default();
    let mut rest = text;
    while !rest.is_empty() {
        if BLANK.iter().any(|b| rest.starts_with(*b)) {
            rest = &rest[1..];
        } else if rest.starts_with(['#', ';']) {
            rest = after_comment(rest);
        } else {
            let end = rest.find(['=', '\n', '\r']).unwrap_or(rest.len());
            let (name, behind) = rest.split_at(end);
            let failed = |why| ReadBackError { line: line_of(text, rest), why };
            rest = match behind.strip_prefix('=') {
                Some(value) => read_value(value, name.trim_end_matches(BLANK), &mut found).map_err(failed)?,
                // A line without a `=` is passed over.
                None => behind,
            };
        }
    }
    Ok(found.into_vec())
}

/// Behind a comment line. A backslash keeps a comment from ending only in versions before 254, and none is written.
fn after_comment(rest: &str) -> &str {
    rest.find(NEWLINE).map_or("", |end| &rest[end..])
}

/// Where in a value the reader is: the states of `parse_env_file_internal`.
enum State {
    Before,
    Bare,
    BareEscape,
    Single,
    Double,
    DoubleEscape,
}

/// Reads one value and returns what follows it.
fn read_value<'a>(text: &'a str, name: &str, found: &mut Found) -> Result<&'a str, &'static str> {
    let (mut value, mut state, mut blanks) = (Sheet::default(), State::Before, 0);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if matches!(state, State::Before | State::Bare) && NEWLINE.contains(&c) {
            break;
        }
        rest = &rest[c.len_utf8()..];
        let trailing = mem::take(&mut blanks);
        state = match (state, c) {
            (State::Before, '\'') => State::Single,
            (State::Before, '"') => State::Double,
            (State::Before | State::Bare, '\\') => State::BareEscape,
            (State::Before, c) if BLANK.contains(&c) => State::Before,
            (State::Single, '\'') | (State::Double, '"') => State::Before,
            (State::Double, '\\') => State::DoubleEscape,
            (State::BareEscape, c) if NEWLINE.contains(&c) => State::Bare,
            (State::DoubleEscape, '\n') => State::Double,
            (State::DoubleEscape, c) => {
                if !ESCAPED.contains(&c) {
                    value.push('\\');
                }
                value.push(c);
                State::Double
            }
            (state, c) => {
                blanks = if matches!(state, State::Bare) && BLANK.contains(&c) { trailing + 1 } else { 0 };
                value.push(c);
                if matches!(state, State::Before | State::BareEscape) { State::Bare } else { state }
            }
        };
    }
    for _ in 0..blanks {
        value.pop();
    }
    if refuses_value(name, value.as_str()).is_some() {
        return Err("a value has a character for which systemd ignores the whole file");
    }
    // systemd drops a name that is none, with a line in the log.
    if is_posix_name(name) {
        found.set(name, value.into_secret());
    }
    Ok(rest)
}
