//! A text under way that may hold secrets: it leaves no copies behind when it grows or is dropped.

use bootproof_core::{Secret, SecretBuilder};
use std::io;

/// A [`SecretBuilder`] that writers of formats fill.
#[derive(Default)]
pub(crate) struct Sheet(SecretBuilder);

impl Sheet {
    /// Appends.
    pub(crate) fn push_str(&mut self, text: &str) {
        self.0.push_str(text);
    }

    /// Appends one character.
    pub(crate) fn push(&mut self, c: char) {
        self.0.push(c);
    }

    /// Appends several pieces.
    pub(crate) fn push_all(&mut self, pieces: &[&str]) {
        for piece in pieces {
            self.push_str(piece);
        }
    }

    /// What stands here so far.
    pub(crate) fn as_str(&self) -> &str {
        self.0.reveal()
    }

    /// Takes the last character off.
    pub(crate) fn pop(&mut self) -> Option<char> {
        self.0.pop()
    }

    /// Hands the text on, without a copy.
    pub(crate) fn into_secret(self) -> Secret {
        self.0.finish()
    }
}

/// For writers of bytes that write whole characters, as that of JSON.
impl io::Write for Sheet {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = str::from_utf8(bytes).map_err(|_| io::ErrorKind::InvalidData)?;
        self.push_str(text);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
