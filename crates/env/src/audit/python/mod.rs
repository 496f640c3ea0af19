//! Python: `os.environ`, `os.getenv`, django-environ and environs, python-decouple, pydantic's settings.

mod names;
mod settings;

use super::code::{Code, Path};
use super::find::{Finds, Missing, Name};
use super::lex::{Kind, Lexer, Quoted};
use super::read::CodeDefault;
use std::collections::HashSet;
use std::ops::Range;

/// First words of the paths; imports and plain assignments add theirs.
const ROOTS: [(&str, &[&str]); 3] = [("os", &["os"]), ("environ", &["environ"]), ("environs", &["environs"])];

/// Methods of django-environ's and environs' `Env` that read a variable; the default is their second argument.
const ENV_METHODS: [&str; 34] = [
    "str",
    "bool",
    "int",
    "float",
    "list",
    "dict",
    "json",
    "tuple",
    "url",
    "db",
    "db_url",
    "cache",
    "cache_url",
    "path",
    "bytes",
    "decimal",
    "date",
    "datetime",
    "time",
    "timedelta",
    "uuid",
    "log_level",
    "enum",
    "email",
    "email_url",
    "search_url",
    "channels",
    "channels_url",
    "subcast",
    "unicode",
    "dj_db_url",
    "dj_email_url",
    "dj_cache_url",
    "get_value",
];

/// Cuts a Python file into tokens, and reads its imports, constants and other names of `os.environ`.
pub(super) fn code(text: &str) -> Code<'_> {
    let mut code = Code::new(Lexer::run(text, &[(0, text.len())], step), &ROOTS);
    names::learn(&mut code);
    code
}

fn step(lexer: &mut Lexer<'_>) {
    match lexer.peek(0) {
        b'#' => lexer.skip_line(),
        b'"' | b'\'' => text(lexer, 0),
        byte if byte.is_ascii_alphabetic() => {
            let prefix = (1..3).find(|n| matches!(lexer.peek(*n), b'"' | b'\''));
            let is_prefix = |n: &usize| (0..*n).all(|k| b"rRbBuUfFtT".contains(&lexer.peek(k)));
            match prefix.filter(is_prefix) {
                Some(n) => text(lexer, n),
                None => lexer.word(),
            }
        }
        _ => lexer.common(),
    }
}

/// A text behind a prefix of `n` letters.
fn text(lexer: &mut Lexer<'_>, n: usize) {
    let hole = (0..n).any(|k| b"fFtT".contains(&lexer.peek(k))).then_some("{");
    let quote = if lexer.peek(n) == b'"' { ["\"", "\"\"\""] } else { ["'", "'''"] };
    let three = (n..n + 3).all(|k| lexer.peek(k) == quote[0].as_bytes()[0]);
    let how = Quoted { open: n + 1, close: quote[0], escapes: true, lines: false, hole };
    lexer.quoted(if three { Quoted { open: n + 3, close: quote[1], lines: true, ..how } } else { how });
}

/// Finds the reads.
pub(super) fn reads(code: &Code<'_>, finds: &mut Finds) {
    for i in 0..code.len() {
        if let Some(path) = code.path(i) {
            read(code, &path, finds);
        }
    }
    guarded(code, finds);
    settings::reads(code, finds);
}

/// A read that stands behind `if "X" in os.environ`, or in a `try` that catches `KeyError`, does not make the code fail.
fn guarded(code: &Code<'_>, finds: &mut Finds) {
    let asked: HashSet<Name> =
        finds.all.iter().filter(|find| code.text(find.token).is_some()).map(|find| find.name.clone()).collect();
    let caught: Vec<Range<usize>> = (0..code.len()).filter_map(|i| catching(code, i)).collect();
    for find in finds.all.iter_mut().filter(|find| find.required) {
        find.required = !asked.contains(&find.name) && !caught.iter().any(|block| block.contains(&find.token));
    }
}

