//! A text under way that may hold secrets: it leaves no copies behind when it grows or is dropped.

use bootproof_core::Secret;
use std::{io, mem};

/// Grows like a `String`, but wipes what it grew out of.
#[derive(Default)]
pub(crate) struct Sheet(String);

impl Sheet {
    /// Appends.
    pub(crate) fn push_str(&mut self, text: &str) {
        let needed = self.0.len() + text.len();
        if needed > self.0.capacity() {
            let mut bigger = String::with_capacity(needed.max(self.0.capacity() * 2).max(64));
            bigger.push_str(&self.0);
            drop(Secret::new(mem::replace(&mut self.0, bigger)));
        }
        self.0.push_str(text);
    }

    /// Appends one character.
    pub(crate) fn push(&mut self, c: char) {
        self.push_str(c.encode_utf8(&mut [0; 4]));
    }

    /// Appends several pieces.
    pub(crate) fn push_all(&mut self, pieces: &[&str]) {
        for piece in pieces {
            self.push_str(piece);
        }
    }

    /// What stands here so far.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes the last character off.
    pub(crate) fn pop(&mut self) -> Option<char> {
        self.0.pop()
    }

    /// Hands the text on, without a copy.
    pub(crate) fn into_secret(mut self) -> Secret {
        Secret::new(mem::take(&mut self.0))
    }
}

impl Drop for Sheet {
    fn drop(&mut self) {
        drop(Secret::new(mem::take(&mut self.0)));
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
