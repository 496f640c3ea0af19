//! From text to a condition: a scanner and a descent, one function a level of binding.

use super::{Comparison, ConditionError, Operand, Tree};

/// How deep parentheses and `not` may be nested: deeper, nobody reads it, and the stack has an end.
const DEEPEST: usize = 32;

pub(super) fn parse(source: &str) -> Result<Tree, ConditionError> {
    let mut parser = Parser { tokens: scan(source)?, at: 0, end: source.chars().count() + 1 };
    let tree = parser.or(0)?;
    if parser.at < parser.tokens.len() { Err(parser.expected("`and`, `or` or the end")) } else { Ok(tree) }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    /// A name, a keyword, a number, a bool.
    Word(String),
    /// A text in quotes.
    Text(String),
    /// `==`, `(`, `,` and the like.
    Sign(&'static str),
}

/// Longer signs stand before those they begin with.
const SIGNS: [&str; 11] = ["==", "!=", "<=", ">=", "<", ">", "(", ")", "[", "]", ","];

fn scan(source: &str) -> Result<Vec<(usize, Token)>, ConditionError> {
    let (mut tokens, mut rest, mut column) = (vec![], source, 1);
    while let Some(first) = rest.chars().next() {
        if first.is_whitespace() {
            (rest, column) = (&rest[first.len_utf8()..], column + 1);
            continue;
        }
        let (token, taken) =
            token(rest, first).ok_or(ConditionError { column, expected: "a name, a value or a sign" })?;
        tokens.push((column, token));
        column += rest[..taken].chars().count();
        rest = &rest[taken..];
    }
    Ok(tokens)
}

/// The token that `rest` begins with, and its length in bytes.
fn token(rest: &str, first: char) -> Option<(Token, usize)> {
    if let Some(sign) = SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
        return Some((Token::Sign(sign), sign.len()));
    }
    if first == '\'' || first == '"' {
        let text = &rest[1..][..rest[1..].find(first)?];
        return Some((Token::Text(text.to_owned()), text.len() + 2));
    }
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "_.+-".contains(c))).unwrap_or(rest.len());
    (end > 0).then(|| (Token::Word(rest[..end].to_owned()), end))
}

struct Parser {
    tokens: Vec<(usize, Token)>,
    at: usize,
    end: usize,
}

impl Parser {
    fn expected(&self, expected: &'static str) -> ConditionError {
        ConditionError { column: self.tokens.get(self.at).map_or(self.end, |(column, _)| *column), expected }
    }

    fn next_is(&self, token: &Token) -> bool {
        self.tokens.get(self.at).is_some_and(|(_, next)| next == token)
    }

    fn take(&mut self, token: &Token) -> bool {
        let found = self.next_is(token);
        self.at += usize::from(found);
        found
    }

    fn take_word(&mut self, word: &str) -> bool {
        self.take(&Token::Word(word.to_owned()))
    }

    fn take_sign(&mut self, sign: &'static str, expected: &'static str) -> Result<(), ConditionError> {
        if self.take(&Token::Sign(sign)) { Ok(()) } else { Err(self.expected(expected)) }
    }

    fn or(&mut self, depth: usize) -> Result<Tree, ConditionError> {
        let mut trees = vec![self.and(depth)?];
        while self.take_word("or") {
            trees.push(self.and(depth)?);
        }
        Ok(one_or(trees, Tree::Or))
    }

    fn and(&mut self, depth: usize) -> Result<Tree, ConditionError> {
        let mut trees = vec![self.not(depth)?];
        while self.take_word("and") {
            trees.push(self.not(depth)?);
        }
        Ok(one_or(trees, Tree::And))
    }

