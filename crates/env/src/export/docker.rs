//! For `docker run --env-file`.
//!
//! The rules are those of `docker/cli`, `pkg/kvfile/kvfile.go` (28.2, and `opts/file.go` before it), tried on the real
//! command: one variable a line; everything behind the first `=` is the value, quotes, `#` and blanks at both ends included;
//! nothing is escaped, so a line break cannot be held. Go's `bufio.ScanLines` takes one CR off the end of a line, and refuses
//! a line of 65536 bytes. A BOM is taken off the first line, white space off the start of each.

use super::read_back::Found;
use super::{Page, ReadBack, ReadBackError, Shape, Sheet, all_or_shown};
use bootproof_core::Secret;

/// `bufio.MaxScanTokenSize` less the line feed.
const LONGEST_LINE: usize = 64 * 1024 - 1;

pub(super) const SHAPE: Shape =
    Shape { has_object: false, chooses: all_or_shown, refuses_name, refuses_value, most_bytes: None, write, read };

fn refuses_name(name: &str) -> Option<&'static str> {
    if name.starts_with(['#', '\u{feff}']) {
        Some("the name begins with what is a comment or a byte order mark")
    } else if name.contains(|c: char| c.is_whitespace() || c.is_control()) {
        Some("the name has white space or a control character in it")
    } else {
        None
    }
}

fn refuses_value(name: &str, value: &str) -> Option<&'static str> {
    if value.contains('\n') {
        Some("its value has a line break, which ends the variable there")
    } else if value.ends_with('\r') {
        Some("its value ends with a carriage return, which is taken off there")
    } else if name.len() + 1 + value.len() > LONGEST_LINE {
        Some("it is longer than the 65535 bytes that a line may have")
    } else {
        None
    }
}

fn write(sheet: &mut Sheet, page: &Page<'_>) {
    page.name_withheld(sheet, "written with --reveal");
    for item in page.written {
        sheet.push_all(&[item.name, "=", item.text, "\n"]);
    }
}

fn read(text: &str) -> ReadBack {
    let mut found = Found::default();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (at, line) in text.split('\n').enumerate() {
        let refused = |why| Err(ReadBackError { line: at + 1, why });
        if line.len() > LONGEST_LINE {
            return refused("the line is longer than 65535 bytes");
        }
        let line = line.strip_suffix('\r').unwrap_or(line).trim_start();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match line.split_once('=') {
            Some(("", _)) => return refused("no name stands before the `=`"),
            Some((name, _)) if name.contains([' ', '\t']) => return refused("the name has white space in it"),
            Some((name, value)) => found.set(name, Secret::new(value)),
            None => return refused("no `=` stands here: docker would take the value from where it runs"),
        }
    }
    Ok(found.into_vec())
}
