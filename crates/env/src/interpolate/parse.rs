//! From text to [`Template`], in one pass from left to right.
//!
//! Inside a default, braces count: `${A:-{"b":1}}` ends at the last one.

use super::{DEEPEST, Form, Part, Reference, Template, TemplateError};
use bootproof_core::Secret;

pub(super) fn parse(text: &str) -> Result<Template, TemplateError> {
    Parser { text, at: 0, depth: 0, begun: 0 }.sequence()
}

struct Parser<'a> {
    text: &'a str,
    /// The byte that is read next.
    at: usize,
    /// How many references are open.
    depth: usize,
    /// Where the innermost reference began.
    begun: usize,
}

impl<'a> Parser<'a> {
    /// Text and references up to the `}` of the open reference, or to the end when none is open.
    fn sequence(&mut self) -> Result<Template, TemplateError> {
        let mut parts = vec![];
        let mut pending = self.at;
        let mut braces = 0_usize;
        while let Some(byte) = self.next_mark() {
            match (byte, self.text.as_bytes().get(self.at + 1)) {
                (b'$', Some(b'$')) => {
                    parts.push(self.piece(pending, self.at + 1));
                    self.at += 2;
                    pending = self.at;
                }
                (b'$', Some(b'{')) => {
                    parts.push(self.piece(pending, self.at));
                    parts.push(Part::Reference(self.reference()?));
                    pending = self.at;
                }
                (b'{', _) => (braces, self.at) = (braces + 1, self.at + 1),
                (b'}', _) if braces == 0 && self.depth > 0 => break,
                (b'}', _) => (braces, self.at) = (braces.saturating_sub(1), self.at + 1),
                _ => self.at += 1,
            }
        }
        parts.push(self.piece(pending, self.at));
        Ok(Template(joined(parts)))
    }

    /// Moves on to the next byte that means something.
    fn next_mark(&mut self) -> Option<u8> {
        let rest = &self.text.as_bytes()[self.at..];
        let marks: &[u8] = if self.depth > 0 { b"${}" } else { b"$" };
        let skip = rest.iter().position(|byte| marks.contains(byte));
        self.at += skip.unwrap_or(rest.len());
        self.text.as_bytes().get(self.at).copied()
    }

    fn piece(&self, from: usize, to: usize) -> Part {
        Part::Text(Secret::new(&self.text[from..to]))
    }

    /// A reference, from its `${` to its `}`.
    fn reference(&mut self) -> Result<Reference, TemplateError> {
        let (at, outer) = (self.at, self.begun);
        if self.depth == DEEPEST {
            return Err(TemplateError::TooDeep { at });
        }
        (self.begun, self.depth) = (at, self.depth + 1);
        self.at += 2;
        let name = self.name()?;
        let blank_is_unset = self.take(b':');
        let form = self.form(blank_is_unset)?;
        if !self.take(b'}') {
            return Err(TemplateError::Unterminated { at });
        }
        (self.begun, self.depth) = (outer, self.depth - 1);
        Ok(Reference { name, form, blank_is_unset })
    }

    fn name(&mut self) -> Result<String, TemplateError> {
        let rest = &self.text[self.at..];
        let inside = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
        let name = &rest[..rest.find(|c| !inside(c)).unwrap_or(rest.len())];
        if rest.is_empty() || name.len() == rest.len() {
            return Err(TemplateError::Unterminated { at: self.begun });
        }
        if !name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
            return Err(TemplateError::BadName { at: self.begun });
        }
        self.at += name.len();
        Ok(name.to_owned())
    }

    fn form(&mut self, colon: bool) -> Result<Form, TemplateError> {
        let Some(&byte) = self.text.as_bytes().get(self.at) else {
            return Err(TemplateError::Unterminated { at: self.begun });
        };
        if byte == b'}' && !colon {
            return Ok(Form::Plain);
        }
        self.at += 1;
        match byte {
            b'-' => Ok(Form::Default(self.sequence()?)),
            b'+' => Ok(Form::Alternative(self.sequence()?)),
            b'?' => Ok(Form::Required(self.message())),
            _ => Err(TemplateError::BadForm { at: self.begun }),
        }
    }

    /// The text up to the `}` of the open reference, as it stands.
    fn message(&mut self) -> String {
        let (from, mut braces) = (self.at, 0_usize);
        while let Some(byte) = self.next_mark() {
            match byte {
                b'}' if braces == 0 => break,
                b'}' => braces -= 1,
                b'{' => braces += 1,
                _ => {}
            }
            self.at += 1;
        }
        self.text[from..self.at].to_owned()
    }

    fn take(&mut self, byte: u8) -> bool {
        let is = self.text.as_bytes().get(self.at) == Some(&byte);
        self.at += usize::from(is);
        is
    }
}

/// Neighbouring texts made one, empty ones left out; at least one part.
fn joined(parts: Vec<Part>) -> Vec<Part> {
    if !parts.iter().any(|part| matches!(part, Part::Reference(_))) {
        let texts =
            || parts.iter().filter_map(|part| if let Part::Text(text) = part { Some(text.reveal()) } else { None });
        let mut whole = String::with_capacity(texts().map(str::len).sum());
        whole.extend(texts());
        return vec![Part::Text(Secret::new(whole))];
    }
    parts.into_iter().filter(|part| !matches!(part, Part::Text(text) if text.reveal().is_empty())).collect()
}
