//! Helper functions: `def get_env(name, default=None): return os.environ.get(name, default)`.
//!
//! The read in such a function has a computed name, but its calls have not. They are looked for in the same file, and
//! in the whole tree when `env` is in the function's name.

use super::code::Code;
use super::find::{Find, Finds, Missing, Name, is_capitals};
use super::lex::Kind;
use super::read::Helper;

/// Words that begin a function.
const FUNCTION: [&str; 5] = ["fn", "def", "function", "func", "fun"];

/// Words that stand before brackets and are no function.
const CONTROL: [&str; 8] = ["if", "for", "while", "switch", "catch", "match", "with", "return"];

/// Names of parameters that are a default.
const DEFAULTS: [&str; 13] = [
    "default",
    "def",
    "fallback",
    "dflt",
    "d",
    "default_value",
    "defaultValue",
    "defaultVal",
    "defVal",
    "default_",
    "defaultvalue",
    "alternative",
    "_default",
];

/// How far before a read its function's head may stand, in tokens.
const FARTHEST: usize = 400;

/// The function that gives its parameter as the name of this read.
pub(super) fn helper_of(code: &Code<'_>, find: &Find) -> Option<Helper> {
    let Name::Computed(parameter) = &find.name else { return None };
    let from = find.token.saturating_sub(FARTHEST);
    (from..find.token).rev().find_map(|open| {
        let close = code.partner(open).filter(|close| code.is(open, "(") && *close < find.token)?;
        let parameters = code.items(open);
        let is_it = |range: &std::ops::Range<usize>| {
            code.is(range.start, parameter) || code.is(range.end - 1, parameter) || code.is(range.start + 1, parameter)
        };
        let position = parameters.iter().position(is_it)?;
        let name = function_name(code, open, close)?;
        let default = parameters.iter().position(|range| DEFAULTS.iter().any(|d| range.clone().any(|i| code.is(i, d))));
        // A method is called without its `self`.
        let own = usize::from(parameters[0].clone().any(|i| code.is_any(i, &["self", "cls"])));
        let default = default.filter(|d| *d != position).and_then(|d| d.checked_sub(own));
        Some(Helper { name: name.to_owned(), position: position.checked_sub(own)?, default })
    })
}

/// The name of the function whose parameters stand in these brackets.
fn function_name<'a>(code: &Code<'a>, open: usize, close: usize) -> Option<&'a str> {
    for i in (open.saturating_sub(12)..open).rev() {
        if code.is_any(i, &["{", "}", ";", "=>"]) {
            break;
        }
        if code.is_any(i, &FUNCTION) {
            // Go's receiver stands between: `func (c *Config) get(name string)`.
            let after_receiver = code.partner(i + 1).filter(|_| code.is(i + 1, "(")).map(|end| end + 1);
            return code.word(after_receiver.unwrap_or(i + 1));
        }
    }
    let arrow = (close..close + 8).find(|i| code.is_any(*i, &["=>", "{", ";"])).is_some_and(|i| code.is(i, "=>"));
    let equals = if code.before(open, &["async"]) { open.checked_sub(2)? } else { open.checked_sub(1)? };
    if arrow && code.is(equals, "=") {
        return code.word(equals.checked_sub(1)?);
    }
    let method = code.word(open.checked_sub(1)?).filter(|name| !CONTROL.contains(name))?;
    code.is_any(close + 1, &["{", ":", "throws"]).then_some(method)
}

/// Finds the calls of helpers with a written name.
pub(super) fn calls(code: &Code<'_>, helpers: &[Helper]) -> Finds {
    let mut finds = Finds::default();
    for i in 0..code.len() {
        let Some(helper) = code.word(i).and_then(|word| helpers.iter().find(|helper| helper.name == word)) else {
            continue;
        };
        // `command.env("X", ..)` sets the variable of a child, whatever a helper of that name does.
        let sets = matches!(helper.name.as_str(), "env" | "var") && code.before(i, &[".", "?."]);
        if sets || code.before(i, &FUNCTION) {
            continue;
        }
        let Some(open) = (i + 1..i + 8).find(|k| code.is(*k, "(")).filter(|open| is_call(code, i, *open)) else {
            continue;
        };
        call(code, i, open, helper, &mut finds);
    }
    finds
}

/// Whether nothing but types stand between a function's name and its brackets: `get::<u16>(`, `get<number>(`.
fn is_call(code: &Code<'_>, i: usize, open: usize) -> bool {
    open == i + 1 || code.is_any(i + 1, &["<", "::", "!"]) && code.is_any(open - 1, &[">", "!"])
}

fn call(code: &Code<'_>, i: usize, open: usize, helper: &Helper, finds: &mut Finds) {
    let arguments = code.items(open);
    let Some(name) = arguments.get(helper.position).map(|range| code.peel(range.clone())) else { return };
    let text = match name.len() {
        1 if code.tokens[name.start].kind == Kind::Text => code.text(name.start),
        1 => code.word(name.start).and_then(|word| code.constant_text(word)),
        _ => None,
    };
    let Some(text) = text.filter(|text| is_capitals(text)) else { return };
    if helper.position == 0 {
        finds.call(code, (i, open), helper.default, Missing::Goes);
    } else {
        finds.known(code, i, text);
    }
}
