//! One line of the journal: JSON with the version of its form. Pure.
//!
//! A line of a newer version is kept as it is and not interpreted; a line that is no such JSON is broken.

use super::{Entry, memory::Last};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use uuid::Uuid;

/// The version of the form that is written here.
const VERSION: u32 = 1;
/// Bytes that a line of an entry has, or some less.
const USUAL: usize = 512;

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Event {
    /// An entry is there, or is another now.
    Entry(Arc<Entry>),
    /// An entry is struck out.
    Gone(Uuid),
    /// A port had this number, and its entry is gone already.
    Last(Last),
}

/// A line that was read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    Event(Event),
    /// Of a version of bootproof that knows more.
    Newer,
    Broken,
}

/// The form. Exactly one of the three is there.
#[derive(Serialize, Deserialize)]
struct Form<E, L> {
    v: u32,
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    entry: Option<E>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gone: Option<Uuid>,
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    last: Option<L>,
}

fn none<T>() -> Option<T> {
    None
}

/// Of any version.
#[derive(Deserialize)]
struct Versioned {
    v: u32,
}

impl Event {
    /// The line, its end included.
    pub(super) fn line(&self) -> Vec<u8> {
        let mut form = Form { v: VERSION, entry: None, gone: None, last: None };
        match self {
            Self::Entry(entry) => form.entry = Some(&**entry),
            Self::Gone(id) => form.gone = Some(*id),
            Self::Last(last) => form.last = Some(last),
        }
        // Plain data without maps: writing it as JSON cannot fail. Were it to, an empty line would say nothing.
        let mut line = Vec::with_capacity(USUAL);
        if serde_json::to_writer(&mut line, &form).is_err() {
            line.clear();
        }
        line.push(b'\n');
        line
    }
}

impl Line {
    /// Reads a line without its end.
    pub(super) fn read(bytes: &[u8]) -> Self {
        match serde_json::from_slice::<Form<Entry, Last>>(bytes) {
            Ok(Form { v: VERSION, entry: Some(entry), gone: None, last: None }) => {
                Self::Event(Event::Entry(Arc::new(entry)))
            }
            Ok(Form { v: VERSION, entry: None, gone: Some(id), last: None }) => Self::Event(Event::Gone(id)),
            Ok(Form { v: VERSION, entry: None, gone: None, last: Some(last) }) => Self::Event(Event::Last(last)),
            _ => match serde_json::from_slice(bytes) {
                Ok(Versioned { v }) if v > VERSION => Self::Newer,
                _ => Self::Broken,
            },
        }
    }
}
