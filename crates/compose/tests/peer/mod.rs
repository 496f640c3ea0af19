//! The projects of `tests/conformance`, and what the real `docker-compose` and we say of each, in one form.
//!
//! A project is a folder with a `case.txt`: its first line says what it is for, `args:`, `env:` and `folder:` how it
//! is asked for,
//! `codes:` with which codes we refuse it, and `differs:` why we answer otherwise than Compose does.

#![allow(dead_code, reason = "the test and the example use different parts")]

mod ours;
mod theirs;

pub use theirs::Peer;

use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// A project.
#[derive(Debug)]
pub struct Case {
    /// The name of its folder.
    pub name: String,
    /// Where it is.
    pub root: PathBuf,
    /// What it is for.
    pub purpose: String,
    /// Options for `docker compose`, one word each.
    pub args: Vec<String>,
    /// Variables of the process.
    pub env: Vec<(String, String)>,
    /// The folder in it that is worked in.
    pub folder: PathBuf,
    /// The codes with which we refuse it, as often as each comes.
    pub codes: Vec<String>,
    /// Why we answer otherwise than Compose.
    pub differs: Option<String>,
}

/// The folder of all projects.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance")
}

/// All projects, by name.
pub fn cases() -> Vec<Case> {
    let mut all: Vec<Case> = fs::read_dir(folder()).unwrap().map(|entry| Case::read(&entry.unwrap().path())).collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

impl Case {
    fn read(root: &Path) -> Self {
        let text =
            fs::read_to_string(root.join("case.txt")).unwrap_or_else(|error| panic!("{}: {error}", root.display()));
        let of = |key: &str| -> Vec<&str> {
            text.lines().filter_map(|line| line.strip_prefix(key)).map(str::trim).collect()
        };
        let words = |key: &str| of(key).into_iter().flat_map(str::split_whitespace).map(str::to_owned).collect();
        let pair = |line: &str| line.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())).unwrap();
        Self {
            name: root.file_name().unwrap().to_string_lossy().into_owned(),
            root: root.to_owned(),
            purpose: text.lines().next().unwrap_or_default().to_owned(),
            args: words("args:"),
            env: of("env:").into_iter().map(pair).collect(),
            folder: root.join(of("folder:").first().unwrap_or(&"")),
            codes: words("codes:"),
            differs: of("differs:").first().map(|reason| (*reason).to_owned()),
        }
    }

    /// What Compose answered when it was asked last.
    pub fn recorded(&self) -> Value {
        let path = self.root.join("answer.json");
        let text = fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{}: {error}; run `cargo xtask compose`", path.display()));
        serde_json::from_str(&text).unwrap()
    }

    /// What we answer.
    pub fn ours(&self) -> Value {
        ours::answer(self)
    }

    /// Whether the two answers agree: both refuse, or both say the same of the project.
    pub fn agree(&self, ours: &Value, theirs: &Value) -> bool {
        match (ours.get("refused"), theirs.get("refused")) {
            (Some(_), Some(_)) => true,
            (None, None) => ours.get("project") == theirs.get("project"),
            _ => false,
        }
    }
}

/// An answer that is a refusal.
fn refusal(text: impl Into<Value>) -> Value {
    json!({ "refused": text.into() })
}
