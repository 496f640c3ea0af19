//! Who answers what: keeps the order of answers when some are the server's and some are ours.
//!
//! Bytes pass untouched until a command arrives under [`crate::Fault::ReadOnly`]. From then on the connection is
//! read as Redis's protocol, and stays so, since only whole commands and answers may be put in between.

use std::collections::VecDeque;
use std::io;

use crate::{resp, writes};

/// What a Redis replica answers to a write.
const READONLY: &[u8] = b"-READONLY You can't write against a read only replica.\r\n";

#[derive(PartialEq)]
enum From {
    Server,
    Us,
}

/// The state of one connection's questions and answers.
#[derive(Default)]
pub(crate) struct Exchange {
    /// Set once commands are told apart.
    parsed: bool,
    /// The client spoke last, so far as bytes tell.
    waiting: bool,
    commands: Vec<u8>,
    answers: Vec<u8>,
    order: VecDeque<From>,
}

impl Exchange {
    /// Takes what the client said; returns what the server may hear.
    ///
    /// # Errors
    /// When it is not Redis's protocol, or `read_only` was set in the middle of an exchange.
    pub(crate) fn asked(&mut self, bytes: &[u8], read_only: bool) -> io::Result<Vec<u8>> {
        if !self.parsed && !read_only {
            self.waiting = true;
            return Ok(bytes.to_vec());
        }
        if !self.parsed && self.waiting {
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        self.parsed = true;
        self.commands.extend_from_slice(bytes);
        let mut pass = Vec::new();
        while let Some((length, name)) = resp::command(&self.commands)? {
            let refuse = read_only && writes::is_write(name);
            let whole: Vec<u8> = self.commands.drain(..length).collect();
            if refuse {
                self.order.push_back(From::Us);
            } else {
                self.order.push_back(From::Server);
                pass.extend(whole);
            }
        }
        Ok(pass)
    }

    /// Takes what the server said; returns what the client may hear, our own answers in their places.
    ///
    /// # Errors
    /// When it is not Redis's protocol.
    pub(crate) fn answered(&mut self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        self.waiting = false;
        if !self.parsed {
            return Ok(bytes.to_vec());
        }
        self.answers.extend_from_slice(bytes);
        let mut pass = Vec::new();
        while let Some(length) = resp::value(&self.answers)? {
            if !resp::is_push(&self.answers) {
                self.order.pop_front();
            }
            pass.extend(self.answers.drain(..length));
            pass.extend(self.due());
        }
        Ok(pass)
    }

    /// Our own answers whose turn it is.
    pub(crate) fn due(&mut self) -> Vec<u8> {
        let mut pass = Vec::new();
        while self.order.front() == Some(&From::Us) {
            self.order.pop_front();
            pass.extend_from_slice(READONLY);
        }
        pass
    }
}
