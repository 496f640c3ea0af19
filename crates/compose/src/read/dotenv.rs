//! Env files as Compose reads them. Its rules are not those of bootproof's own `.env` files: `$NAME` without braces is
//! a
//! reference, a bare `NAME` is handed on from outside, and one bad line spoils the file.

use super::template::{Lookup, Problem, fill};
use super::values::Values;
use crate::{ComposeError, Place};
use bootproof_core::Secret;
use std::{collections::BTreeMap, path::Path, sync::Arc};

/// A variable of an env file.
#[derive(Debug, Clone)]
pub(super) struct Assignment {
    pub value: Secret,
    pub place: Place,
    pub references: Arc<[String]>,
}

/// Variables of env files; a later file replaces what an earlier one says.
pub(super) type Assignments = BTreeMap<String, Assignment>;

/// Reads the env file `text` into `into`. References see the `outside` first, then what was read so far.
/// Names that are referred to and set nowhere are given back.
pub(super) fn parse(
    text: &str,
    file: &Arc<Path>,
    outside: &Values,
    into: &mut Assignments,
) -> Result<Vec<(String, Place)>, ComposeError> {
    let copy = text.contains("\r\n").then(|| Secret::new(text.replace("\r\n", "\n")));
    let mut reader =
        Reader { rest: copy.as_ref().map_or(text, Secret::reveal), line: 1, file, outside, into, unset: vec![] };
    while reader.next_statement() {
        reader.statement()?;
    }
    Ok(reader.unset)
}

struct Reader<'a> {
    rest: &'a str,
    line: u32,
    file: &'a Arc<Path>,
    outside: &'a Values,
    into: &'a mut Assignments,
    unset: Vec<(String, Place)>,
}

/// Blanks that do not end a line.
fn is_blank(c: char) -> bool {
    c.is_whitespace() && c != '\n'
}

impl<'a> Reader<'a> {
    fn place(&self) -> Place {
        Place::new(Arc::clone(self.file), self.line, 0)
    }

    fn error<T>(&self, what: impl Into<String>) -> Result<T, ComposeError> {
        Err(ComposeError::EnvFile { place: self.place(), what: what.into() })
    }

    /// Takes so many bytes off.
    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(bytes);
        self.line += u32::try_from(taken.matches('\n').count()).unwrap_or(u32::MAX);
        self.rest = rest;
        taken
    }

    /// Moves on to what is neither blank nor a comment; false at the end.
    fn next_statement(&mut self) -> bool {
        loop {
            let blank = self.rest.len() - self.rest.trim_start().len();
            self.take(blank);
            match self.rest.as_bytes().first() {
                None => return false,
                Some(b'#') => _ = self.take(self.rest.find('\n').unwrap_or(self.rest.len())),
                Some(_) => return true,
            }
        }
    }

    fn statement(&mut self) -> Result<(), ComposeError> {
        if let Some(after) = self.rest.strip_prefix("export").filter(|rest| rest.starts_with(is_blank)) {
            self.rest = after.trim_start_matches(is_blank);
        }
        let place = self.place();
        let end = self.rest.find(['=', ':', '\n']).unwrap_or(self.rest.len());
        let name = self.rest[..end].trim_end();
        let odd = name.find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '.' | '-' | '[' | ']'));
        if let Some(at) = odd {
            let c = name[at..].chars().next().unwrap_or(' ');
            return self.error(if c == ' ' {
                "a name cannot hold a blank".to_owned()
            } else {
                format!("{c:?} cannot be in a name")
            });
        }
        if name.is_empty() {
            return self.error("a name is missing before `=`");
        }
        if self.rest[end..].starts_with(['=', ':']) {
            self.take(end + 1);
            let blank = self.rest.len() - self.rest.trim_start_matches(is_blank).len();
            self.take(blank);
            let (value, references) = self.value(&place)?;
            self.into.insert(name.to_owned(), Assignment { value, place, references });
        } else {
            self.take(end);
            if let Some(value) = self.outside.secret(name) {
                let value = value.clone();
                self.into.insert(name.to_owned(), Assignment { value, place, references: Arc::new([]) });
            }
        }
        Ok(())
    }

    fn value(&mut self, place: &Place) -> Result<(Secret, Arc<[String]>), ComposeError> {
        match self.rest.as_bytes().first() {
            Some(b'\'') => Ok((Secret::new(self.quoted('\'')?.replace("\\'", "'")), Arc::new([]))),
            Some(b'"') => {
                let text = Secret::new(unescaped(self.quoted('"')?));
                self.filled(text.reveal(), place)
            }
            _ => {
                let line = self.take(self.rest.find('\n').unwrap_or(self.rest.len()));
                let line = line.find(" #").map_or(line, |at| &line[..at]);
                self.filled(line.trim(), place)
            }
        }
    }

    /// What stands between the quotes; a backslash keeps a quote from closing.
    fn quoted(&mut self, quote: char) -> Result<&'a str, ComposeError> {
        let mut escaped = false;
        for (at, c) in self.rest.char_indices().skip(1) {
            if c == quote && !escaped {
                let whole = self.take(at + 1);
                return Ok(&whole[1..at]);
            }
            escaped = c == '\\' && !escaped;
        }
        self.error("a quote is not closed")
    }

    fn filled(&mut self, text: &str, place: &Place) -> Result<(Secret, Arc<[String]>), ComposeError> {
        let both = Both { outside: self.outside, inside: self.into };
        match fill(text, &both) {
            Ok(filled) => {
                self.unset.extend(filled.unset.into_iter().map(|name| (name, place.clone())));
                Ok((filled.text, filled.names.into()))
            }
            Err(Problem::Format(what)) => self.error(what),
            Err(Problem::Required { name, message }) => {
                Err(ComposeError::Required { place: place.clone(), name, message })
            }
        }
    }
}

/// What a backslash makes of what follows it: the letters of Go, three octal digits, a dollar; anything else stays.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let known = match rest.as_bytes() {
            [b'n', ..] => Some(("\n", 1)),
            [b'r', ..] => Some(("\r", 1)),
            [b't', ..] => Some(("\t", 1)),
            [b'a', ..] => Some(("\x07", 1)),
            [b'b', ..] => Some(("\x08", 1)),
            [b'f', ..] => Some(("\x0c", 1)),
            [b'v', ..] => Some(("\x0b", 1)),
            [b'"', ..] => Some(("\"", 1)),
            [b'\\', ..] => Some(("\\", 1)),
            [b'$', ..] => Some(("$$", 1)),
            _ => None,
        };
        let octal =
            rest.get(..3).filter(|digits| digits.starts_with('0') && digits.bytes().all(|b| (b'0'..b'8').contains(&b)));
        if let Some((text, bytes)) = known {
            out.push_str(text);
            rest = &rest[bytes..];
        } else if let Some(c) = octal.and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
            out.push(char::from(c));
            rest = &rest[3..];
        } else {
            out.push('\\');
        }
    }
    out.push_str(rest);
    out
}

struct Both<'a> {
    outside: &'a Values,
    inside: &'a Assignments,
}

impl Lookup for Both<'_> {
    fn value(&self, name: &str) -> Option<&str> {
        self.outside.value(name).or_else(|| self.inside.get(name).map(|set| set.value.reveal()))
    }
}
