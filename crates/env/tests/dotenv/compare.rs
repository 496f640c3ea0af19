//! Compares what we read from the `.env` files in this folder with what python-dotenv and node's dotenv read.
//!
//! Shared by the test `dotenv`, which takes their recorded answers, and the example `dotenv_compare`, which is given fresh ones.

use bootproof_core::Secret;
use bootproof_env::{Template, dotenv};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

/// The reference implementations, as the list of differences calls them.
pub const PEERS: [&str; 2] = ["python", "node"];

/// Name to value.
pub type Values = BTreeMap<String, String>;

/// What one peer answered, as recorded by `cargo xtask dotenv --record`.
#[derive(Deserialize)]
pub struct Answers {
    /// Which program it was, in which version.
    pub tool: String,
    /// By name of the file.
    pub files: BTreeMap<String, Answer>,
}

/// What one peer read from one file.
#[derive(Deserialize, PartialEq)]
pub struct Answer {
    /// Of the file that was read.
    pub sha256: String,
    /// What it read: names without a value left out.
    pub values: Values,
}

/// Where a difference is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub file: String,
    pub name: String,
    pub peer: String,
}

/// What we read and what the peer read; `None`: no value.
#[derive(Debug, PartialEq, Eq)]
pub struct Difference {
    pub ours: Option<String>,
    pub theirs: Option<String>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.file, self.name, self.peer)
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let show = |value: &Option<String>| value.as_ref().map_or("no value".to_owned(), |value| format!("{value:?}"));
        write!(f, "ours {}, theirs {}", show(&self.ours), show(&self.theirs))
    }
}

/// This folder.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dotenv")
}

/// The answers in a file.
pub fn answers(path: &Path) -> Answers {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The recorded answers of a peer.
pub fn recorded(peer: &str) -> Answers {
    answers(&folder().join(format!("{peer}.expected.json")))
}

/// The `.env` files, by name.
pub fn files() -> BTreeMap<String, String> {
    let entries = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let files = entries.filter(|path| path.extension().is_some_and(|extension| extension == "env"));
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    files.map(|path| (name(&path), fs::read_to_string(&path).unwrap())).collect()
}

pub fn sha256(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What we read from a text: the last of each name, references filled in from the same file alone.
pub fn ours(text: &str) -> Values {
    let templates = dotenv::parse(text).assignments.into_iter().map(|set| (set.name, set.template)).collect();
    let lookup = |name: &String| Some((name.clone(), value(&templates, name, 0)?));
    templates.keys().filter_map(lookup).collect()
}

/// The value of one name; `None` when it, or one that it refers to, has none.
fn value(templates: &BTreeMap<String, Template>, name: &str, depth: usize) -> Option<String> {
    // A ring: no file here has a chain as long as this.
    if depth > 20 {
        return None;
    }
    let mut lookup = |name: &str| match (templates.contains_key(name), value(templates, name, depth + 1)) {
        (true, None) => Err(io::Error::other("it has no value itself")),
        (_, text) => Ok(text.map(Secret::new)),
    };
    let text = templates.get(name)?.expand(&mut lookup).ok()?;
    Some(text.reveal().to_owned())
}

/// Every value that differs between us and a peer.
pub fn differences(files: &BTreeMap<String, String>, peer: &str, answers: &Answers) -> BTreeMap<Place, Difference> {
    let mut found = BTreeMap::new();
    for (file, text) in files {
        let (mut ours, mut theirs) = (ours(text), answers.files[file].values.clone());
        let names: Vec<String> = ours.keys().chain(theirs.keys()).cloned().collect();
        for name in names {
            let difference = Difference { ours: ours.remove(&name), theirs: theirs.remove(&name) };
            if difference.ours != difference.theirs {
                let place = Place { file: file.clone(), name, peer: peer.to_owned() };
                found.insert(place, difference);
            }
        }
    }
    found
}

/// The justified differences in `differences.txt`, each with its reason. A line that begins at the margin is a reason; the lines
/// below it, further in, are a file, a name and one or both peers.
pub fn justified() -> BTreeMap<Place, String> {
    let text = fs::read_to_string(folder().join("differences.txt")).unwrap();
    let (mut listed, mut reason) = (BTreeMap::new(), "");
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if !line.starts_with(' ') {
            reason = line;
            continue;
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        let [file, name, peers @ ..] = words.as_slice() else { panic!("no file and name: {line}") };
        assert!(!peers.is_empty() && peers.iter().all(|peer| PEERS.contains(peer)), "no peer: {line}");
        assert!(!reason.is_empty(), "no reason above: {line}");
        for &peer in peers {
            let place = Place { file: (*file).to_owned(), name: (*name).to_owned(), peer: peer.to_owned() };
            assert!(listed.insert(place, reason.to_owned()).is_none(), "listed twice: {line}");
        }
    }
    listed
}
