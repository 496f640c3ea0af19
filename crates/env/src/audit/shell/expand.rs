//! One walk through a script: every expansion outside single quotes and comments, and every name that is set.

mod dollar;
mod heredoc;

use std::collections::HashMap;

/// What an expansion does about a variable that is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Want<'a> {
    /// `$X`.
    Plain,
    /// `${X:-d}`; `None` for a computed text.
    Default(Option<&'a str>),
    /// `${X:=d}`.
    Set(Option<&'a str>),
    /// `${X:?}`.
    Demand,
    /// `${X:+v}`.
    Alternative,
}

/// One expansion.
#[derive(Debug)]
pub(super) struct Expansion<'a> {
    pub name: &'a str,
    pub at: usize,
    pub want: Want<'a>,
    /// `${!X}`.
    pub indirect: bool,
    /// The assignment that it stands in: its variable, and where it begins.
    pub inside: Option<(&'a str, usize)>,
}

/// Where the walk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Commands, up to this byte.
    Code(u8),
    Double,
    /// The word in `${X:-word}`.
    Operand,
    Heredoc,
}

/// Words whose arguments are names that they set.
const NAMING: [&str; 7] = ["read", "for", "select", "getopts", "mapfile", "readarray", "unset"];

/// Words whose arguments may be assignments.
const DECLARING: [&str; 6] = ["export", "local", "readonly", "declare", "typeset", "alias"];

/// Words behind which a command begins.
const OPENING: [&str; 9] = ["then", "do", "else", "elif", "if", "while", "until", "time", "!"];

/// Deeper than this, brackets and quotes are no longer told apart.
const DEEPEST: usize = 64;

