//! Why a Unix socket cannot be held, or is not shown to be ours; and what that means to somebody who has to act on it.

use crate::Owner;
use bootproof_core::Diagnosis;
use std::io;

/// Why a Unix socket cannot be held, or is not shown to be ours.
#[derive(Debug, thiserror::Error)]
pub enum UnixTrouble {
    /// Somebody listens there, or is about to.
    #[error("is held by {0}")]
    Busy(Owner),
    /// Something else than a socket is at the path: what it is.
    #[error("cannot be made: its path is {0}, which is left untouched")]
    NotASocket(&'static str),
    /// The path can never be one of a socket: why.
    #[error("cannot be made: its path cannot be used, {0}")]
    Path(String),
    /// The folder is missing, or may not be written.
    #[error("cannot be made in its folder: {0}")]
    Folder(String),
    /// It is not shown to be ours: what was seen instead.
    #[error("is not shown to be ours: {0}")]
    NotShown(String),
    /// The system refused it for another reason.
    #[error("was refused by the system")]
    System(#[source] io::Error),
}

impl UnixTrouble {
    /// Its code.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Busy(_) => "PORT-011",
            Self::NotASocket(_) => "PORT-012",
            Self::Path(_) => "PORT-013",
            Self::Folder(_) => "PORT-014",
            Self::NotShown(_) => "PORT-015",
            Self::System(_) => "PORT-010",
        }
    }
}

/// Adds to `diagnosis` what `trouble` means and what to do.
pub(crate) fn explain(diagnosis: Diagnosis, trouble: &UnixTrouble) -> Diagnosis {
    let diagnosis = match trouble {
        UnixTrouble::NotShown(_) => diagnosis,
        _ => diagnosis.now("no socket was made; nothing was done to what is there"),
    };
    match trouble {
        UnixTrouble::Busy(_) => diagnosis.action("stop the owner if it should not be there, or choose another path"),
        UnixTrouble::NotASocket(_) => diagnosis
            .why("only the file of a socket on which nobody listens any more is ever replaced")
            .action("choose another path, or move what is there away")
            .configuration(),
        UnixTrouble::Path(_) => diagnosis.action("choose a shorter path, such as one in `/run`").configuration(),
        UnixTrouble::Folder(_) => diagnosis
            .action("make the folder, and let this program's user write and search it, or choose another path")
            .configuration(),
        UnixTrouble::NotShown(_) => diagnosis
            .now("clients that connect there may reach somebody else")
            .action("look what is at the path and who writes in its folder, then start again"),
        UnixTrouble::System(source) => diagnosis
            .why(source.to_string())
            .action("look at the cause; too many open files is cured by a higher limit (`ulimit -n`)")
            .away(),
    }
}
