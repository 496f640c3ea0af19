//! Ruby: `ENV["X"]`, `ENV.fetch`, and the same in ERB and in YAML with ERB.

use super::code::{Code, Path};
use super::find::{Find, Finds, Missing};
use super::lex::{Kind, Lexer, Quoted};
use super::read::CodeDefault;
use std::ops::Range;

/// First words of the paths.
const ROOTS: [(&str, &[&str]); 1] = [("ENV", &["ENV"])];

/// Words behind which a `/` begins a regular expression.
const BEFORE_REGEX: [&str; 10] = ["if", "unless", "when", "and", "or", "not", "return", "while", "until", "elsif"];

/// Whether a YAML file may be one of Rails', with ERB in it: it stands in `config`.
pub(super) fn is_settings_file(path: &std::path::Path) -> bool {
    path.parent().is_some_and(|folder| folder.ends_with("config"))
}

/// Cuts a file into tokens (of templates only what stands in `<% %>`), and reads its constants.
pub(super) fn code<'a>(path: &std::path::Path, text: &'a str) -> Code<'a> {
    let template = path.extension().is_some_and(|e| e == "erb" || e == "yml" || e == "yaml");
    let parts = if template { tags(text) } else { vec![(0, text.len())] };
    let mut code = Code::new(Lexer::run(text, &parts, step), &ROOTS);
    for i in 0..code.len() {
        let capital = code.word(i).filter(|w| w.starts_with(|c: char| c.is_ascii_uppercase()) && code.is(i + 1, "="));
        if let (Some(name), Some(text)) = (capital, code.text(i + 2)) {
            code.constant(name, text);
        }
    }
    code
}

/// The insides of `<% ... %>` and `<%= ... %>`; `<%# ... %>` is a comment.
fn tags(text: &str) -> Vec<(usize, usize)> {
    let (mut parts, mut at) = (Vec::new(), 0);
    while let Some(start) = text[at..].find("<%").map(|n| at + n + 2) {
        let end = text[start..].find("%>").map_or(text.len(), |n| start + n);
        // `<%=` shows the value: its sign belongs to no assignment.
        let sign = usize::from(text[start..].starts_with(['=', '-']));
        if !text[start..].starts_with('#') {
            parts.push(((start + sign).min(end), end));
        }
        at = end;
    }
    parts
}

fn step(lexer: &mut Lexer<'_>) {
    let plain = Quoted { open: 1, close: "\"", escapes: true, lines: true, hole: Some("#{") };
    match (lexer.peek(0), lexer.peek(1)) {
        (b'#', _) => lexer.skip_line(),
        (b'\n', _) => {
            lexer.skip(1);
            lexer.heredoc_bodies();
        }
        (b'=', b'b') if lexer.at_line_start() && lexer.sees("=begin") => lexer.skip_block("=begin", "\n=end", false),
        (b'_', b'_') if lexer.at_line_start() && lexer.rest().lines().next() == Some("__END__") => {
            lexer.skip(lexer.rest().len());
        }
        (b'"', _) => lexer.quoted(plain),
        (b'\'', _) => lexer.quoted(Quoted { close: "'", hole: None, ..plain }),
        (b'`', _) => lexer.quoted(Quoted { close: "`", ..plain }),
        (b'<', b'<') => heredoc(lexer),
        (b'%', b'w' | b'W' | b'i' | b'I' | b'q' | b'Q' | b'r' | b'x') => percent(lexer),
        (b'/', _) if before_regex(lexer) => lexer.quoted(Quoted { close: "/", lines: false, ..plain }),
        _ => lexer.common(),
    }
}

fn before_regex(lexer: &Lexer<'_>) -> bool {
    match lexer.last() {
        None => true,
        Some(last) if last.kind == Kind::Sign => !matches!(last.text, ")" | "]" | "}"),
        Some(last) => last.kind == Kind::Word && BEFORE_REGEX.contains(&last.text),
    }
}

/// `<<~SQL`, `<<-'SQL'`: the text begins on the next line.
fn heredoc(lexer: &mut Lexer<'_>) {
    let rest = &lexer.rest()[2..];
    let word = rest.trim_start_matches(['~', '-']);
    let quote = word.chars().next().filter(|c| matches!(c, '\'' | '"' | '`'));
    let word = word.trim_start_matches(['\'', '"', '`']);
    let length = word.bytes().position(|b| !b.is_ascii_alphanumeric() && b != b'_').unwrap_or(word.len());
    let sure = rest.starts_with(['~', '-', '\'', '"']) || word.starts_with(|c: char| c.is_ascii_uppercase());
    if length == 0 || !sure || rest.starts_with(' ') {
        return lexer.common();
    }
    lexer.heredocs.push((&word[..length], quote != Some('\'')));
    let all = 2 + (rest.len() - word.len()) + length + usize::from(quote.is_some());
    lexer.push(Kind::Computed, (0, 0), all);
}

