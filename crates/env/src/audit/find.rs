//! What one file gives: its reads, before they get the file's name. The languages call [`Finds::call`] and its like.

use super::code::Code;
use super::lex::{Kind, Token};
use super::read::CodeDefault;
use bootproof_core::is_variable_name;
use std::ops::Range;

/// The name of a read.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Name {
    /// Written out, or a constant of the same file.
    Known(String),
    /// An expression; when it is a single word, that word may be a parameter.
    Computed(String),
}

/// One read.
#[derive(Debug, Clone)]
pub(super) struct Find {
    pub name: Name,
    /// The first token of the read; 0 where there are no tokens.
    pub token: usize,
    pub line: u32,
    pub column: u32,
    pub default: Option<CodeDefault>,
    pub required: bool,
    pub build_time: bool,
    pub in_test: bool,
}

/// What a form does when the variable is not there and no default is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    /// The code goes on.
    Goes,
    /// The code fails.
    Fails,
}

/// All reads of one file.
#[derive(Debug, Default)]
pub(super) struct Finds {
    pub all: Vec<Find>,
}

impl Finds {
    /// A read of a name that is known. Names that no variable can have are left out.
    pub fn known(&mut self, code: &Code<'_>, token: usize, name: &str) -> Option<&mut Find> {
        is_variable_name(name).then(|| self.put(&code.tokens[token], token, Name::Known(name.to_owned())))
    }

    /// A read at a token.
    fn put(&mut self, place: &Token<'_>, token: usize, name: Name) -> &mut Find {
        self.at(place.line, place.column, token, name)
    }

    /// A read at a line and column.
    pub fn at(&mut self, line: u32, column: u32, token: usize, name: Name) -> &mut Find {
        let (default, required, build_time, in_test) = (None, false, false, false);
        self.all.push(Find { name, token, line, column, default, required, build_time, in_test });
        let last = self.all.len() - 1;
        &mut self.all[last]
    }

    /// A read whose name is this expression.
    pub fn expression(&mut self, code: &Code<'_>, token: usize, name: Range<usize>) -> Option<&mut Find> {
        // A call at the very end of a file has nothing behind it.
        let name = code.peel(name.start..name.end.min(code.tokens.len()));
        let text = match name.len() {
            0 => return None,
            1 => match code.tokens[name.start].kind {
                Kind::Text => Some(code.tokens[name.start].text),
                Kind::Word => code.constant_text(code.tokens[name.start].text),
                Kind::Sign | Kind::Number => return None,
                Kind::Computed => None,
            },
            _ => match code.value(name.clone()) {
                super::value::Value::Literal(text) => Some(text),
                _ => None,
            },
        };
        match text {
            Some(text) => self.known(code, token, text),
            None => Some(self.put(&code.tokens[token], token, Name::Computed(code.source(name)))),
        }
    }

    /// A read by a call: the name is the first argument, the default stands at `default` or is called `default`.
    pub fn call(
        &mut self,
        code: &Code<'_>,
        (token, open): (usize, usize),
        default: Option<usize>,
        missing: Missing,
    ) -> Option<&mut Find> {
        if !code.is(open, "(") {
            return None;
        }
        let arguments = code.items(open);
        let find = self.expression(code, token, arguments.first()?.clone())?;
        let named = |range: &Range<usize>| code.is(range.start, "default") && code.is_any(range.start + 1, &["=", ":"]);
        let default = match arguments.iter().find(|range| named(range)) {
            Some(range) => Some(range.start + 2..range.end),
            None => default.and_then(|n| arguments.get(n)).filter(|r| !is_named(code, r)).cloned(),
        };
        find.required = default.is_none() && missing == Missing::Fails;
        find.default = default.and_then(|range| code.default(range));
        Some(find)
    }

    /// A read by brackets: `ENV["X"]`.
    pub fn index(&mut self, code: &Code<'_>, (token, open): (usize, usize), missing: Missing) -> Option<&mut Find> {
        let close = code.partner(open).filter(|close| code.is(open, "[") && *close > open)?;
        let find = self.expression(code, token, open + 1..close)?;
        find.required = missing == Missing::Fails;
        Some(find)
    }
}

/// Whether an argument has a name of its own: `cast=int`.
fn is_named(code: &Code<'_>, range: &Range<usize>) -> bool {
    range.len() > 2 && code.word(range.start).is_some() && code.is(range.start + 1, "=")
}

/// Whether a text looks like the name of a variable and like nothing else: `DATABASE_URL`.
pub(super) fn is_capitals(text: &str) -> bool {
    is_variable_name(text) && text.len() > 1 && !text.bytes().any(|b| b.is_ascii_lowercase())
}
