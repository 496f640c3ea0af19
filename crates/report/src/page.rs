//! A page of text: coloured pieces, wrapped and cut to a width.
//!
//! Everything that comes from outside (ids, evidence, diagnoses) passes [`clean`](clean::clean), so that no server can move the cursor
//! of whoever reads the report.

mod clean;
mod ink;
mod wrap;

pub(crate) use ink::{Ink, Piece};
pub(crate) use wrap::{cut, glue, wide};

use bootproof_core::Verdict;
use std::borrow::Cow;

/// How a text looks. Nothing is taken from the terminal: whoever prints it knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Columns. No line is wider, except for a single word that is too long for its place: addresses and commands are
    /// never broken.
    pub width: usize,
    /// Whether to colour. Nothing is said by colour alone.
    pub color: bool,
    /// Whether the reader sees UTF-8; else all is ASCII.
    pub unicode: bool,
}

impl Default for Style {
    /// 80 columns, no colour, UTF-8.
    fn default() -> Self {
        Self { width: 80, color: false, unicode: true }
    }
}

impl Style {
    fn glyph(&self, unicode: &'static str, ascii: &'static str) -> &'static str {
        if self.unicode { unicode } else { ascii }
    }

    /// Between two facts.
    pub(crate) fn dot(&self) -> &'static str {
        self.glyph(" · ", " | ")
    }

    /// From what was done to what was seen, or from one step to the next.
    pub(crate) fn arrow(&self) -> &'static str {
        self.glyph(" → ", " -> ")
    }

    /// Behind what was cut.
    pub(crate) fn ellipsis(&self) -> &'static str {
        self.glyph("…", "...")
    }

    /// Before each of several things.
    pub(crate) fn bullet(&self) -> &'static str {
        self.glyph("    · ", "    * ")
    }

    /// The sign of a verdict, one column wide; always beside the word.
    pub(crate) fn sign(&self, verdict: Verdict) -> &'static str {
        match verdict {
            Verdict::Proven => self.glyph("✓", "+"),
            Verdict::Degraded => "~",
            Verdict::Unproven => "?",
            Verdict::Failed => self.glyph("✗", "x"),
            Verdict::Skipped => "-",
        }
    }
}

/// The least room for a text beside what leads it; with less it goes on the next line.
const ROOM: usize = 20;

/// The indentation of a text that found no room.
const NEXT_LINE: &str = "    ";

/// A page being written.
pub(crate) struct Page<'s> {
    pub(crate) style: &'s Style,
    out: String,
}

impl<'s> Page<'s> {
    pub(crate) fn new(style: &'s Style) -> Self {
        Self { style, out: String::new() }
    }

    /// The finished text.
    pub(crate) fn finish(self) -> String {
        self.out
    }

    /// `text` as it may be shown.
    pub(crate) fn clean<'t>(&self, text: &'t str) -> Cow<'t, str> {
        clean::clean(text, self.style.unicode)
    }

    /// An empty line, unless the page begins here.
    pub(crate) fn gap(&mut self) {
        if !self.out.is_empty() {
            self.out.push('\n');
        }
    }

    /// An empty line and a heading.
    pub(crate) fn heading(&mut self, text: &str) {
        self.gap();
        self.line(&[Ink::Bold.on(text)]);
    }

    /// One line as it is.
    pub(crate) fn line(&mut self, pieces: &[Piece]) {
        let last = pieces.iter().rposition(|piece| !piece.text.trim_end().is_empty());
        for (n, piece) in pieces.iter().enumerate().take(last.map_or(0, |n| n + 1)) {
            let text = self.clean(&piece.text).replace(['\n', '\u{a0}'], " ");
            let text = if Some(n) == last { text.trim_end() } else { &text };
            piece.ink.paint(text, self.style.color, &mut self.out);
        }
        self.out.push('\n');
    }

    /// `text` after `lead`, wrapped, with all its lines beginning in the same column.
    pub(crate) fn fill(&mut self, lead: &[Piece], ink: Ink, text: &str) {
        let (mut lead, indent, room) = self.place(lead);
        let text = self.clean(text).into_owned();
        for line in wrap::wrap(&text, room) {
            lead.push(ink.on(line));
            self.line(&lead);
            lead = vec![Ink::Plain.on(" ".repeat(indent))];
        }
    }

    /// `text` after `lead`, cut where the line ends.
    pub(crate) fn cut(&mut self, lead: &[Piece], ink: Ink, text: &str) {
        let (mut lead, _, room) = self.place(lead);
        let text = self.clean(text).replace('\n', " ");
        lead.push(ink.on(wrap::cut(&text, room, self.style.ellipsis())));
        self.line(&lead);
    }

    /// Where a text after `lead` goes: beside it, or on the next line when there is little room.
    fn place(&mut self, lead: &[Piece]) -> (Vec<Piece>, usize, usize) {
        let wide = lead.iter().map(|piece| wide(&self.clean(&piece.text))).sum::<usize>();
        if wide + ROOM <= self.style.width {
            return (lead.to_vec(), wide, self.style.width - wide);
        }
        self.line(lead);
        let room = self.style.width.saturating_sub(NEXT_LINE.len()).max(ROOM);
        (vec![Ink::Plain.on(NEXT_LINE)], NEXT_LINE.len(), room)
    }
}
