//! The tokens of one file, with their brackets paired, and what the file says about names: constants and imports.
//!
//! Read [`Code::path`]: it turns `env.get` into `os.environ.get` when the file says `from os import environ as env`, so
//! that each language writes its forms once, in full.

use super::lex::{Kind, Token};
use std::collections::HashMap;
use std::ops::Range;

/// No partner.
const ALONE: usize = usize::MAX;

/// One file, ready to be looked through.
#[derive(Debug, Default)]
pub(super) struct Code<'a> {
    pub tokens: Vec<Token<'a>>,
    partners: Vec<usize>,
    /// Names of texts: `const NAME: &str = "X"`. `None` when two texts have the name.
    constants: HashMap<&'a str, Option<&'a str>>,
    /// What a first word stands for, in full: `env` for `std.env`.
    roots: HashMap<&'a str, Vec<&'a str>>,
}

/// A dotted path, in full.
#[derive(Debug)]
pub(super) struct Path<'a> {
    pub names: Vec<&'a str>,
    /// The token of each name.
    pub tokens: Vec<usize>,
}

impl<'a> Path<'a> {
    /// The token behind the name at `index`.
    pub fn after(&self, index: usize) -> usize {
        self.tokens[index] + 1
    }

    /// The token behind the whole path.
    pub fn end(&self) -> usize {
        self.tokens.last().map_or(0, |token| token + 1)
    }
}

impl<'a> Code<'a> {
    /// Pairs the brackets. `roots` are the first words of the paths that the language looks for.
    pub fn new(tokens: Vec<Token<'a>>, roots: &[(&'a str, &[&'a str])]) -> Self {
        let partners = pair(&tokens);
        let roots = roots.iter().map(|(word, path)| (*word, path.to_vec())).collect();
        Self { tokens, partners, constants: HashMap::new(), roots }
    }

    /// How many tokens there are.
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Whether the token at `i` is this word or sign.
    pub fn is(&self, i: usize, text: &str) -> bool {
        self.tokens.get(i).is_some_and(|t| t.text == text && matches!(t.kind, Kind::Word | Kind::Sign))
    }

    /// Whether the token at `i` is one of these words or signs.
    pub fn is_any(&self, i: usize, texts: &[&str]) -> bool {
        texts.iter().any(|text| self.is(i, text))
    }

    /// Whether the token before `i` is one of these.
    pub fn before(&self, i: usize, texts: &[&str]) -> bool {
        i > 0 && self.is_any(i - 1, texts)
    }

    /// Whether the tokens from `i` on are these words or signs.
    pub fn row(&self, i: usize, texts: &[&str]) -> bool {
        texts.iter().enumerate().all(|(n, text)| self.is(i + n, text))
    }

    /// The word at `i`.
    pub fn word(&self, i: usize) -> Option<&'a str> {
        self.tokens.get(i).filter(|t| t.kind == Kind::Word).map(|t| t.text)
    }

    /// The plain text at `i`.
    pub fn text(&self, i: usize) -> Option<&'a str> {
        self.tokens.get(i).filter(|t| t.kind == Kind::Text).map(|t| t.text)
    }

    /// The bracket that belongs to the one at `i`.
    pub fn partner(&self, i: usize) -> Option<usize> {
        self.partners.get(i).copied().filter(|partner| *partner != ALONE)
    }

    /// Where the list between the brackets at `open` parts: one range of tokens for each item, none of them empty.
    pub fn items(&self, open: usize) -> Vec<Range<usize>> {
        let Some(close) = self.partner(open).filter(|close| *close > open) else { return Vec::new() };
        let (mut items, mut start, mut i) = (Vec::new(), open + 1, open + 1);
        while i < close {
            if self.is(i, ",") {
                items.push(start..i);
                start = i + 1;
            }
            i = self.partner(i).filter(|partner| *partner > i).unwrap_or(i) + 1;
        }
        items.push(start..close);
        items.retain(|item| !item.is_empty());
        items
    }

    /// Remembers that `name` stands for `text`.
    pub fn constant(&mut self, name: &'a str, text: &'a str) {
        self.constants
            .entry(name)
            .and_modify(|known| *known = known.filter(|known| *known == text))
            .or_insert(Some(text));
    }

    /// The text that a name stands for.
    pub fn constant_text(&self, name: &str) -> Option<&'a str> {
        self.constants.get(name).copied().flatten()
    }

    /// Remembers that a first word stands for a path.
    pub fn root(&mut self, word: &'a str, path: Vec<&'a str>) {
        self.roots.insert(word, path);
    }

    /// The path that begins at `i`, in full, when its first word stands for something.
    pub fn path(&self, i: usize) -> Option<Path<'a>> {
        let word = self.word(i)?;
        let meaning = self.roots.get(word)?;
        if self.before(i, &[".", "::", "?.", "->"]) && !(self.before(i, &["::"]) && self.is_global(i)) {
            return None;
        }
        let mut path = Path { names: meaning.clone(), tokens: vec![i; meaning.len()] };
        let mut next = i + 1;
        while self.is_any(next, &[".", "::", "?.", "!!"]) {
            let step = next + 1 + usize::from(self.is(next, "!!") && self.is(next + 1, "."));
            let Some(name) = self.word(step) else { break };
            path.names.push(name);
            path.tokens.push(step);
            next = step + 1;
        }
        (!path.names.is_empty()).then_some(path)
    }

    /// Whether the `::` before `i` has nothing before it: `::std::env`, `::ENV`.
    fn is_global(&self, i: usize) -> bool {
        i < 2 || self.tokens[i - 2].kind != Kind::Word || self.tokens[i - 1].first
    }

    /// The source of a range of tokens, in one line of at most 60 characters.
    pub fn source(&self, range: Range<usize>) -> String {
        let mut source = String::new();
        let mut last_end = None;
        for token in self.tokens.get(range).unwrap_or(&[]) {
            if last_end.is_some_and(|end| end > token.at) {
                // Code inside the text that was just shown.
                continue;
            }
            let text = matches!(token.kind, Kind::Text | Kind::Computed);
            if last_end.is_some_and(|end| end + usize::from(source.ends_with('"')) < token.at) {
                source.push(' ');
            }
            match text {
                true => source.push_str(&format!("\"{}\"", token.text.replace('\n', " "))),
                false => source.push_str(token.text),
            }
            last_end = Some(token.at + token.text.len() + usize::from(text));
        }
        match source.char_indices().nth(60) {
            Some((end, _)) => format!("{}...", &source[..end]),
            None => source,
        }
    }
}

/// Finds each bracket's partner; one without stays alone.
fn pair(tokens: &[Token<'_>]) -> Vec<usize> {
    let mut partners = vec![ALONE; tokens.len()];
    let mut open: Vec<(usize, &str)> = Vec::new();
    for (i, token) in tokens.iter().enumerate().filter(|(_, token)| token.kind == Kind::Sign) {
        let closes = match token.text {
            "(" | "[" | "{" => {
                open.push((i, token.text));
                continue;
            }
            ")" => "(",
            "]" => "[",
            "}" => "{",
            _ => continue,
        };
        if let Some((start, _)) = open.pop_if(|(_, text)| *text == closes) {
            partners[start] = i;
            partners[i] = start;
        } else if open.len() > 1 && open[open.len() - 2].1 == closes {
            // One bracket was never closed: the outer one is not lost for it.
            open.pop();
            if let Some((start, _)) = open.pop() {
                partners[start] = i;
                partners[i] = start;
            }
        }
    }
    partners
}
