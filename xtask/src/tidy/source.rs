//! Just enough of Rust's tokens to tell a string from a comment, and a test from what ships.

/// A token that the rules look at. Numbers and characters count as words.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Word(String),
    Text(String),
    Sign(char),
}

/// A token and its line.
pub(super) type Placed = (usize, Token);

/// The tokens of `source` without comments and without modules and functions marked `#[cfg(test)]`.
pub(super) fn shipped(source: &str) -> Vec<Placed> {
    without_tests(&tokens(source))
}

/// Whether a file holds tests only, by its path.
pub(super) fn is_test_file(path: &str) -> bool {
    let stem = path.rsplit('/').next().unwrap_or_default().trim_end_matches(".rs");
    stem.ends_with("tests") || path.contains("/tests/") || path.contains("/benches/") || path.contains("/examples/")
}

fn tokens(source: &str) -> Vec<Placed> {
    let mut found = Vec::new();
    let (mut rest, mut line) = (source, 1);
    while let Some(first) = rest.chars().next() {
        let (token, length) = next(rest, first);
        if let Some(token) = token {
            found.push((line, token));
        }
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    found
}

/// The token that `rest` begins with, if it is one, and its length in bytes.
fn next(rest: &str, first: char) -> (Option<Token>, usize) {
    if rest.starts_with("//") {
        return (None, rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return (None, rest.find("*/").map_or(rest.len(), |end| end + 2));
    }
    if let Some(length) = raw_start(rest) {
        return raw_text(rest, length);
    }
    match first {
        '"' => text(rest),
        '\'' => (None, character(rest)),
        _ if first.is_alphanumeric() || first == '_' => {
            let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            (Some(Token::Word(rest[..length].to_owned())), length)
        }
        _ if first.is_whitespace() => (None, first.len_utf8()),
        _ => (Some(Token::Sign(first)), first.len_utf8()),
    }
}

fn text(rest: &str) -> (Option<Token>, usize) {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            '"' if !escaped => return (Some(Token::Text(rest[1..at].to_owned())), at + 1),
            _ => escaped = c == '\\' && !escaped,
        }
    }
    (None, rest.len())
}

/// How long `r"`, `r#"`, `br"` ... is, when `rest` begins with it.
fn raw_start(rest: &str) -> Option<usize> {
    let after = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'))?;
    let quote = after.trim_start_matches('#');
    quote.starts_with('"').then(|| rest.len() - quote.len() + 1)
}

fn raw_text(rest: &str, start: usize) -> (Option<Token>, usize) {
    let end = format!("\"{}", "#".repeat(rest[..start].matches('#').count()));
    match rest[start..].find(&end) {
        Some(length) => (Some(Token::Text(rest[start..start + length].to_owned())), start + length + end.len()),
        None => (None, rest.len()),
    }
}

/// The length of a character literal; of the quote alone when it is a lifetime.
fn character(rest: &str) -> usize {
    let mut chars = rest.char_indices().skip(1);
    match chars.next() {
        Some((_, '\\')) => rest[2..].char_indices().skip(1).find(|(_, c)| *c == '\'').map_or(1, |(at, _)| at + 3),
        Some(_) => chars.next().filter(|(_, c)| *c == '\'').map_or(1, |(at, _)| at + 1),
        None => 1,
    }
}

/// Leaves out what `#[cfg(test)]` stands before, up to its closing brace or its semicolon.
fn without_tests(tokens: &[Placed]) -> Vec<Placed> {
    let mark = ["#", "[", "cfg", "(", "test", ")", "]"];
    let is_mark = |at: usize| mark.iter().enumerate().all(|(step, expected)| is(tokens.get(at + step), expected));
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if is_mark(at) {
            at = end_of_item(tokens, at + mark.len());
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

fn end_of_item(tokens: &[Placed], start: usize) -> usize {
    let mut depth = 0;
    for (at, (_, token)) in tokens.iter().enumerate().skip(start) {
        match token {
            Token::Sign('{') => depth += 1,
            Token::Sign('}') if depth == 1 => return at + 1,
            Token::Sign('}') => depth -= 1,
            Token::Sign(';') if depth == 0 => return at + 1,
            _ => {}
        }
    }
    tokens.len()
}

/// Whether a token is this word or sign.
pub(super) fn is(token: Option<&Placed>, expected: &str) -> bool {
    match token {
        Some((_, Token::Word(word))) => word == expected,
        Some((_, Token::Sign(sign))) => expected.len() == 1 && expected.starts_with(*sign),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &str) -> Vec<String> {
        let text = |(_, token)| match token {
            Token::Text(text) => Some(text),
            _ => None,
        };
        shipped(source).into_iter().filter_map(text).collect()
    }

    #[test]
    fn strings_are_found_and_comments_characters_and_lifetimes_are_not() {
        let source = r###"// "no" 'x
            /* "no" */ f::<'a>("one", '"', '\'', "t\"wo", r#"th"ree"#, b"four", '\u{22}') // "no""###;
        assert_eq!(texts(source), ["one", "t\\\"wo", "th\"ree", "four"]);
    }

    #[test]
    fn what_is_only_for_tests_is_left_out() {
        let source = r#"a("one"); #[cfg(test)] mod t { fn f() { g("no") } } b("two"); #[cfg(test)] mod u; c("three");"#;
        assert_eq!(texts(source), ["one", "two", "three"]);
    }

    #[test]
    fn a_token_knows_its_line() {
        assert_eq!(shipped("\n\n\"x\""), [(3, Token::Text("x".to_owned()))]);
    }

    #[test]
    fn files_of_tests_are_known_by_their_path() {
        assert!(is_test_file("crates/core/src/plan_tests.rs") && is_test_file("crates/db/tests/live.rs"));
        assert!(!is_test_file("crates/core/src/plan.rs") && !is_test_file("crates/testkit/src/lib.rs"));
    }
}
