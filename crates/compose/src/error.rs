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
    /// A reference to a variable is none that Compose reads.
    #[error("{place}: {what}: write `$$` for a plain dollar")]
    Reference {
        /// Where.
        place: Place,
        /// What is wrong with it.
        what: String,
    },
    /// `${NAME:?message}`, and there is no value.
    #[error("{place}: `{name}` is required{}{message}", if message.is_empty() { "" } else { ": " })]
    Required {
        /// Where.
        place: Place,
        /// The variable.
        name: String,
        /// What the file says about it; may be empty.
        message: String,
    },
    /// A line of an env file is none that Compose reads.
    #[error("{place}: {what}")]
    EnvFile {
        /// Where.
        place: Place,
        /// What is wrong with it.
        what: String,
    },
    /// A service is named and there is none.
    #[error("{place}: there is no service `{wanted}`{}", nearest.as_ref().map(|name| format!(": did you mean `{name}`?")).unwrap_or_default())]
    NoService {
        /// Where it is named.
        place: Place,
        /// Its name.
        wanted: String,
        /// The name that is most like it.
        nearest: Option<String>,
    },
    /// A network, a volume, a secret or a config is named and declared nowhere.
    #[error("{place}: {kind} `{wanted}` is declared nowhere: add it under `{kind}s`")]
    Undeclared {
        /// Where it is named.
        place: Place,
        /// `network`, `volume`, `secret` or `config`.
        kind: &'static str,
        /// Its name.
        wanted: String,
    },
    /// A service that is needed is enabled by no chosen profile.
    #[error("{place}: `{wanted}` is needed, and none of its profiles ({}) is chosen", profiles.join(", "))]
    Disabled {
        /// Where it is named.
        place: Place,
        /// The service.
        wanted: String,
        /// Its profiles.
        profiles: Vec<String>,
    },
    /// Something leads back to itself.
    #[error("{place}: {kind} goes round: {}", ring.join(" -> "))]
    Ring {
        /// Where it goes round.
        place: Place,
        /// What goes round: `extends`, `include`, `depends_on`.
        kind: &'static str,
        /// The ring; its first is also its last.
        ring: Vec<String>,
    },
    /// Two things that do not go together.
    #[error("{place}: {what}")]
    Contradiction {
        /// Where.
        place: Place,
        /// What does not go together.
        what: String,
    },
    /// The project's name is none.
    #[error("`{name}` is no name of a project: lower-case letters, digits, `-` and `_`, a letter or a digit first")]
    Name {
        /// The name; may be empty.
        name: String,
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
            Self::NoFile { .. } | Self::Name { .. } => None,
            Self::Unreadable { named_at, .. } => named_at.as_ref(),
            Self::Syntax { place, .. }
            | Self::Shape { place, .. }
            | Self::Port { place, .. }
            | Self::Reference { place, .. }
            | Self::Required { place, .. }
            | Self::EnvFile { place, .. }
            | Self::NoService { place, .. }
            | Self::Undeclared { place, .. }
            | Self::Disabled { place, .. }
            | Self::Ring { place, .. }
            | Self::Contradiction { place, .. } => Some(place),
        }
    }
}

fn others(found: &[PathBuf]) -> String {
    found.iter().map(|path| format!("`{}`", path.display())).collect::<Vec<_>>().join(", ")
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
    /// Several files have standard names; one of them is taken.
    #[error("several Compose files are here ({}): `{}` is taken", others(found), found[0].display())]
    SeveralFiles {
        /// All of them, the one that is taken first.
        found: Vec<PathBuf>,
    },
    /// `version` means nothing any more.
    #[error("{place}: `version` is obsolete and means nothing: remove it")]
    Version {
        /// Where.
        place: Place,
    },
}
