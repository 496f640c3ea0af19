//! Rust: `std::env`, `env!`, `dotenvy`, and clap's `env`.

mod clap;

use super::code::{Code, Path};
use super::find::{Find, Finds, Missing};
use super::lex::{Kind, Lexer, Quoted};
use super::read::CodeDefault;
use std::ops::Range;

/// First words of the paths. `env` alone is taken for `std::env`, which it nearly always is.
const ROOTS: [(&str, &[&str]); 5] = [
    ("std", &["std"]),
    ("env", &["std", "env"]),
    ("option_env", &["std", "option_env"]),
    ("dotenvy", &["dotenvy"]),
    ("dotenv", &["dotenv"]),
];

/// How many tokens may stand between an attribute and the body of its item.
const FARTHEST_BODY: usize = 200;

/// Cuts a Rust file into tokens, and reads its constants and imports.
pub(super) fn code(text: &str) -> Code<'_> {
    let mut code = Code::new(Lexer::run(text, &[(0, text.len())], step), &ROOTS);
    for i in 0..code.len() {
        if code.is_any(i, &["const", "static"]) && code.is(i + 2, ":") {
            let equals = (i + 3..i + 9).find(|i| code.is(*i, "="));
            if let (Some(name), Some(text)) = (code.word(i + 1), equals.and_then(|e| code.text(e + 1))) {
                code.constant(name, text);
            }
        }
        if code.row(i, &["use", "std", "::"]) {
            import(&mut code, i + 3);
        }
    }
    code
}

/// `use std::env::var`, `use std::env::{self, var as get}`, `use std::{env as e, fs}`.
fn import(code: &mut Code<'_>, i: usize) {
    let end = (i..code.len()).find(|i| code.is(*i, ";")).unwrap_or(i);
    for k in i..end {
        let Some(name) = code.word(k).filter(|name| matches!(*name, "env" | "var" | "var_os")) else { continue };
        let meant = match name {
            "env" => vec!["std", "env"],
            // Only behind an `env`, in the same braces or right after it.
            _ if (i..k).any(|j| code.is(j, "env")) => vec!["std", "env", name],
            _ => continue,
        };
        let alias = code.word(k + 2).filter(|_| code.is(k + 1, "as")).unwrap_or(name);
        code.root(alias, meant);
    }
}

fn step(lexer: &mut Lexer<'_>) {
    let plain = Quoted { open: 1, close: "\"", escapes: true, lines: true, hole: None };
    match (lexer.peek(0), lexer.peek(1)) {
        (b'/', b'/') => lexer.skip_line(),
        (b'/', b'*') => lexer.skip_block("/*", "*/", true),
        (b'"', _) => lexer.quoted(plain),
        (b'b' | b'c', b'"') => lexer.quoted(Quoted { open: 2, ..plain }),
        (b'r', b'"' | b'#') => raw(lexer, 1),
        (b'b' | b'c', b'r') if matches!(lexer.peek(2), b'"' | b'#') => raw(lexer, 2),
        (b'\'', _) => character(lexer),
        _ => lexer.common(),
    }
}

/// `r#"..."#`; a raw name such as `r#type` is a word.
fn raw(lexer: &mut Lexer<'_>, prefix: usize) {
    const ENDS: [&str; 6] = ["\"", "\"#", "\"##", "\"###", "\"####", "\"#####"];
    let hashes = (0..).take_while(|n| lexer.peek(prefix + n) == b'#').count();
    match (lexer.peek(prefix + hashes), ENDS.get(hashes)) {
        (b'"', Some(close)) => {
            lexer.quoted(Quoted { open: prefix + hashes + 1, close, escapes: false, lines: true, hole: None });
        }
        _ => lexer.common(),
    }
}

/// `'a'` is a character, `'a` a lifetime.
fn character(lexer: &mut Lexer<'_>) {
    let mut chars = lexer.rest().chars().skip(1);
    match (chars.next(), chars.next()) {
        (Some('\\'), _) | (_, Some('\'')) => {
            lexer.quoted(Quoted { open: 1, close: "'", escapes: true, lines: false, hole: None });
        }
        _ => lexer.skip(1),
    }
}

/// Finds the reads.
pub(super) fn reads(code: &Code<'_>, finds: &mut Finds) {
    for i in 0..code.len() {
        if let Some(path) = code.path(i) {
            read(code, &path, finds);
        } else if code.row(i, &[".", "env", "("]) {
            clap::builder(code, i + 1, finds);
        } else if code.row(i, &["#", "["]) && code.is_any(i + 2, &["arg", "clap", "structopt"]) && code.is(i + 3, "(") {
            clap::attribute(code, i + 3, finds);
        }
    }
}

