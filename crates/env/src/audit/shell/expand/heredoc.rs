//! Heredocs: announced on one line, written on the next.

use super::{Mode, Script};

impl Script<'_> {
    /// `<<EOF`, `<<-'EOF'`; `<<<` is no heredoc.
    pub(super) fn announce(&mut self) {
        if self.byte(2) == b'<' {
            return self.at += 3;
        }
        let rest = self.text[self.at + 2..self.end].trim_start_matches(['-', ' ', '~']);
        let quoted = rest.starts_with(['\'', '"', '\\']);
        let word = rest.trim_start_matches(['\'', '"', '\\']);
        let length =
            word.bytes().position(|b| !(b.is_ascii_alphanumeric() || b"_.-".contains(&b))).unwrap_or(word.len());
        let arithmetic = word.starts_with(|c: char| c.is_ascii_digit());
        if length > 0 && !arithmetic {
            self.heredocs.push((&word[..length], !quoted));
        }
        self.at = self.end - word.len() + length + usize::from(quoted && !rest.starts_with('\\'));
    }

    /// The bodies of the heredocs that were announced on the line before.
    pub(super) fn heredoc_bodies(&mut self) {
        for (word, expands) in std::mem::take(&mut self.heredocs) {
            let (mut body, file_end) = (self.at, self.end);
            while body < file_end {
                let line = self.text[body..file_end].split('\n').next().unwrap_or("");
                if line.trim() == word {
                    break;
                }
                body = (body + line.len() + 1).min(file_end);
            }
            if expands {
                let depth = self.modes.len();
                self.end = body;
                self.modes.push(Mode::Heredoc);
                self.walk();
                self.modes.truncate(depth);
                self.end = file_end;
            }
            self.at = body;
            self.skip_line();
        }
        (self.command, self.declaring, self.naming) = (true, false, false);
    }
}
