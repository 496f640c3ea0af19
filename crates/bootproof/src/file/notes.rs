//! The problems of a file, collected while it is read.

use super::{
    error::{FileProblem, ProblemKind},
    place::{Lines, Position},
};
use std::{cell::RefCell, ops::Range};

/// The problems noted so far, and the text they are in.
pub(super) struct Notes<'a> {
    lines: Lines<'a>,
    problems: RefCell<Vec<FileProblem>>,
    /// Every table that was read, and the keys it was asked for: what the JSON Schema is held against.
    #[cfg(test)]
    pub(super) asked: RefCell<Vec<(String, &'static str)>>,
}

impl<'a> Notes<'a> {
    pub(super) fn on(text: &'a str) -> Self {
        Self {
            lines: Lines::of(text),
            problems: RefCell::default(),
            #[cfg(test)]
            asked: RefCell::default(),
        }
    }

    pub(super) fn position(&self, span: &Range<usize>) -> Position {
        self.lines.position(span.start)
    }

    pub(super) fn add(&self, at: Position, kind: ProblemKind, text: String) {
        self.problems.borrow_mut().push(FileProblem { at, kind, text });
    }

    /// Notes what the TOML parser found. Its message holds nothing of the text; its own display would quote the whole line.
    pub(super) fn broken(&self, error: &toml::de::Error) {
        let at = self.lines.position(error.span().map_or(usize::MAX, |span| span.start));
        let same_line = self.problems.borrow().iter().any(|problem| problem.at.line == at.line);
        if !same_line {
            self.add(at, ProblemKind::Syntax, error.message().to_owned());
        }
    }

    /// All of them, in the order of the file.
    pub(super) fn into_problems(self) -> Vec<FileProblem> {
        let mut problems = self.problems.into_inner();
        problems.sort_by_key(|problem| problem.at);
        problems
    }
}
