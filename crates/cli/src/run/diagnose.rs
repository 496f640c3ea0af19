//! What is wrong with the program, or with how it began.

use crate::program::Unusable;
use bootproof_core::Diagnosis;
use std::{ffi::OsStr, io, path::Path, time::Duration};

/// Every code made here, with its title. Each has a page in `docs/codes/`.
const CODES: &[(&str, &str)] = &[
    ("RUN-009", "the program is not found"),
    ("RUN-010", "the program cannot be executed"),
    ("RUN-011", "the program ended early"),
];

/// The program cannot be started.
pub(super) fn unusable(program: &OsStr, unusable: &Unusable) -> Diagnosis {
    match unusable {
        Unusable::NotFound => not_found(program),
        Unusable::NotExecutable(path) => not_executable(path),
    }
}

/// There is no such program.
fn not_found(program: &OsStr) -> Diagnosis {
    Diagnosis::new(CODES[0].0, format!("there is no program `{}`", shown(program)))
        .now("nothing was looked at, and nothing was started")
        .action("correct the name after `--`, give the whole path, or add its folder to PATH")
        .configuration()
}

/// It is there, and cannot be executed.
fn not_executable(path: &Path) -> Diagnosis {
    Diagnosis::new(CODES[1].0, format!("`{}` cannot be executed", shown(path.as_os_str())))
        .why(if path.is_dir() { "it is a folder" } else { "this user may not execute it" })
        .now("nothing was looked at, and nothing was started")
        .action("name a program after `--`, or let this user execute it (`chmod +x`)")
        .configuration()
}

/// The system does not start it.
pub(super) fn not_started(program: &OsStr, error: &io::Error) -> Diagnosis {
    Diagnosis::new(CODES[1].0, format!("`{}` cannot be started", shown(program)))
        .why(error.to_string())
        .now("everything was verified, and the program does not run")
        .action("look at the cause: a missing interpreter (`#!`), another processor's program, too many processes")
}

/// It ended with a failure soon after it was started. `with_sockets`: it was given open sockets.
pub(super) fn ended_early(how: &str, after: Duration, with_sockets: bool) -> Diagnosis {
    let diagnosis =
        Diagnosis::new(CODES[2].0, format!("the program ended with {how} after {:.1} s", after.as_secs_f64()))
            .now("the service does not run");
    if with_sockets {
        diagnosis.why("its ports were given to it as open sockets (`LISTEN_FDS`)").action(
            "read what it said above; if the address was in use, it does not take sockets: declare `hand_over = \"release\"` for \
             its ports",
        )
    } else {
        diagnosis.action("read what it said above")
    }
}

fn shown(text: &OsStr) -> String {
    text.to_string_lossy().escape_debug().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_page() {
        for (code, _) in CODES {
            let page = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../docs/codes/{code}.md"));
            let text = std::fs::read_to_string(&page).unwrap_or_else(|e| panic!("{}: {e}", page.display()));
            assert!(text.starts_with(&format!("# {code}: ")) && text.lines().count() <= 20, "{code}");
        }
    }
}
