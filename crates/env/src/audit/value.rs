//! What an expression is worth, as far as its text says it: `"8000"`, `String::from("d")`, `DEFAULT_PORT`, `None`.

use super::code::Code;
use super::lex::Kind;
use super::read::CodeDefault;
use std::ops::Range;

/// The worth of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value<'a> {
    /// A literal text, number or boolean.
    Literal(&'a str),
    /// `None`, `null`, `nil`, `undefined`: the same as no default.
    Nothing,
    /// Only the running program knows.
    Computed,
}

/// Calls behind a text that leave it as it is.
const SAME: [&str; 11] = [
    "to_string",
    "to_owned",
    "into",
    "to_string_lossy",
    "freeze",
    "toString",
    "trim",
    "strip",
    "to_s",
    "clone",
    "as_str",
];

/// Types whose `from` or `new` takes a text as it is.
const WRAPS: [&str; 10] =
    ["String", "OsString", "PathBuf", "Some", "Number", "parseInt", "int", "str", "Path", "Integer"];

impl<'a> Code<'a> {
    /// The worth of these tokens.
    pub fn value(&self, range: Range<usize>) -> Value<'a> {
        let range = self.peel(range);
        if range.len() != 1 {
            return self.constant_of(range).map_or(Value::Computed, Value::Literal);
        }
        let token = &self.tokens[range.start];
        match token.kind {
            Kind::Text if token.text.contains('\\') => Value::Computed,
            Kind::Text | Kind::Number => Value::Literal(token.text),
            Kind::Word => match token.text {
                "true" | "false" | "True" | "False" => Value::Literal(token.text),
                "None" | "null" | "nil" | "undefined" => Value::Nothing,
                name => self.constant_text(name).map_or(Value::Computed, Value::Literal),
            },
            _ => Value::Computed,
        }
    }

    /// The default that these tokens are.
    pub fn default(&self, range: Range<usize>) -> Option<CodeDefault> {
        match self.value(range) {
            Value::Literal(text) => Some(CodeDefault::literal(text)),
            Value::Nothing => None,
            Value::Computed => Some(CodeDefault::computed()),
        }
    }

    /// The text of a constant that is named with its owner: `Self::NAME`, `names.NAME`.
    fn constant_of(&self, range: Range<usize>) -> Option<&'a str> {
        let plain = range.len() == 3 && self.is_any(range.start + 1, &[".", "::"]);
        self.constant_text(self.word(range.end - 1)?).filter(|_| plain)
    }

    /// Without what leaves a text as it is: brackets, `&`, `.to_string()`, `String::from(..)`, `int(..)`.
    pub fn peel(&self, mut range: Range<usize>) -> Range<usize> {
        loop {
            let before = range.clone();
            if self.is_any(range.start, &["&", "*"]) && range.len() > 1 {
                range.start += 1;
            }
            let last = range.end.saturating_sub(1);
            if let Some(open) = self.partner(last).filter(|open| *open >= range.start && *open < last) {
                let head = &self.tokens[range.start..open];
                let items = self.items(open);
                let wrapped = match head.first() {
                    Some(first) => self.is(open, "(") && WRAPS.contains(&first.text) && head.len() <= 3,
                    None => self.is_any(open, &["(", "{"]) && items.len() == 1,
                };
                if wrapped && let Some(inner) = items.first() {
                    range = inner.clone();
                } else if self.is(open, "(")
                    && open >= range.start + 3
                    && self.is(open - 2, ".")
                    && SAME.iter().any(|same| self.is(open - 1, same))
                {
                    range.end = open - 2;
                }
            } else if range.len() > 2 && self.is(last - 1, ".") && SAME.iter().any(|same| self.is(last, same)) {
                range.end = last - 1;
            }
            if range == before || range.is_empty() {
                return before;
            }
        }
    }
}
