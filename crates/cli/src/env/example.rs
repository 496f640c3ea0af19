//! `bootproof env example`.

use super::{Seen, facts};
use crate::terminal::{note, print};
use bootproof::env::{
    Variable,
    example::{ExampleItem, example as write},
};
use bootproof_core::{Environment, ExitCode};
use std::{
    fs::OpenOptions,
    io::{self, Write},
    path::Path,
};

/// Writes a commented `.env.example` to stdout, or to `output`, which is overwritten only with `force`.
pub(super) fn example(seen: &Seen, output: Option<&Path>, force: bool) -> ExitCode {
    let items: Vec<ExampleItem> = seen.schema().variables.iter().map(|variable| item(seen, variable)).collect();
    if items.is_empty() {
        seen.notes().iter().for_each(|note_of| note(note_of));
    }
    let text = match write(&items) {
        Ok(text) => text,
        Err(error) => {
            note(&format!("bootproof: {error}"));
            return ExitCode::FAILED;
        }
    };
    let Some(path) = output else { return print(&text) };
    match save(path, &text, force) {
        Ok(()) => {
            note(&format!("wrote `{}`: {} variables", path.display(), items.len()));
            ExitCode::OK
        }
        Err(error) => refuse(path, &error),
    }
}

fn item(seen: &Seen, variable: &Variable) -> ExampleItem {
    let required = facts::required(seen.schema(), variable);
    let default = variable.default.of(seen.variables.environment).map(|(text, _)| text.reveal());
    let mut item = ExampleItem::new(&variable.name, variable.kind.in_words());
    item.required_words = required.map_or("optional".to_owned(), |words| format!("required {words}"));
    item.required = must_be_set(seen, variable);
    item.secret = variable.is_secret();
    item.docs = variable.docs.clone();
    item.example = variable.example.clone();
    // A default may carry a password in its URL: then it is no example for anybody.
    item.default = default.filter(|text| !seen.shown(variable, text).is_masked()).map(str::to_owned);
    item.aliases = variable.aliases.iter().map(|alias| alias.name.clone()).collect();
    item
}

/// Whether there is an environment in which nothing but setting it helps. A URL that its parts can stand for is a comment: left blank
/// it would be wrong.
fn must_be_set(seen: &Seen, variable: &Variable) -> bool {
    let has_parts = seen.schema().connections.iter().any(|connection| connection.url == variable.name);
    let required = |environment: &Environment| variable.required.contains(*environment);
    !has_parts && Environment::ALL.iter().any(|e| required(e) && variable.default.of(*e).is_none())
}

fn save(path: &Path, text: &str, force: bool) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).truncate(true);
    let mut file = if force { options.create(true).open(path)? } else { options.create_new(true).open(path)? };
    file.write_all(text.as_bytes())
}

fn refuse(path: &Path, error: &io::Error) -> ExitCode {
    let path = path.display();
    if error.kind() == io::ErrorKind::AlreadyExists {
        note(&format!("bootproof: `{path}` is there already, and was left as it is; `--force` overwrites it"));
        return ExitCode::USAGE;
    }
    note(&format!("bootproof: `{path}` could not be written: {error}"));
    ExitCode::FAILED
}
