//! What is wrong with variables that were to fill a struct.

use crate::problem::either;
use std::fmt;

/// Everything that is wrong, one for each variable (or item of a list).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FillErrors(pub Vec<FillError>);

/// One variable that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FillError {
    /// The variable, as it is set or as it should be; `REDIS_*` when several do not fit together, `*` for the whole.
    pub variable: String,
    /// Which item of its list, from 1.
    pub item: Option<usize>,
    /// Where the value came from, when there is one.
    pub from: Option<String>,
    /// The value, when it may be shown and is of a kind in which nobody writes a secret.
    pub value: Option<String>,
    /// What is wrong.
    pub fault: Fault,
}

/// What is wrong with a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It is needed, and not set.
    Missing,
    /// It is set to nothing.
    Blank,
    /// It is right but for the white space around it.
    WhiteSpace,
    /// It is something else.
    Wrong {
        /// What it must be.
        expected: String,
    },
    /// It is none of the words allowed.
    NotAmong {
        /// The words.
        allowed: Vec<String>,
        /// The word that was probably meant.
        nearest: Option<String>,
    },
    /// Another name of the same field is set, too, to something else.
    Twice {
        /// The other name.
        other: String,
    },
    /// Its type has rules of its own, and refuses it.
    Refused(Refusal),
}

/// What a type said about the value that it refused, without the value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(pub String);

impl fmt::Display for FillError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.item {
            Some(item) => write!(f, "item {item} of `{}` ", self.variable)?,
            None => write!(f, "`{}` ", self.variable)?,
        }
        f.write_str(&self.sentence())?;
        match self.from.as_deref() {
            None | Some("process") => Ok(()),
            Some(from) => write!(f, " (from {from})"),
        }
    }
}

impl FillError {
    fn sentence(&self) -> String {
        let told = self.value.as_ref().map(|value| format!("is `{value}`"));
        match &self.fault {
            Fault::Missing => "is not set".to_owned(),
            Fault::Blank => "is set, but blank".to_owned(),
            Fault::WhiteSpace => "begins or ends with white space".to_owned(),
            Fault::Wrong { expected } => match told {
                Some(told) => format!("{told}, not {expected}"),
                None => format!("is not {expected}"),
            },
            Fault::NotAmong { allowed, nearest } => {
                let nearest = nearest.as_ref().map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
                let told = told.unwrap_or_else(|| "is none of its words".to_owned());
                format!("{told}; it must be {}{nearest}", either(allowed))
            }
            Fault::Twice { other } => format!("and `{other}` are both set, to different values"),
            Fault::Refused(_) => "is refused by its type".to_owned(),
        }
    }
}

impl std::error::Error for FillError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.fault {
            Fault::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }
}

impl fmt::Display for FillErrors {
    /// All of them, a line each, with their causes: an error has one `source` only, and this one would need several.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.0.len() == 1 { "" } else { "s" };
        write!(f, "{} variable{plural} cannot be used", self.0.len())?;
        for error in &self.0 {
            write!(f, "\n  {error}")?;
            if let Fault::Refused(refusal) = &error.fault {
                write!(f, ": {refusal}")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for FillErrors {}

impl IntoIterator for FillErrors {
    type Item = FillError;
    type IntoIter = std::vec::IntoIter<FillError>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
