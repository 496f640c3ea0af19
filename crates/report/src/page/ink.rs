//! Colours, by what they mean.

use bootproof_core::{Outcome, Verdict};

/// What a piece of text means to the eye.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ink {
    Plain,
    Bold,
    Dim,
    Good,
    Warn,
    Bad,
}

/// A piece of a line.
#[derive(Debug, Clone)]
pub(crate) struct Piece {
    pub(crate) ink: Ink,
    pub(crate) text: String,
}

impl Ink {
    /// `text` in this ink.
    pub(crate) fn on(self, text: impl Into<String>) -> Piece {
        Piece { ink: self, text: text.into() }
    }

    /// Appends `text` to `out`, with SGR codes (ECMA-48) when `color`. The eight basic colours follow the reader's theme.
    pub(crate) fn paint(self, text: &str, color: bool, out: &mut String) {
        let code = match self {
            _ if !color || text.trim().is_empty() => None,
            Self::Plain => None,
            Self::Bold => Some("1"),
            Self::Dim => Some("2"),
            Self::Good => Some("32"),
            Self::Warn => Some("33"),
            Self::Bad => Some("1;31"),
        };
        match code {
            Some(code) => out.extend(["\x1b[", code, "m", text, "\x1b[0m"]),
            None => out.push_str(text),
        }
    }
}

impl From<Verdict> for Ink {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Proven => Self::Good,
            Verdict::Degraded | Verdict::Unproven => Self::Warn,
            Verdict::Failed => Self::Bad,
            Verdict::Skipped => Self::Dim,
        }
    }
}

impl From<Outcome> for Ink {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Proven | Outcome::Checked => Self::Good,
            Outcome::Degraded => Self::Warn,
            Outcome::Failed => Self::Bad,
        }
    }
}