/// Marks what stands in `#[cfg(test)]` and `#[test]`.
pub(super) fn mark_tests(code: &Code<'_>, finds: &mut Finds) {
    let tests = if finds.all.is_empty() { Vec::new() } else { test_blocks(code) };
    for find in &mut finds.all {
        find.in_test = tests.iter().any(|block| block.contains(&find.token));
    }
}

fn read(code: &Code<'_>, path: &Path<'_>, finds: &mut Finds) {
    let (start, end) = (path.tokens[0], path.end());
    match path.names.as_slice() {
        ["std", "env", "var" | "var_os"] | ["dotenvy" | "dotenv", "var"] => {
            if let Some(find) = finds.call(code, (start, end), None, Missing::Goes) {
                let close = code.partner(end).unwrap_or(end);
                chain(code, close + 1, find);
            }
        }
        ["std", "env" | "option_env"] if code.is(end, "!") => {
            let required = path.names[1] == "env";
            if let Some(find) = finds.call(code, (start, end + 1), None, Missing::Goes) {
                find.build_time = true;
                find.required = required;
                chain(code, code.partner(end + 1).unwrap_or(end + 1) + 1, find);
            }
        }
        _ => {}
    }
}

/// What happens to the result: `.unwrap()`, `?`, `.unwrap_or("d".into())`, `.ok().and_then(..).unwrap_or(8080)`.
fn chain(code: &Code<'_>, mut i: usize, find: &mut Find) {
    loop {
        if code.tokens.get(i).is_some_and(|t| t.kind == Kind::Sign && t.text.starts_with('?')) {
            find.required = true;
            return;
        }
        let Some(method) = code.word(i + 1).filter(|_| code.is(i, ".")) else { return };
        let Some(open) = (i + 2..i + 14).find(|k| code.is(*k, "(")) else { return };
        match method {
            "unwrap" | "expect" | "expect_err" => return find.required = true,
            "unwrap_or" => return find.default = code.items(open).first().and_then(|r| code.default(r.clone())),
            "unwrap_or_else" => return find.default = closure(code, open, find),
            "unwrap_or_default" => return find.default = Some(CodeDefault::computed()),
            "map_or" | "map_or_else" | "is_ok_and" | "is_some_and" | "is_ok" | "is_err" | "is_some" | "is_none" => {
                return;
            }
            _ => {}
        }
        let Some(close) = code.partner(open) else { return };
        i = close + 1;
    }
}

/// The value of `|_| "d".to_string()`; a closure that panics or leaves makes the variable required.
fn closure(code: &Code<'_>, open: usize, find: &mut Find) -> Option<CodeDefault> {
    let close = code.partner(open)?;
    let body = match code.is(open + 1, "||") {
        true => open + 2,
        false => (open + 2..close).find(|i| code.is(*i, "|")).map_or(open + 1, |i| i + 1),
    };
    if (body..close).any(|i| code.is_any(i, &["panic", "exit", "unreachable", "bail"])) {
        find.required = true;
        return None;
    }
    code.default(body..close)
}

/// The items behind `#[test]` and `#[cfg(test)]`.
fn test_blocks(code: &Code<'_>) -> Vec<Range<usize>> {
    let mut blocks: Vec<Range<usize>> = Vec::new();
    for i in 0..code.len() {
        let Some(close) = code.partner(i + 1).filter(|close| code.row(i, &["#", "["]) && *close > i) else { continue };
        let is_test = code.is(close - 1, "test")
            || code.is(i + 2, "cfg")
                && (i..close).any(|k| code.is(k, "test"))
                && !(i..close).any(|k| code.is(k, "not"));
        let Some(body) = (close..close + FARTHEST_BODY).find(|k| code.is_any(*k, &["{", ";"])).filter(|_| is_test)
        else {
            continue;
        };
        if code.is(body, "{") {
            blocks.push(i..code.partner(body).unwrap_or(code.len()));
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::lex::Token;

    fn tokens(text: &str) -> Vec<Token<'_>> {
        Lexer::run(text, &[(0, text.len())], step)
    }

    #[test]
    fn raw_texts_lifetimes_and_nested_comments_are_told_apart() {
        let texts: Vec<_> = tokens("r#\"a \"b\" c\"# 'x' &'static str /* a /* b */ \"no\" */ '\\'' \"end\" r#type")
            .iter()
            .map(|t| (t.kind, t.text))
            .filter(|(kind, _)| *kind == Kind::Text)
            .map(|(_, text)| text)
            .collect();
        assert_eq!(texts, ["a \"b\" c", "x", "\\'", "end"]);
    }
}
