//! The codes of checks and fixes, and what a change that was not made means to somebody who has to act on it.

use super::base::ChangeError;
use bootproof_core::Diagnosis;
use std::error::Error as _;

/// Every code of checks and fixes, with its title. Each has a page in `docs/codes/`.
pub const CODES: &[(&str, &str)] = &[
    ("COMPOSE-020", "two services publish one port"),
    ("COMPOSE-021", "a service has more containers than published ports"),
    ("COMPOSE-022", "two containers have one name"),
    ("COMPOSE-023", "a published port is taken on this machine"),
    ("COMPOSE-024", "another Compose project has a published port"),
    ("COMPOSE-025", "a published port is taken, and it is not known whether by this project"),
    ("COMPOSE-026", "a published address is none of this machine"),
    ("COMPOSE-027", "a published port needs a right"),
    ("COMPOSE-028", "a published port is one that the kernel hands out"),
    ("COMPOSE-029", "two projects have one name"),
    ("COMPOSE-030", "there is no free port to move to"),
    ("COMPOSE-031", "the override file cannot be written"),
    ("COMPOSE-032", "the override file is not bootproof's or not this project's, or was changed"),
    ("COMPOSE-033", "the override does not do what it should"),
    ("COMPOSE-034", "the override file no longer fits the project"),
    ("COMPOSE-035", "services wait for each other in a ring"),
];

/// The diagnoses of `error`.
pub fn diagnose(error: &ChangeError) -> Vec<Diagnosis> {
    let (code, now, action) = match error {
        ChangeError::Unreadable(errors) => return errors.iter().map(crate::diagnose::diagnose).collect(),
        ChangeError::File { .. } => {
            ("COMPOSE-031", "nothing was changed", "look at the cause: rights, a full disk, a read-only folder")
        }
        ChangeError::Foreign { .. } => (
            "COMPOSE-032",
            "it was left as it is",
            "move it away, if bootproof is to write there; it is never overwritten",
        ),
        ChangeError::Changed { .. } => (
            "COMPOSE-032",
            "it was left as it is",
            "keep what you changed in a file of your own, remove this one, and run `bootproof compose fix`",
        ),
        ChangeError::Others { .. } => (
            "COMPOSE-032",
            "it was left as it is",
            "run `bootproof compose undo` with the files of that project, or remove it when that project is gone; give each a folder",
        ),
        ChangeError::Unproven { .. } => (
            "COMPOSE-033",
            "nothing was written",
            "publish the port elsewhere by hand, and report this with the Compose file",
        ),
    };
    let diagnosis = Diagnosis::new(code, error.to_string()).now(now).action(action);
    vec![error.source().map(ToString::to_string).into_iter().fold(diagnosis, Diagnosis::why)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::Owner;
    use std::io;

    #[test]
    fn every_change_that_was_not_made_says_what_to_do() {
        let path = || "compose.bootproof.yaml".into();
        let all = [
            ChangeError::Unreadable(vec![crate::ComposeError::NoFile { folder: path() }]),
            ChangeError::File { path: path(), what: "written", source: io::Error::other("no space left on device") },
            ChangeError::Foreign { path: path() },
            ChangeError::Changed { path: path() },
            ChangeError::Others { path: path(), owner: Owner { project: "a".into(), files: vec![] } },
            ChangeError::Unproven { what: "x".into() },
        ];
        for error in all {
            let diagnosis = diagnose(&error).remove(0);
            let listed = CODES.iter().chain(crate::diagnose::CODES).any(|(code, _)| *code == diagnosis.code);
            assert!(listed && !diagnosis.action.is_empty() && !diagnosis.now.is_empty(), "{diagnosis}");
        }
    }

    #[test]
    fn every_code_has_a_page() {
        let pages = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/codes");
        for (code, _) in CODES {
            let page = std::fs::read_to_string(format!("{pages}/{code}.md")).unwrap_or_default();
            assert!(page.contains(code) && page.lines().count() <= 20, "{code}: {page}");
        }
    }
}
