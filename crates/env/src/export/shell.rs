//! `export` lines for any POSIX shell, by `eval "$(...)"` or by `. file`.
//!
//! Single quotes keep everything but a single quote (POSIX Shell Command Language, 2.2.2), which is written `'\''`. Nothing
//! in a value is ever run. The names that a shell keeps for itself are refused: bash assigns some of them as arithmetic, and
//! would run what `$(...)` in a value says.

use super::read_back::{Found, line_of};
use super::{Page, ReadBack, ReadBackError, Shape, Sheet, all_or_shown, is_posix_name};
use bootproof_core::Secret;

/// What `export NAME='it x'` does not set in bash 5.2 (with and without `--posix`) or dash 0.5.12, seen by running it for
/// every variable they know: read-only, computed, or read as a number.
const KEPT_BY_SHELLS: [&str; 30] = [
    "BASHOPTS",
    "BASHPID",
    "BASH_ALIASES",
    "BASH_ARGC",
    "BASH_ARGV",
    "BASH_CMDS",
    "BASH_COMMAND",
    "BASH_COMPAT",
    "BASH_LINENO",
    "BASH_SOURCE",
    "BASH_SUBSHELL",
    "BASH_VERSINFO",
    "BASH_XTRACEFD",
    "DIRSTACK",
    "EPOCHREALTIME",
    "EPOCHSECONDS",
    "EUID",
    "FUNCNAME",
    "GROUPS",
    "HISTCMD",
    "LINENO",
    "OPTIND",
    "PPID",
    "RANDOM",
    "SECONDS",
    "SHELLOPTS",
    "SHLVL",
    "SRANDOM",
    "UID",
    "_",
];

pub(super) const SHAPE: Shape = Shape {
    has_object: false,
    chooses: all_or_shown,
    refuses_name,
    refuses_value: |_, _| None,
    most_bytes: None,
    write,
    read,
};

fn refuses_name(name: &str) -> Option<&'static str> {
    if !is_posix_name(name) {
        Some("a name there has only letters, digits and `_`, and no digit first")
    } else if KEPT_BY_SHELLS.contains(&name) {
        Some("a shell keeps this name for itself")
    } else {
        None
    }
}

fn write(sheet: &mut Sheet, page: &Page<'_>) {
    page.name_withheld(sheet, "written with --reveal");
    for item in page.written {
        sheet.push_all(&["export ", item.name, "='"]);
        for (at, piece) in item.text.split('\'').enumerate() {
            sheet.push_all(&[if at == 0 { "" } else { "'\\''" }, piece]);
        }
        sheet.push_str("'\n");
    }
}

/// Reads assignments as a shell does, and refuses whatever else a shell would do.
fn read(text: &str) -> ReadBack {
    let mut found = Found::default();
    let mut rest = text.trim_start_matches([' ', '\t', '\n']);
    while !rest.is_empty() {
        let refused = |why| ReadBackError { line: line_of(text, rest), why };
        if rest.starts_with('#') {
            rest = rest.find('\n').map_or("", |end| &rest[end..]);
        } else {
            let assignment = rest.strip_prefix("export ").unwrap_or(rest).trim_start_matches([' ', '\t']);
            let (name, word) = assignment.split_once('=').ok_or_else(|| refused("this is not an assignment"))?;
            if !is_posix_name(name) {
                return Err(refused("this is not an assignment to a name"));
            }
            let (value, behind) = read_word(word).map_err(refused)?;
            found.set(name, value);
            rest = behind.trim_start_matches([' ', '\t']);
            if !rest.is_empty() && !rest.starts_with(['\n', '#']) {
                return Err(ReadBackError { line: line_of(text, rest), why: "something follows the assignment" });
            }
        }
        rest = rest.trim_start_matches([' ', '\t', '\n']);
    }
    Ok(found.into_vec())
}

/// One word, its quotes taken off, and what follows it.
fn read_word(text: &str) -> Result<(Secret, &str), &'static str> {
    let (mut word, mut rest) = (Sheet::default(), text);
    while let Some(c) = rest.chars().next() {
        let behind = &rest[c.len_utf8()..];
        rest = match c {
            ' ' | '\t' | '\n' => break,
            '\'' => {
                let (inner, behind) = behind.split_once('\'').ok_or("a single quote is not closed")?;
                word.push_str(inner);
                behind
            }
            '"' => read_double(behind, &mut word)?,
            '\\' => {
                let kept = behind.chars().next().ok_or("a backslash ends the file")?;
                if kept != '\n' {
                    word.push(kept);
                }
                &behind[kept.len_utf8()..]
            }
            '$' | '`' | ';' | '&' | '|' | '<' | '>' | '(' | ')' | '*' | '?' | '[' | '~' => {
                return Err("this is more than a quoted word: a shell would expand or run it");
            }
            c => {
                word.push(c);
                behind
            }
        };
    }
    Ok((word.into_secret(), rest))
}

/// The inside of double quotes (POSIX Shell Command Language, 2.2.3), and what follows them.
fn read_double<'a>(text: &'a str, word: &mut Sheet) -> Result<&'a str, &'static str> {
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Ok(&text[at + 1..]),
            '$' | '`' => return Err("this is more than a quoted word: a shell would expand or run it"),
            '\\' => match chars.next() {
                Some((_, '\n')) => {}
                Some((_, kept @ ('"' | '\\' | '$' | '`'))) => word.push(kept),
                Some((_, other)) => word.push_all(&["\\", other.encode_utf8(&mut [0; 4])]),
                None => break,
            },
            c => word.push(c),
        }
    }
    Err("a double quote is not closed")
}
