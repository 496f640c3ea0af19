//! What a `$` begins: `$X`, `${X:-d}`, `$(...)`, `$'...'`.

use super::{Expansion, Mode, Script, Want};

/// Longer defaults count as computed, in bytes.
const LONGEST_DEFAULT: usize = 1_000;

impl<'a> Script<'a> {
    pub(super) fn dollar(&mut self) {
        let code = matches!(self.modes.last(), Some(Mode::Code(_)));
        match self.byte(1) {
            b'\'' if code => {
                self.at += 2;
                while self.at < self.end && self.byte(0) != b'\'' {
                    self.at += if self.byte(0) == b'\\' { 2 } else { 1 };
                }
                self.at += 1;
            }
            b'(' => self.enter(Mode::Code(b')'), 2),
            b'{' => self.braces(),
            _ => {
                let name = self.name_at(self.at + 1);
                if !name.is_empty() {
                    self.seen(name, self.at, Want::Plain, false);
                }
                self.at += (1 + name.len()).max(if self.byte(1) == b'$' { 2 } else { 1 });
            }
        }
        if code {
            self.command = matches!(self.modes.last(), Some(Mode::Code(b')'))) && self.command;
        }
    }

    fn seen(&mut self, name: &'a str, at: usize, want: Want<'a>, indirect: bool) {
        if matches!(want, Want::Set(_)) {
            self.assigned.entry(name).or_insert(at);
        }
        self.expansions.push(Expansion { name, at, want, indirect, inside: self.inside });
    }

    /// `${X}`, `${X:-d}`, `${#X}`, `${!X}`.
    fn braces(&mut self) {
        let start = self.at;
        let indirect = self.byte(2) == b'!';
        let skip = usize::from(indirect || self.byte(2) == b'#');
        let name = self.name_at(start + 2 + skip);
        self.at = start + 2 + skip + name.len();
        let colon = usize::from(self.byte(0) == b':');
        let operator = self.byte(colon);
        let word = || self.literal(self.at + colon + 1);
        let want = match operator {
            b'-' => Want::Default(word()),
            b'=' => Want::Set(word()),
            b'?' => Want::Demand,
            b'+' => Want::Alternative,
            _ => Want::Plain,
        };
        if !name.is_empty() {
            // `${!PREFIX*}` lists names, `${!list[@]}` lists keys: neither reads a variable of a computed name.
            let lists = indirect && matches!(self.byte(0), b'*' | b'@' | b'[');
            if !lists {
                self.seen(name, start, want, indirect);
            }
        }
        self.enter(Mode::Operand, 0);
    }

    /// The word behind an operator, up to the closing bracket, when it is written out.
    fn literal(&self, from: usize) -> Option<&'a str> {
        let near = self.text.as_bytes().get(from..self.end.min(from + LONGEST_DEFAULT))?;
        let word = &self.text[from..from + near.iter().position(|b| *b == b'}')?];
        let bare = word.strip_prefix('"').and_then(|w| w.strip_suffix('"')).unwrap_or(word);
        (!bare.contains(['$', '`', '\\', '"', '\'', '{', '\n'])).then_some(bare)
    }
}