/// The longest `%w[...]` that is taken for one, in bytes.
const LONGEST_PERCENT: usize = 10_000;

/// `%w[a b]`, `%q(a)`, `%r{a{2}}`: taken as one text; brackets inside it are counted.
fn percent(lexer: &mut Lexer<'_>) {
    let open = lexer.peek(2);
    let close = match open {
        b'[' => b']',
        b'(' => b')',
        b'{' => b'}',
        b'<' => b'>',
        b'|' | b'!' | b'/' => open,
        _ => return lexer.common(),
    };
    let (mut depth, mut n) = (1, 3);
    while depth > 0 && n < LONGEST_PERCENT {
        match lexer.peek(n) {
            0 => return lexer.common(),
            b'\\' => n += 1,
            byte if byte == close => depth -= 1,
            byte if byte == open => depth += 1,
            _ => {}
        }
        n += 1;
    }
    match depth {
        0 => lexer.push(Kind::Computed, (3, n - 1), n),
        _ => lexer.common(),
    }
}

/// Finds the reads.
pub(super) fn reads(code: &Code<'_>, finds: &mut Finds) {
    for i in 0..code.len() {
        if let Some(path) = code.path(i) {
            read(code, &path, finds);
        }
    }
}

fn read(code: &Code<'_>, path: &Path<'_>, finds: &mut Finds) {
    let (start, end) = (path.tokens[0], path.end());
    match path.names.as_slice() {
        ["ENV"] if code.is(end, "[") => {
            let close = code.partner(end).unwrap_or(end);
            if code.is(close + 1, "=") {
                return;
            }
            if let Some(find) = finds.index(code, (start, end), Missing::Goes) {
                alternative(code, close + 1, find);
            }
        }
        ["ENV", "fetch"] => fetch(code, start, end, finds),
        ["ENV", "key" | "has_key" | "include" | "member"] if code.is(end, "?") => {
            finds.call(code, (start, end + 1), None, Missing::Goes);
        }
        ["ENV", "dig" | "delete"] => {
            finds.call(code, (start, end), None, Missing::Goes);
        }
        ["ENV", "values_at" | "slice" | "fetch_values"] => {
            for item in code.items(end) {
                finds.expression(code, start, item);
            }
        }
        _ => {}
    }
}

/// `ENV.fetch("X", "d")`, `ENV.fetch("X") { "d" }`, also without the brackets.
fn fetch(code: &Code<'_>, start: usize, end: usize, finds: &mut Finds) {
    if !code.is(end, "(") {
        let Some(find) = finds.expression(code, start, end..end + 1) else { return };
        find.default = if code.is(end + 1, ",") { code.default(end + 2..end + 3) } else { block(code, end + 1) };
        find.required = find.default.is_none();
        return;
    }
    let close = code.partner(end).unwrap_or(end);
    let nil = code.items(end).len() > 1;
    if let Some(find) = finds.call(code, (start, end), Some(1), Missing::Fails)
        && !nil
    {
        find.default = block(code, close + 1);
        find.required = find.default.is_none() && body(code, close + 1).is_none_or(|body| fails(code, body));
    }
}

/// The value of `{ "d" }`, `{ |name| "d" }`, `do "d" end`; a block that raises has none.
fn block(code: &Code<'_>, open: usize) -> Option<CodeDefault> {
    body(code, open).filter(|body| !fails(code, body.clone())).and_then(|body| code.default(body))
}

/// What stands in the block that opens here.
fn body(code: &Code<'_>, open: usize) -> Option<Range<usize>> {
    let end = match code.word(open) {
        Some("do") => (open..code.len()).find(|i| code.is(*i, "end"))?,
        _ => code.partner(open).filter(|_| code.is(open, "{"))?,
    };
    let start = match code.is(open + 1, "|") {
        true => (open + 2..end).find(|i| code.is(*i, "|"))? + 1,
        false => open + 1,
    };
    Some(start..end)
}

fn fails(code: &Code<'_>, mut body: Range<usize>) -> bool {
    body.any(|i| code.is_any(i, &["raise", "abort", "fail", "exit"]))
}

/// `|| "d"`, `||= "d"`; `|| raise` makes it required.
fn alternative(code: &Code<'_>, i: usize, find: &mut Find) {
    if code.is_any(i, &["||", "||="]) {
        find.required = code.is_any(i + 1, &["raise", "abort", "fail"]);
        let more = code.is_any(i + 2, &[".", "[", "(", "+", "||"]) && !code.tokens[i + 2].first;
        find.default = match (find.required, more) {
            (true, _) => None,
            (false, true) => Some(CodeDefault::computed()),
            (false, false) => code.default(i + 1..i + 2),
        };
    }
}
