//! From one assignment to the next: names, and where values end.

use super::{Assignment, Dotenv, DotenvFault, DotenvProblem, unquote};
use crate::Template;
use bootproof_core::Secret;
use std::borrow::Cow;

/// Reads all of `text`, which has only `\n` for line ends.
pub(super) fn read_all(text: &str, file: &mut Dotenv) {
    let mut lines = Lines { rest: text, number: 1 };
    while !lines.rest.is_empty() {
        let (line, number) = (lines.current().trim(), lines.number);
        if line.is_empty() || line.starts_with('#') {
            lines.skip(1);
            continue;
        }
        match read_one(&mut lines) {
            Ok((name, template)) => {
                file.assignments.push(Assignment { name: name.to_owned(), template, line: number });
            }
            Err((name, fault)) => {
                file.problems.push(DotenvProblem { line: number, name: name.map(str::to_owned), fault });
            }
        }
    }
}

/// What is not read yet, and the number of its first line.
struct Lines<'a> {
    rest: &'a str,
    number: usize,
}

impl<'a> Lines<'a> {
    fn current(&self) -> &'a str {
        self.rest.split_once('\n').map_or(self.rest, |(line, _)| line)
    }

    fn skip(&mut self, lines: usize) {
        for _ in 0..lines {
            self.rest = self.rest.split_once('\n').map_or("", |(_, rest)| rest);
        }
        self.number += lines;
    }
}

type Read<'a> = Result<(&'a str, Template), (Option<&'a str>, DotenvFault)>;

/// One assignment that begins on the current line, and moves on behind it. What cannot be read costs one line.
fn read_one<'a>(lines: &mut Lines<'a>) -> Read<'a> {
    let (text, line) = (lines.rest, lines.current());
    let parsed = name_and_value(line);
    let (name, from) = parsed.inspect_err(|_| lines.skip(1)).map_err(|fault| (None, fault))?;
    let raw = raw_value(&text[from..], line.len() - from);
    lines.skip(match &raw {
        Ok(raw) => raw.lines(),
        Err(DotenvFault::UnquotedPem) => lines_of_pem(text),
        Err(_) => 1,
    });
    let template = raw.and_then(|raw| raw.template()).map_err(|fault| (Some(name), fault))?;
    Ok((name, template))
}

/// The name on a line, and the byte at which its value begins, blanks left out.
fn name_and_value(line: &str) -> Result<(&str, usize), DotenvFault> {
    let begin = line.len() - line.trim_start().len();
    let (first, after) = word(line, begin);
    let (name, after) = word_after_export(line, first, after).unwrap_or((first, after));
    value_of(line, name, after)
}

/// `export NAME`: the name. `export=1` and `export = 1` set a variable of that name.
fn word_after_export<'a>(line: &'a str, word_before: &str, after: usize) -> Option<(&'a str, usize)> {
    let rest = line[after..].trim_start();
    let blank = rest.len() < line.len() - after;
    let is_keyword = word_before == "export" && blank && !rest.is_empty() && !rest.starts_with(['=', '#']);
    is_keyword.then(|| word(line, line.len() - rest.len()))
}

/// The characters of a name from `begin` on, and where they end.
fn word(line: &str, begin: usize) -> (&str, usize) {
    let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    let len = line[begin..].find(|c| !inside(c)).unwrap_or(line.len() - begin);
    (&line[begin..begin + len], begin + len)
}

/// What begins with the `=`, or with the `:` and a blank, that follows the name.
fn value_of<'a>(line: &str, name: &'a str, after: usize) -> Result<(&'a str, usize), DotenvFault> {
    let rest = line[after..].trim_start();
    let value = match line[after..].strip_prefix(':') {
        Some(value) if value.starts_with(char::is_whitespace) || value.is_empty() => Some(value),
        _ => rest.strip_prefix('='),
    };
    match value {
        Some(value) if !name.is_empty() => Ok((name, line.len() - value.len())),
        None if !name.is_empty() && (rest.is_empty() || rest.starts_with('#')) => Err(DotenvFault::NameAlone),
        _ if rest.contains('=') => Err(DotenvFault::BadName),
        _ => Err(DotenvFault::NotAnAssignment),
    }
}

/// A value as it stands in the file.
enum Raw<'a> {
    Unquoted(&'a str),
    Quoted { quote: char, text: &'a str },
}

/// The value that begins with `text`, whose first line has `line` bytes.
fn raw_value(text: &str, line: usize) -> Result<Raw<'_>, DotenvFault> {
    let first = &text[..line];
    let value = first.trim_start();
    let blanks = first.len() - value.len();
    match value.chars().next() {
        Some(quote @ ('\'' | '"' | '`')) => {
            let (inside, line) = (&text[blanks + 1..], line - blanks - 1);
            let text = unquote::inside(inside, quote, line)?;
            Ok(Raw::Quoted { quote, text })
        }
        Some('#') if blanks > 0 => Ok(Raw::Unquoted("")),
        _ if value.starts_with("-----BEGIN ") => Err(DotenvFault::UnquotedPem),
        _ => Ok(Raw::Unquoted(without_comment(value))),
    }
}

/// The text up to a `#` that stands after a blank, blanks at the end left out.
fn without_comment(value: &str) -> &str {
    let comment = value.match_indices('#').find(|&(at, _)| value[..at].ends_with(char::is_whitespace));
    comment.map_or(value, |(at, _)| &value[..at]).trim_end()
}

/// How many lines a PEM block without quotes has: up to its end line, or one when another block begins before that.
fn lines_of_pem(text: &str) -> usize {
    let of_block = text.split('\n').enumerate().take_while(|(at, line)| *at == 0 || !line.contains("-----BEGIN "));
    let end = of_block.map(|(_, line)| line).position(|line| line.trim_start().starts_with("-----END "));
    end.map_or(1, |at| at + 1)
}

impl Raw<'_> {
    fn lines(&self) -> usize {
        match self {
            Self::Unquoted(_) => 1,
            Self::Quoted { text, .. } => 1 + text.matches('\n').count(),
        }
    }

    fn template(&self) -> Result<Template, DotenvFault> {
        let (Self::Unquoted(text) | Self::Quoted { text, .. }) = self;
        if text.contains('\0') {
            return Err(DotenvFault::Nul);
        }
        match self {
            Self::Unquoted(text) => template(unquote::unquoted(text)),
            Self::Quoted { quote: '\'', text } => Ok(Template::literal(unquote::single(text))),
            Self::Quoted { quote: '"', text } => template(unquote::double(text)),
            Self::Quoted { text, .. } => template(Cow::Borrowed(text)),
        }
    }
}

/// The template of a text. A text of our own making is kept as a secret, so that it is wiped.
fn template(text: Cow<'_, str>) -> Result<Template, DotenvFault> {
    let parsed = match text {
        Cow::Borrowed(text) => Template::parse(text),
        Cow::Owned(text) => Template::parse(Secret::new(text).reveal()),
    };
    parsed.map_err(DotenvFault::Reference)
}