/// The block of a `try` that catches a missing key.
fn catching(code: &Code<'_>, i: usize) -> Option<Range<usize>> {
    let column = code.tokens[i].column;
    let begins = |k: usize| code.tokens[k].first && code.tokens[k].column <= column;
    if !code.row(i, &["try", ":"]) || !code.tokens[i].first {
        return None;
    }
    let except = (i + 1..code.len()).find(|k| begins(*k)).filter(|k| code.is(*k, "except"))?;
    let handlers = (except..code.len()).take_while(|k| !begins(*k) || code.is(*k, "except"));
    let catches = handlers.clone().filter(|k| begins(*k)).any(|k| {
        code.is(k + 1, ":")
            || (k + 1..code.len())
                .take_while(|n| !code.is(*n, ":"))
                .any(|n| code.is_any(n, &["KeyError", "Exception", "LookupError"]))
    });
    // One that raises again, or leaves, still fails without the variable.
    let fails = handlers.clone().any(|k| code.is_any(k, &["raise", "exit", "_exit"]));
    (catches && !fails).then_some(i..except)
}

fn read(code: &Code<'_>, path: &Path<'_>, finds: &mut Finds) {
    let (start, end) = (path.tokens[0], path.end());
    match path.names.as_slice() {
        ["os", "environ" | "environb"] if code.is(end, "[") => {
            let close = code.partner(end).unwrap_or(end);
            // Written or deleted, not read.
            if !code.before(start, &["del"]) && !code.is(close + 1, "=") {
                finds.index(code, (start, end), Missing::Fails);
            }
        }
        ["os", "environ"] if code.before(start, &["in"]) => contains(code, start, finds),
        ["os", "environ", "get" | "setdefault"] | ["os", "getenv" | "getenvb"] => {
            let find = finds.call(code, (start, end), Some(1), Missing::Goes);
            let close = code.partner(end).unwrap_or(end);
            if let Some(find) = find.filter(|find| find.default.is_none() && code.is(close + 1, "or")) {
                find.default = or_default(code, close + 2);
            }
        }
        ["os", "environ", "pop" | "__getitem__"] | ["decouple", "config"] => {
            finds.call(code, (start, end), Some(1), Missing::Fails);
        }
        ["env"] if code.is(end, "(") => {
            finds.call(code, (start, end), Some(1), Missing::Fails);
        }
        ["env", method] if ENV_METHODS.contains(method) => {
            finds.call(code, (start, end), Some(1), Missing::Fails);
        }
        _ => {}
    }
}

/// `"X" in os.environ`, `"X" not in os.environ`.
fn contains(code: &Code<'_>, start: usize, finds: &mut Finds) {
    let name = start.saturating_sub(if code.is(start.saturating_sub(2), "not") { 3 } else { 2 });
    let loops = code.before(name, &["for"]);
    if !loops && matches!(code.tokens[name].kind, Kind::Text | Kind::Word) {
        finds.expression(code, name, name..name + 1);
    }
}

/// The literal behind `or`, when nothing follows that makes more of it.
fn or_default(code: &Code<'_>, i: usize) -> Option<CodeDefault> {
    let ends = code.tokens.get(i + 1).is_none_or(|t| t.first) || code.is_any(i + 1, &[")", ",", "]", "}", ":"]);
    match ends {
        true => code.default(i..i + 1),
        false => Some(CodeDefault::computed()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(Kind, &str)> {
        Lexer::run(text, &[(0, text.len())], step).iter().map(|t| (t.kind, t.text)).collect()
    }

    #[test]
    fn code_in_an_f_string_is_code_and_doubled_braces_are_not() {
        assert_eq!(
            kinds("f'{{no}} {a}' # b"),
            [(Kind::Computed, "{{no}} {a}"), (Kind::Sign, "{"), (Kind::Word, "a"), (Kind::Sign, "}")]
        );
    }

    #[test]
    fn a_text_that_is_never_closed_ends_with_its_line() {
        assert_eq!(kinds("'open\nnext")[1..], [(Kind::Word, "open"), (Kind::Word, "next")]);
        assert_eq!(kinds("\"\"\"open\nnext").len(), 1);
    }
}
