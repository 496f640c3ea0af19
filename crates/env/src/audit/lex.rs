//! A lexer that every language tunes: comments vanish, texts become one token, code inside texts becomes tokens again.
//!
//! A language gives a `step` that handles what is its own and calls [`Lexer::common`] for the rest. Broken code is never
//! an error: an open text ends at the end of its line or of the file. The work stays linear in the size of the file.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name or a keyword.
    Word,
    /// A text that stands there as it is; escapes are not resolved.
    Text,
    /// A text with code in it.
    Computed,
    /// A number.
    Number,
    /// Anything else.
    Sign,
}

/// One token; `text` is a slice of the file, for texts without their quotes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token<'a> {
    pub kind: Kind,
    pub text: &'a str,
    /// Where it begins in the file, in bytes, quotes included.
    pub at: usize,
    pub line: u32,
    pub column: u32,
    /// Whether it is the first on its line.
    pub first: bool,
}

/// Code inside a text inside code inside a text ...: deeper than this it is taken as text.
const DEEPEST: u8 = 32;

/// Signs of more than one character, longest first.
const SIGNS: [&str; 27] = [
    "===", "!==", "||=", "??=", "&&=", "...", "**=", "::", "?.", "??", "?:", "||", "&&", "=>", "->", "==", "!=", "<=",
    ">=", ":=", "+=", "-=", "|=", "&=", "!!", "=~", "<-",
];

/// How a text is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quoted {
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

pub(super) struct Lexer<'a> {
    text: &'a str,
    at: usize,
    end: usize,
    line: u32,
    line_start: usize,
    first: bool,
    depth: u8,
    step: fn(&mut Lexer<'a>),
    pub tokens: Vec<Token<'a>>,
    /// Ruby's heredocs that begin on the next line: their end word, and whether code may stand in them.
    pub heredocs: Vec<(&'a str, bool)>,
}

impl<'a> Lexer<'a> {
    /// Cuts the `parts` (byte ranges, ascending) of `text` into tokens.
    pub fn run(text: &'a str, parts: &[(usize, usize)], step: fn(&mut Lexer<'a>)) -> Vec<Token<'a>> {
        let mut lexer = Lexer {
            text,
            at: 0,
            end: 0,
            line: 1,
            line_start: 0,
            first: true,
            depth: 0,
            step,
            tokens: Vec::with_capacity(text.len() / 6),
            heredocs: Vec::new(),
        };
        for (start, end) in parts {
            lexer.end = *end;
            lexer.go(*start);
            lexer.end = *end;
            while lexer.at < lexer.end {
                lexer.turn();
            }
        }
        lexer.tokens
    }

    /// One step that always gets on.
    fn turn(&mut self) {
        let before = self.at;
        (self.step)(self);
        if self.at == before {
            self.skip(1);
        }
    }

    /// The byte `n` further on; 0 behind the end.
    pub fn peek(&self, n: usize) -> u8 {
        match self.at + n < self.end {
            true => self.text.as_bytes()[self.at + n],
            false => 0,
        }
    }

    /// What is still to come.
    pub fn rest(&self) -> &'a str {
        self.text.get(self.at..self.end).unwrap_or("")
    }

    /// Whether the rest begins so.
    pub fn sees(&self, text: &str) -> bool {
        self.text.as_bytes()[self.at..self.end].starts_with(text.as_bytes())
    }

    /// The token before.
    pub fn last(&self) -> Option<&Token<'a>> {
        self.tokens.last()
    }

    /// Whether nothing but blanks stands before on this line.
    pub fn at_line_start(&self) -> bool {
        self.first
    }

    /// Goes to `to`, counting lines on the way.
    fn go(&mut self, to: usize) {
        let mut to = to.min(self.end);
        while to < self.end && !self.text.is_char_boundary(to) {
            to += 1;
        }
        let passed = &self.text.as_bytes()[self.at..to];
        for (i, byte) in passed.iter().enumerate() {
            if *byte == b'\n' {
                self.line += 1;
                self.line_start = self.at + i + 1;
                self.first = true;
            }
        }
        self.at = to;
    }

    /// Leaves out `n` bytes.
    pub fn skip(&mut self, n: usize) {
        self.go(self.at + n);
    }

    /// Leaves out everything up to the end of the line.
    pub fn skip_line(&mut self) {
        let length = self.rest().find('\n').unwrap_or(self.end - self.at);
        self.go(self.at + length);
    }

    /// Leaves out a block comment.
    pub fn skip_block(&mut self, open: &str, close: &str, nested: bool) {
        let bytes = &self.text.as_bytes()[..self.end];
        let (mut i, mut depth) = (self.at + open.len(), 1);
        while i < self.end && depth > 0 {
            if bytes[i..].starts_with(close.as_bytes()) {
                depth -= 1;
                i += close.len();
            } else if nested && bytes[i..].starts_with(open.as_bytes()) {
                depth += 1;
                i += open.len();
            } else {
                i += 1;
            }
        }
        self.go(i);
    }

    /// Puts the token that is `length` bytes long, and shows `inner` of it.
    pub fn push(&mut self, kind: Kind, inner: (usize, usize), length: usize) {
        let column = u32::try_from(self.at - self.line_start).unwrap_or(u32::MAX - 1) + 1;
        let text = self.text.get(self.at + inner.0..(self.at + inner.1).min(self.end)).unwrap_or("");
        self.tokens.push(Token { kind, text, at: self.at, line: self.line, column, first: self.first });
        self.go(self.at + length);
        self.first = false;
    }

    /// What all languages share: blanks, words, numbers, signs.
    pub fn common(&mut self) {
        match self.peek(0) {
            b'\n' => self.skip(1),
            b' ' | b'\t' | b'\r' => {
                let bytes = &self.text.as_bytes()[self.at..self.end];
                self.at += bytes.iter().position(|b| !matches!(b, b' ' | b'\t' | b'\r')).unwrap_or(bytes.len());
            }
            byte if is_word(byte) && !byte.is_ascii_digit() => self.word(),
            byte if byte.is_ascii_digit() => self.number(),
            _ => self.sign(),
        }
    }

    /// A name or a keyword.
    pub fn word(&mut self) {
        let bytes = &self.text.as_bytes()[self.at..self.end];
        let length = bytes.iter().position(|b| !is_word(*b)).unwrap_or(bytes.len()).max(1);
        self.push(Kind::Word, (0, length), length);
    }

    fn number(&mut self) {
        let bytes = &self.text.as_bytes()[self.at..self.end];
        let mut length = 1;
        while length < bytes.len()
            && (is_word(bytes[length])
                || bytes[length] == b'.' && bytes.get(length + 1).is_some_and(u8::is_ascii_digit))
        {
            length += 1;
        }
        self.push(Kind::Number, (0, length), length);
    }

    fn sign(&mut self) {
        let length = match SIGNS.iter().find(|sign| self.sees(sign)) {
            Some(sign) => sign.len(),
            None => self.rest().chars().next().map_or(1, char::len_utf8),
        };
        self.push(Kind::Sign, (0, length), length);
    }

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

/// Whether a byte may stand in a name. `$` may: JavaScript has it in names, and the others nowhere near one.
pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}
