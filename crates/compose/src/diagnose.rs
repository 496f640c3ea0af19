//! What trouble with a Compose project means to somebody who has to act on it.

use crate::ComposeError;
use bootproof_core::Diagnosis;
use std::error::Error;

/// Every code of reading, with its title. Each has a page in `docs/codes/`. From `COMPOSE-020` on: checks and fixes.
pub const CODES: &[(&str, &str)] = &[
    ("COMPOSE-001", "there is no Compose file"),
    ("COMPOSE-002", "a file of the project cannot be read"),
    ("COMPOSE-003", "a Compose file is not YAML"),
    ("COMPOSE-004", "a reference to a variable cannot be filled in"),
    ("COMPOSE-005", "a variable that is required is not set"),
    ("COMPOSE-006", "a Compose file says what Compose does not know"),
    ("COMPOSE-007", "a port in a Compose file is none"),
    ("COMPOSE-008", "something that is named is not there"),
    ("COMPOSE-009", "files or services lead back to themselves"),
    ("COMPOSE-010", "settings of the project contradict each other"),
    ("COMPOSE-011", "a line of an env file cannot be read"),
    ("COMPOSE-012", "the project has no proper name"),
];

/// The diagnosis of one error.
pub fn diagnose(error: &ComposeError) -> Diagnosis {
    let (code, action) = match error {
        ComposeError::NoFile { .. } => (
            "COMPOSE-001",
            "go to the project's folder, or name the file with `--compose-file` (in `bootproof.toml`: `files` under `[compose]`)",
        ),
        ComposeError::Unreadable { .. } => ("COMPOSE-002", "make the file readable, or take its name out"),
        ComposeError::Syntax { .. } => ("COMPOSE-003", "mend the line; mind indentation, quotes and tabs"),
        ComposeError::Reference { .. } => ("COMPOSE-004", "mend the reference, or write `$$` for a plain dollar"),
        ComposeError::Required { .. } => ("COMPOSE-005", "set it in the environment or in the project's `.env`"),
        ComposeError::NoService { .. } => ("COMPOSE-008", "mend the name, or add the service"),
        ComposeError::Undeclared { .. } => ("COMPOSE-008", "declare it, or mend the name"),
        ComposeError::Disabled { .. } => {
            ("COMPOSE-008", "choose the profile with `--profile`, or write `required: false`")
        }
        ComposeError::Ring { .. } => ("COMPOSE-009", "take one of its steps out"),
        ComposeError::Contradiction { .. } => ("COMPOSE-010", "keep one of the two"),
        ComposeError::EnvFile { .. } => ("COMPOSE-011", "mend the line: `NAME=value`"),
        ComposeError::Name { .. } => ("COMPOSE-012", "write `name:` in the Compose file, or set COMPOSE_PROJECT_NAME"),
        ComposeError::Shape { .. } => ("COMPOSE-006", "mend the line; the Compose specification says what is known"),
        ComposeError::Port { .. } => ("COMPOSE-007", "write `[HOST_IP:][PUBLISHED:]TARGET[/PROTOCOL]`"),
    };
    let diagnosis = Diagnosis::new(code, error.to_string()).configuration();
    let diagnosis = error.source().map(ToString::to_string).into_iter().fold(diagnosis, Diagnosis::why);
    diagnosis.now("the project is not read").action(action)
}
