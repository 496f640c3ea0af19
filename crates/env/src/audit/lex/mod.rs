//! A lexer that every language tunes: comments vanish, texts become one token, code inside texts becomes tokens again.
//!
//! A language gives a `step` that handles what is its own and calls [`Lexer::common`] for the rest. Broken code is never
//! an error: an open text ends at the end of its line or of the file. The work stays linear in the size of the file.

mod quoted;

pub(super) use quoted::Quoted;

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

/// Signs of more than one character, longest first.
const SIGNS: [&str; 27] = [
    "===", "!==", "||=", "??=", "&&=", "...", "**=", "::", "?.", "??", "?:", "||", "&&", "=>", "->", "==", "!=", "<=",
    ">=", ":=", "+=", "-=", "|=", "&=", "!!", "=~", "<-",
];

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
}

/// Whether a byte may stand in a name. `$` may: JavaScript has it in names, and the others nowhere near one.
pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}
