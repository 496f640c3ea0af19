//! Why a project cannot be read, and what Compose would warn of.

use crate::{Place, PortSyntaxError};
use std::{io, path::PathBuf};

/// Why a project cannot be read. It shows names, ports and paths, never the value of a variable.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    /// None of the standard names is here or in a parent folder.
    #[error("no Compose file is in `{}` or in a folder above it", folder.display())]
    NoFile {
        /// Where the search began.
        folder: PathBuf,
    },
    /// A file that is named cannot be read.
    #[error("{}`{}` cannot be read", at(named_at), path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Where it is named, when a file names it.
        named_at: Option<Place>,
        /// Why.
        source: FileError,
    },
    /// A file is no YAML, or more of it than can be meant.
    #[error("{place}: {what}")]
    Syntax {
        /// Where.
        place: Place,
        /// What is wrong with it.
        what: String,
    },
    /// Something is not what Compose knows in its place.
    #[error("{place}: {what}")]
    Shape {
        /// Where.
        place: Place,
        /// What is wrong with it.
        what: String,
    },
    /// A port is none.
    #[error("{place}: `{text}` is no port")]
    Port {
        /// Where.
        place: Place,
        /// What is written, references filled in.
        text: String,
        /// Why.
        source: PortSyntaxError,
    },
}

impl ComposeError {
    /// Where it is, when it is somewhere in a file.
    pub fn place(&self) -> Option<&Place> {
        match self {
            Self::NoFile { .. } => None,
            Self::Unreadable { named_at, .. } => named_at.as_ref(),
            Self::Syntax { place, .. } | Self::Shape { place, .. } | Self::Port { place, .. } => Some(place),
        }
    }
}

/// `PLACE: `, or nothing.
fn at(place: &Option<Place>) -> String {
    place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default()
}

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// There is none.
    #[error("there is no such file")]
    Missing,
    /// It is a folder.
    #[error("it is a folder, not a file")]
    Folder,
    /// It is a pipe, a device or a socket: it may never end.
    #[error("it is a pipe, a device or a socket, not a regular file")]
    NotRegular,
    /// It is larger than is read.
    #[error("it is larger than {limit} bytes")]
    TooLarge {
        /// The largest size that is read, in bytes.
        limit: u64,
    },
    /// It is not UTF-8.
    #[error("line {line} is not UTF-8: save the file as UTF-8")]
    NotUtf8 {
        /// The first such line, from 1.
        line: usize,
    },
    /// What the system says.
    #[error("the system cannot read it: {0}")]
    Io(#[from] io::Error),
}

/// What Compose would warn of. The project is read all the same.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ComposeWarning {
    /// A variable is referred to and not set; it counts as blank.
    #[error("{place}: the variable `{name}` is not set and counts as blank")]
    Unset {
        /// The first reference.
        place: Place,
        /// The variable.
        name: String,
    },
    /// `version` means nothing any more.
    #[error("{place}: `version` is obsolete and means nothing: remove it")]
    Version {
        /// Where.
        place: Place,
    },
}
