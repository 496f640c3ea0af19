//! Java and Kotlin: `System.getenv`, and Spring's `@Value("${X:d}")`.

use super::code::{Code, Path};
use super::find::{Find, Finds, Missing};
use super::lex::{Kind, Lexer, Quoted};
use super::read::CodeDefault;
use super::spring;

/// First words of the paths.
const ROOTS: [(&str, &[&str]); 2] = [("System", &["System"]), ("java", &["java"])];

/// Cuts a file into tokens, and reads its constants and other names of the whole environment.
pub(super) fn code(text: &str, kotlin: bool) -> Code<'_> {
    let step = if kotlin { step_kotlin } else { step_java };
    let mut code = Code::new(Lexer::run(text, &[(0, text.len())], step), &ROOTS);
    for i in 0..code.len() {
        // `static final String NAME = "X"`, `const val NAME = "X"`, `val NAME: String = "X"`.
        let named = code.before(i, &["String", "val"]);
        let equals = if code.is(i + 1, ":") { i + 3 } else { i + 1 };
        let Some(name) = code.word(i).filter(|_| code.is(equals, "=")) else { continue };
        if let (true, Some(text)) = (named, code.text(equals + 1)) {
            code.constant(name, text);
        } else if code.row(equals + 1, &["System", ".", "getenv", "(", ")"]) && !code.is(equals + 6, ".") {
            code.root(name, vec!["System", "environment"]);
        }
    }
    code
}

fn step_java(lexer: &mut Lexer<'_>) {
    step(lexer, None);
}

fn step_kotlin(lexer: &mut Lexer<'_>) {
    step(lexer, Some("${"));
}

fn step(lexer: &mut Lexer<'_>, hole: Option<&'static str>) {
    let plain = Quoted { open: 1, close: "\"", escapes: true, lines: false, hole };
    match (lexer.peek(0), lexer.peek(1)) {
        (b'/', b'/') => lexer.skip_line(),
        (b'/', b'*') => lexer.skip_block("/*", "*/", hole.is_some()),
        (b'"', b'"') if lexer.peek(2) == b'"' => {
            lexer.quoted(Quoted { open: 3, close: "\"\"\"", escapes: hole.is_none(), lines: true, ..plain });
        }
        (b'"', _) => lexer.quoted(plain),
        (b'\'', _) => lexer.quoted(Quoted { close: "'", hole: None, ..plain }),
        _ => lexer.common(),
    }
}

/// Finds the reads.
pub(super) fn reads(code: &Code<'_>, finds: &mut Finds) {
    for i in 0..code.len() {
        if let Some(path) = code.path(i) {
            read(code, &path, finds);
        }
        if code.row(i, &["@", "Value", "("]) || code.row(i, &[":", "Value", "("]) {
            value(code, i + 2, finds);
        }
    }
}

fn read(code: &Code<'_>, path: &Path<'_>, finds: &mut Finds) {
    let start = path.tokens[0];
    let (open, whole) = match path.names.as_slice() {
        ["System", "getenv"] | ["java", "lang", "System", "getenv"] => (path.end(), false),
        ["System", "environment"] => (path.end(), true),
        ["System", "environment", _] => (path.end() - 2, true),
        _ => return,
    };
    if !whole && code.items(open).len() == 1 {
        if let Some(find) = finds.call(code, (start, open), None, Missing::Goes) {
            after(code, start, code.partner(open).unwrap_or(open) + 1, find);
        }
        return;
    }
    let next = if whole { open } else { code.partner(open).unwrap_or(open) + 1 };
    of_map(code, start, next, finds);
}

/// What is asked of the whole environment: `.get("X")`, `.getOrDefault("X", "d")`, `["X"]`.
fn of_map(code: &Code<'_>, start: usize, next: usize, finds: &mut Finds) {
    let (find, end) = if code.is(next, "[") {
        (finds.index(code, (start, next), Missing::Goes), code.partner(next))
    } else {
        let Some(method) = code.word(next + 1).filter(|_| code.is(next, ".")) else { return };
        if !matches!(method, "get" | "getOrDefault" | "containsKey" | "getValue" | "getOrElse") {
            return;
        }
        let missing = if method == "getValue" { Missing::Fails } else { Missing::Goes };
        (finds.call(code, (start, next + 2), Some(1), missing), code.partner(next + 2))
    };
    if let (Some(find), Some(end)) = (find.filter(|find| find.default.is_none()), end) {
        after(code, start, end + 1, find);
    }
}

/// `?: "d"`, `?: error("..")`, `!!`, `Optional.ofNullable(..).orElse("d")`, `Objects.requireNonNull(..)`.
fn after(code: &Code<'_>, start: usize, mut end: usize, find: &mut Find) {
    if code.is(end, "!!") {
        find.required = true;
    }
    if code.is(end, "?:") {
        find.required = code.is_any(end + 1, &["error", "throw"]);
        let ends = code.tokens.get(end + 2).is_none_or(|t| t.first) || code.is_any(end + 2, &[")", ",", ";", "}"]);
        find.default = match (find.required, ends) {
            (true, _) => None,
            (false, true) => code.default(end + 1..end + 2),
            (false, false) => Some(CodeDefault::computed()),
        };
    }
    let around = code.before(start, &["("]) && start > 1;
    if around && code.is(start - 2, "requireNonNull") {
        find.required = true;
    }
    if around && code.is_any(start - 2, &["ofNullable", "requireNonNullElse"]) {
        let close = code.partner(start - 1).unwrap_or(end);
        if code.is(start - 2, "requireNonNullElse") {
            find.default = code.default((end + 1).min(close)..close);
        }
        end = close + 1;
        while let (true, Some(method)) = (code.is(end, "."), code.word(end + 1)) {
            match method {
                "orElse" => find.default = code.items(end + 2).first().and_then(|r| code.default(r.clone())),
                "orElseGet" => find.default = Some(CodeDefault::computed()),
                "orElseThrow" => find.required = true,
                _ => {}
            }
            let Some(close) = code.partner(end + 2) else { return };
            end = close + 1;
        }
    }
}

/// `@Value("${X:d}")`; a name with dots or small letters is a property, not a variable.
fn value(code: &Code<'_>, open: usize, finds: &mut Finds) {
    let close = code.partner(open).unwrap_or(open);
    for i in open..close {
        let token = &code.tokens[i];
        if token.kind != Kind::Text {
            continue;
        }
        for (_, name, default) in spring::references(token.text) {
            if let Some(find) = finds.known(code, i, name) {
                find.required = default.is_none();
                find.default = default;
            }
        }
    }
}