    fn not(&mut self, depth: usize) -> Result<Tree, ConditionError> {
        if depth > DEEPEST {
            return Err(self.expected("a simpler condition"));
        }
        if self.take_word("not") {
            return Ok(Tree::Not(Box::new(self.not(depth + 1)?)));
        }
        if self.take(&Token::Sign("(")) {
            let tree = self.or(depth + 1)?;
            self.take_sign(")", "`)`")?;
            return Ok(tree);
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Result<Tree, ConditionError> {
        let left = self.operand()?;
        if self.take_word("is") {
            let not = self.take_word("not");
            return match left {
                Operand::Name(name) if self.take_word("set") => negated(not, Tree::IsSet(name)),
                _ => Err(self.expected("`set` behind a name and `is`")),
            };
        }
        let not = self.next_is(&Token::Word("not".into())) && self.take_word("not");
        if self.take_word("in") {
            return negated(not, Tree::Among(left, self.list()?));
        }
        if let Some(comparison) = self.sign() {
            return Ok(Tree::Compare(left, comparison, self.operand()?));
        }
        match left {
            Operand::Name(name) if !not => Ok(Tree::Truth(name)),
            _ => Err(self.expected("a comparison such as `==`")),
        }
    }

    fn sign(&mut self) -> Option<Comparison> {
        let signs = [
            ("==", Comparison::Equal),
            ("!=", Comparison::NotEqual),
            ("<=", Comparison::LessOrEqual),
            (">=", Comparison::GreaterOrEqual),
            ("<", Comparison::Less),
            (">", Comparison::Greater),
        ];
        signs.into_iter().find(|(sign, _)| self.take(&Token::Sign(sign))).map(|(_, comparison)| comparison)
    }

    fn list(&mut self) -> Result<Vec<Operand>, ConditionError> {
        self.take_sign("[", "`[`")?;
        let mut operands = vec![self.operand()?];
        while self.take(&Token::Sign(",")) {
            operands.push(self.operand()?);
        }
        self.take_sign("]", "`,` or `]`")?;
        Ok(operands)
    }

    fn operand(&mut self) -> Result<Operand, ConditionError> {
        let expected = self.expected("a name or a value");
        let operand = match self.tokens.get(self.at) {
            Some((_, Token::Text(text))) => Operand::Text(text.clone()),
            Some((_, Token::Word(word))) if ["and", "or", "not", "in", "is"].contains(&word.as_str()) => {
                return Err(expected);
            }
            Some((_, Token::Word(word))) if is_name(word) => Operand::Name(word.clone()),
            Some((_, Token::Word(word))) => Operand::Text(word.clone()),
            _ => return Err(expected),
        };
        self.at += 1;
        Ok(operand)
    }
}

/// A name of a variable. `true` and `false` are values.
fn is_name(word: &str) -> bool {
    !word.starts_with(|c: char| c.is_ascii_digit())
        && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !["true", "false"].contains(&word)
}

fn negated(not: bool, tree: Tree) -> Result<Tree, ConditionError> {
    Ok(if not { Tree::Not(Box::new(tree)) } else { tree })
}

fn one_or(mut trees: Vec<Tree>, many: impl FnOnce(Vec<Tree>) -> Tree) -> Tree {
    match (trees.len(), trees.pop()) {
        (1, Some(tree)) => tree,
        (_, last) => many(trees.into_iter().chain(last).collect()),
    }
}

#[cfg(test)]
mod tests {
    use crate::Condition;

    #[test]
    fn what_is_wrong_is_told_with_its_column() {
        for (source, column, expected) in [
            ("", 1, "a name or a value"),
            ("A ==", 5, "a name or a value"),
            ("A = 'x'", 3, "a name, a value or a sign"),
            ("A == 'x' B", 10, "`and`, `or` or the end"),
            ("(A == 1", 8, "`)`"),
            ("A in 'x'", 6, "`[`"),
            ("A in ['x'", 10, "`,` or `]`"),
            ("A is there", 6, "`set` behind a name and `is`"),
            ("'x'", 4, "a comparison such as `==`"),
            ("A not B", 7, "a comparison such as `==`"),
            ("A == 'open", 6, "a name, a value or a sign"),
            ("and", 1, "a name or a value"),
            ("é", 1, "a name, a value or a sign"),
        ] {
            let error = Condition::parse(source).unwrap_err();
            assert_eq!((error.column, error.expected), (column, expected), "{source}");
        }
    }

    #[test]
    fn nesting_has_an_end() {
        let deep = format!("{}A{}", "(".repeat(10_000), ")".repeat(10_000));
        assert_eq!(Condition::parse(&deep).unwrap_err().expected, "a simpler condition");
        assert!(Condition::parse(&format!("{}A", "not ".repeat(10_000))).is_err());
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(source in "[A-C'\"()\\[\\]=<>!,é andorisetinx0-9 ]{0,40}") {
            if let Ok(condition) = Condition::parse(&source) {
                condition.holds(&|_| Some("1"));
                condition.holds(&|_| None);
            }
        }
    }
}