/// A script, walked through.
pub(super) struct Script<'a> {
    text: &'a str,
    at: usize,
    end: usize,
    modes: Vec<Mode>,
    /// Whether a command may begin here, and whether its arguments are assignments or names.
    command: bool,
    declaring: bool,
    naming: bool,
    inside: Option<(&'a str, usize)>,
    heredocs: Vec<(&'a str, bool)>,
    pub expansions: Vec<Expansion<'a>>,
    /// Where each name is set for the first time.
    pub assigned: HashMap<&'a str, usize>,
}

impl<'a> Script<'a> {
    /// Walks through a script.
    pub fn read(text: &'a str) -> Self {
        let mut script = Script {
            text,
            at: 0,
            end: text.len(),
            modes: vec![Mode::Code(0)],
            command: true,
            declaring: false,
            naming: false,
            inside: None,
            heredocs: Vec::new(),
            expansions: Vec::new(),
            assigned: HashMap::new(),
        };
        script.walk();
        script
    }

    fn walk(&mut self) {
        while self.at < self.end {
            let before = self.at;
            match self.modes.last().copied().unwrap_or(Mode::Code(0)) {
                Mode::Code(close) => self.code(close),
                Mode::Double => self.double(),
                Mode::Operand => self.operand(),
                Mode::Heredoc => self.heredoc(),
            }
            // Every arm gets on; this makes it certain.
            self.at = self.at.max(before + 1);
        }
    }

    fn byte(&self, n: usize) -> u8 {
        match self.at + n < self.end {
            true => self.text.as_bytes()[self.at + n],
            false => 0,
        }
    }

    /// Whether a word begins here.
    fn at_word(&self) -> bool {
        self.at == 0 || b" \t\n;&|()`{".contains(&self.text.as_bytes()[self.at - 1])
    }

    fn code(&mut self, close: u8) {
        let byte = self.byte(0);
        match byte {
            b'#' if self.at_word() => self.skip_line(),
            b'\'' => self.skip_single(),
            b'"' => self.enter(Mode::Double, 1),
            b'\\' => self.at += 2,
            b'$' => self.dollar(),
            b')' | b'`' if byte == close => self.leave(1),
            b'`' => self.enter(Mode::Code(b'`'), 1),
            b'(' => self.enter(Mode::Code(b')'), 1),
            b'<' if self.byte(1) == b'<' => self.announce(),
            b'\n' | b';' | b'&' | b'|' => self.next_command(byte),
            // Behind a pattern of `case`, and at the beginning of a group, a command begins.
            b')' | b'{' => {
                self.command = byte == b')' || self.at_word();
                self.at += 1;
            }
            b'}' | b'!' => self.at += 1,
            b' ' | b'\t' => {
                self.inside = self.inside.filter(|_| self.modes.len() > 1);
                self.at += 1;
            }
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.word(),
            _ => {
                self.command &= !self.at_word();
                self.at += 1;
            }
        }
    }

    fn next_command(&mut self, byte: u8) {
        self.at += 1;
        (self.command, self.declaring, self.naming) = (true, false, false);
        self.inside = self.inside.filter(|_| self.modes.len() > 1);
        if byte == b'\n' {
            self.heredoc_bodies();
        }
    }

    fn enter(&mut self, mode: Mode, length: usize) {
        self.at += length;
        if self.modes.len() < DEEPEST {
            self.modes.push(mode);
        }
        if matches!(mode, Mode::Code(_)) {
            (self.command, self.declaring, self.naming) = (true, false, false);
        }
    }

    fn leave(&mut self, length: usize) {
        self.at += length;
        if self.modes.len() > 1 {
            self.modes.pop();
        }
        self.command = false;
    }

    fn skip_line(&mut self) {
        self.at = self.text[self.at..self.end].find('\n').map_or(self.end, |n| self.at + n);
    }

    fn skip_single(&mut self) {
        self.at = self.find(self.at + 1, b'\'').map_or(self.end, |at| at + 1);
    }

    fn find(&self, from: usize, byte: u8) -> Option<usize> {
        self.text.as_bytes().get(from..self.end)?.iter().position(|b| *b == byte).map(|n| from + n)
    }

    /// The name at `at`; empty when none begins there.
    fn name_at(&self, at: usize) -> &'a str {
        let bytes = self.text.as_bytes().get(at..self.end).unwrap_or(&[]);
        let length = bytes.iter().position(|b| !(b.is_ascii_alphanumeric() || *b == b'_')).unwrap_or(bytes.len());
        match bytes.first().is_some_and(u8::is_ascii_digit) {
            true => "",
            false => &self.text[at..at + length],
        }
    }

    /// A word in code: an assignment, a command, a name that `read` sets, or nothing of interest.
    fn word(&mut self) {
        let (name, starts) = (self.name_at(self.at), self.at_word());
        if name.is_empty() || !starts {
            return self.at += name.len().max(1);
        }
        let start = self.at;
        self.at += name.len();
        let sets = self.byte(0) == b'=' || self.byte(0) == b'+' && (self.byte(1) == b'=' || self.byte(1) == b'+');
        let sets = sets || self.byte(0) == b'[' && self.command;
        let arithmetic = self.text[..start].trim_end().ends_with("((");
        if sets && (self.command || self.declaring || arithmetic) {
            self.assigned.entry(name).or_insert(start);
            self.inside = Some((name, start));
        } else if self.naming {
            self.naming = name != "in";
            self.assigned.entry(name).or_insert(start);
        } else if self.command {
            self.naming = NAMING.contains(&name);
            self.declaring = DECLARING.contains(&name);
            self.command = OPENING.contains(&name) || name == "while";
        }
    }

    fn double(&mut self) {
        match self.byte(0) {
            b'"' => self.leave(1),
            b'\\' => self.at += 2,
            b'$' => self.dollar(),
            b'`' => self.enter(Mode::Code(b'`'), 1),
            _ => self.at += 1,
        }
    }

    fn operand(&mut self) {
        let quoted = self.modes.contains(&Mode::Double) || self.modes.contains(&Mode::Heredoc);
        match self.byte(0) {
            b'}' => self.leave(1),
            b'\'' if !quoted => self.skip_single(),
            b'"' => self.enter(Mode::Double, 1),
            b'\\' => self.at += 2,
            b'$' => self.dollar(),
            b'`' => self.enter(Mode::Code(b'`'), 1),
            _ => self.at += 1,
        }
    }

    fn heredoc(&mut self) {
        match self.byte(0) {
            b'\\' => self.at += 2,
            b'$' => self.dollar(),
            b'`' => self.enter(Mode::Code(b'`'), 1),
            _ => self.at += 1,
        }
    }
}
