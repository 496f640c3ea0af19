//! What only a wait has to tell: everything else is diagnosed by the probe that asked.

use bootproof_core::{Diagnosis, Identity};
use std::path::Path;

pub(super) fn still_there(shown: &str, seen: &str) -> Diagnosis {
    Diagnosis::new("WAIT-001", format!("`{shown}` is still there"))
        .why(seen)
        .action("stop what is to go; `ss -ltnp` shows who holds a port")
        .away()
}

/// The one that answers is not the one that is wanted.
pub(super) fn somebody_else(shown: &str, who: &Identity, wanted: &str) -> Diagnosis {
    Diagnosis::new("WAIT-002", format!("somebody else answers at `{shown}`"))
        .why(format!("it says `{}`, without `{wanted}`", who.0))
        .action("stop the server that has this port, or correct the address: do not use it before you know whose it is")
        .away()
}

pub(super) fn no_file(path: &Path, why: &str) -> Diagnosis {
    Diagnosis::new("WAIT-003", format!("`{}` is not there", path.display()))
        .why(why)
        .action("start what makes it, or correct the path; a relative one begins in the current folder")
        .away()
}

/// Something has this name, and a text cannot be looked for in it.
pub(super) fn no_regular_file(path: &Path) -> Diagnosis {
    Diagnosis::new("WAIT-003", format!("`{}` is no regular file", path.display()))
        .why("a text is looked for in regular files only: a folder, a named pipe or a device has none to read")
        .action("leave `--identity` out to wait for the name alone, or correct the path")
        .away()
}

/// It is there, and its text does not come.
pub(super) fn unreadable(path: &Path, why: &str) -> Diagnosis {
    Diagnosis::new("WAIT-003", format!("`{}` cannot be read", path.display()))
        .why(why)
        .action("look at its permissions, and at the file system it is on")
        .away()
}

pub(super) fn without_text(shown: &str, wanted: &str, said: Option<String>) -> Diagnosis {
    let diagnosis = Diagnosis::new("WAIT-004", format!("the answer of `{shown}` does not contain `{wanted}`"));
    let diagnosis = match said {
        Some(said) => diagnosis.why(format!("it says: {said}")),
        None => diagnosis.why("only the first 8 KB are read"),
    };
    diagnosis.action("wait until it says so, or correct the text").away()
}
