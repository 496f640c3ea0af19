//! Tokens of JavaScript and TypeScript, with templates and regular expressions; the scripts in Vue and Svelte.

use crate::audit::lex::{Kind, Lexer, Quoted, Token};
use std::path::Path;

/// Words behind which a `/` begins a regular expression.
const BEFORE_REGEX: [&str; 14] = [
    "return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "else", "do", "await", "yield", "default",
];

/// The longest regular expression that is taken for one.
const LONGEST_REGEX: usize = 1_000;

/// Cuts a file into tokens.
pub(super) fn tokens<'a>(path: &Path, text: &'a str) -> Vec<Token<'a>> {
    let markup = path.extension().is_some_and(|e| e == "vue" || e == "svelte");
    let parts = if markup { scripts(text) } else { vec![(0, text.len())] };
    Lexer::run(text, &parts, step)
}

/// The insides of `<script ...> ... </script>`.
fn scripts(text: &str) -> Vec<(usize, usize)> {
    let (mut parts, mut at) = (Vec::new(), 0);
    while let Some(open) = text[at..].find("<script") {
        let Some(start) = text[at + open..].find('>').map(|n| at + open + n + 1) else { break };
        let end = text[start..].find("</script").map_or(text.len(), |n| start + n);
        parts.push((start, end));
        at = end;
    }
    parts
}

fn step(lexer: &mut Lexer<'_>) {
    let plain = Quoted { open: 1, close: "\"", escapes: true, lines: false, hole: None };
    match (lexer.peek(0), lexer.peek(1)) {
        (b'/', b'/') => lexer.skip_line(),
        (b'/', b'*') => lexer.skip_block("/*", "*/", false),
        (b'"', _) => lexer.quoted(plain),
        (b'\'', _) => lexer.quoted(Quoted { close: "'", ..plain }),
        (b'`', _) => lexer.quoted(Quoted { close: "`", lines: true, hole: Some("${"), ..plain }),
        (b'/', _) => match regex_length(lexer) {
            Some(length) => lexer.push(Kind::Computed, (0, length), length),
            None => lexer.common(),
        },
        (b'#', b'!') if lexer.last().is_none() => lexer.skip_line(),
        _ => lexer.common(),
    }
}

/// How long the regular expression is that begins here, if one does.
fn regex_length(lexer: &Lexer<'_>) -> Option<usize> {
    let possible = match lexer.last() {
        None => true,
        Some(last) if last.kind == Kind::Sign => !matches!(last.text, ")" | "]" | "}" | "<"),
        Some(last) => last.kind == Kind::Word && BEFORE_REGEX.contains(&last.text),
    };
    let mut in_class = false;
    let (mut n, limit) = (1, if possible { LONGEST_REGEX } else { 0 });
    while n < limit {
        match lexer.peek(n) {
            0 | b'\n' => return None,
            b'\\' => n += 1,
            b'[' => in_class = true,
            b']' => in_class = false,
            b'/' if !in_class => return Some(n + 1),
            _ => {}
        }
        n += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        tokens(Path::new("a.ts"), text).iter().filter(|t| t.kind == Kind::Word).map(|t| t.text).collect()
    }

    #[test]
    fn a_quote_in_a_regular_expression_or_in_jsx_text_opens_no_text() {
        assert_eq!(words("x = /[\"'/]/.test(a) // b"), ["x", "test", "a"]);
        assert_eq!(words("<p>Don't</p>\n{a}"), ["p", "Don", "t", "p", "a"]);
        assert_eq!(words("a / b / c"), ["a", "b", "c"]);
        assert_eq!(words("(a) / b / c; x[0] / d / e"), ["a", "b", "c", "x", "d", "e"]);
        assert_eq!(words("<b>{a}</b> {c} </b>"), ["b", "a", "b", "c", "b"]);
    }

    #[test]
    fn code_in_a_template_is_code() {
        assert_eq!(words("`no ${yes + `${deep}`} no`; end"), ["yes", "deep", "end"]);
    }

    #[test]
    fn only_the_scripts_of_a_component_are_read() {
        let text = "<template>\n{{ no }}</template>\n<script setup lang=\"ts\">\nyes\n</script>";
        let tokens = tokens(Path::new("a.vue"), text);
        assert_eq!(tokens.iter().map(|t| (t.text, t.line)).collect::<Vec<_>>(), [("yes", 4)]);
    }
}
