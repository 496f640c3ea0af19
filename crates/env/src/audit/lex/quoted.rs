//! Texts: plain ones, texts with code in them, heredocs.

use super::{Kind, Lexer};

/// Code inside a text inside code inside a text ...: deeper than this it is taken as text.
const DEEPEST: u8 = 32;

/// How a text is written.
#[derive(Debug, Clone, Copy)]
pub(in crate::audit) struct Quoted {
    /// Bytes before the text proper: prefix and quotes.
    pub open: usize,
    /// What ends it.
    pub close: &'static str,
    /// Whether a backslash takes the next character with it.
    pub escapes: bool,
    /// Whether it may go over several lines.
    pub lines: bool,
    /// What begins code inside it; the code ends with `}`.
    pub hole: Option<&'static str>,
}

impl Lexer<'_> {
    /// A text. Its token comes first, the tokens of the code inside it between a `{` and a `}` after it.
    pub fn quoted(&mut self, how: Quoted) {
        let (start, body) = (self.at, (self.at + how.open).min(self.end));
        let place = self.tokens.len();
        let line = self.line;
        self.push(Kind::Text, (0, 0), how.open);
        let (mut end, mut escaped) = (None, false);
        while self.at < self.end && end.is_none() {
            let byte = self.peek(0);
            if byte == b'\\' && how.escapes {
                escaped = true;
                self.skip(2);
            } else if self.sees(how.close) {
                end = Some(self.at);
                self.skip(how.close.len());
            } else if byte == b'\n' && !how.lines {
                break;
            } else if how.hole.is_some_and(|hole| self.sees(hole)) {
                self.hole(how, place);
            } else {
                let bytes = &self.text.as_bytes()[self.at..self.end];
                let special = |b: &u8| matches!(b, b'\\' | b'\n') || *b == how.close.as_bytes()[0];
                let special = |b: &u8| special(b) || how.hole.is_some_and(|h| *b == h.as_bytes()[0]);
                let plain = bytes[1..].iter().position(special).map_or(bytes.len(), |n| n + 1);
                self.go(self.at + plain);
            }
        }
        let alone = self.tokens.len() == place + 1;
        if end.is_none() && !how.lines && alone && !escaped {
            // A lone quote, as in the text of JSX: only the quote itself is left out.
            self.at = start;
            self.line = line;
            self.tokens[place].kind = Kind::Sign;
            self.tokens[place].text = self.text.get(start..body).unwrap_or("");
            self.skip(how.open);
        } else {
            self.tokens[place].text = self.text.get(body..end.unwrap_or(self.at)).unwrap_or("");
        }
        self.first = false;
    }

    /// Code inside a text.
    fn hole(&mut self, how: Quoted, place: usize) {
        let hole = how.hole.unwrap_or("{");
        if hole == "{" && self.sees("{{") {
            return self.skip(2);
        }
        if self.depth >= DEEPEST {
            return self.skip(hole.len());
        }
        self.tokens[place].kind = Kind::Computed;
        self.depth += 1;
        self.push(Kind::Sign, (hole.len() - 1, hole.len()), hole.len());
        let mut open = 1;
        while self.at < self.end {
            match self.peek(0) {
                b'{' => open += 1,
                b'}' => open -= 1,
                b'\n' if !how.lines => break,
                // A format such as `{x:"}` would swallow the rest of the file: the text ends here.
                b'"' | b'\'' if !how.lines && self.sees(how.close) => break,
                _ => {}
            }
            if open == 0 {
                self.push(Kind::Sign, (0, 1), 1);
                break;
            }
            self.turn();
        }
        self.depth -= 1;
    }

    /// The bodies of the heredocs that were announced on the line before.
    pub fn heredoc_bodies(&mut self) {
        for (word, code) in std::mem::take(&mut self.heredocs) {
            while self.at < self.end {
                let line = self.rest().split('\n').next().unwrap_or("");
                if line.trim() == word {
                    break;
                }
                let stop = self.at + line.len() + 1;
                while self.at < stop.min(self.end) {
                    match code && self.sees("#{") && self.depth < DEEPEST {
                        true => self.heredoc_hole(),
                        false => self.skip(1),
                    }
                }
            }
            self.skip_line();
        }
    }

    fn heredoc_hole(&mut self) {
        let place = self.tokens.len();
        self.push(Kind::Computed, (0, 0), 0);
        self.hole(Quoted { open: 0, close: "\n", escapes: false, lines: true, hole: Some("#{") }, place);
    }
}
