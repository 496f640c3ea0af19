//! What can be wrong in a dotenv file. Nothing here ever holds a value.

use crate::TemplateError;
use std::fmt;

/// A line that cannot be read, or not as it was meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DotenvProblem {
    /// The line, from 1.
    pub line: usize,
    /// The variable whose value it is, when the name could be read.
    pub name: Option<String>,
    /// What is wrong.
    pub fault: DotenvFault,
}

impl fmt::Display for DotenvProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: ", self.line)?;
        if let Some(name) = &self.name {
            write!(f, "the value of `{name}` ")?;
        }
        write!(f, "{}", self.fault)
    }
}

/// What is wrong with a line or a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DotenvFault {
    /// A name and nothing else. python-dotenv gives it no value, node's dotenv skips it, a shell exports what it already has:
    /// the line sets nothing.
    #[error("a name without `=` sets nothing: write `NAME=` for an empty value, or take the line out")]
    NameAlone,
    /// No name and no `=`; perhaps the rest of a value of several lines.
    #[error("the line is no `NAME=value`: a value of several lines needs quotes, a comment begins with `#`")]
    NotAnAssignment,
    /// There is an `=`, but what stands before it is no name.
    #[error("what stands before the `=` is no name: use letters, digits, `_`, `.` and `-`, without quotes or blanks")]
    BadName,
    /// The quote is not closed, or only where another line's value begins.
    #[error("begins with a quote that is not closed: close it, or escape quotes inside it with `\\`")]
    Unterminated,
    /// More text after the closing quote.
    #[error(
        "goes on after its closing quote: escape quotes inside it with `\\`, or use the other kind; a comment begins with ` #`"
    )]
    AfterQuote,
    /// A PEM block without quotes: only its first line would be read.
    #[error("is a PEM block without quotes: put double quotes around all of its lines")]
    UnquotedPem,
    /// A NUL: no variable of any system can hold one.
    #[error("holds a NUL character, which no variable can hold: remove it")]
    Nul,
    /// A reference that cannot be read.
    #[error("holds a reference that cannot be read: {0}; single quotes keep it as it stands")]
    Reference(TemplateError),
}
