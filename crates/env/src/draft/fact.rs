//! What is known of one name, from all places that speak of it.

use bootproof_core::Secret;
use std::collections::BTreeMap;

/// How many places are told before "and more".
const TOLD: usize = 4;

/// Where a value was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// A file that is made to be published: `.env.example`.
    Example,
    /// A .env file, or one that the Compose file names: what it holds is never written down.
    Private,
    /// The Compose file.
    Compose,
    /// A default in code.
    Code,
}

/// A value that was seen. It is a secret until a type says that it cannot be one.
#[derive(Debug)]
pub(super) struct Seen {
    pub text: Secret,
    pub origin: Origin,
    /// Whether it is all of the value: one with references in it tells its beginning only.
    pub whole: bool,
}

/// Everything that is known of one name.
#[derive(Debug, Default)]
pub(super) struct Fact {
    pub name: String,
    /// Where the program reads it: `src/main.rs:12`.
    pub code: Vec<String>,
    /// Which files set or name it: `.env.example:3`.
    pub files: Vec<String>,
    pub values: Vec<Seen>,
    /// The comment above its line in an example file.
    pub docs: Option<String>,
    /// Whether some code fails without it.
    pub fails_without: bool,
    /// Whether some code has a default for it, of whatever value.
    pub has_default: bool,
}

impl Fact {
    /// The values that can be judged: whole, and of one origin when that is given.
    pub fn whole(&self, origin: Option<Origin>) -> impl Iterator<Item = &str> {
        let wanted = move |seen: &&Seen| seen.whole && origin.is_none_or(|origin| seen.origin == origin);
        self.values.iter().filter(wanted).map(|seen| seen.text.reveal())
    }

    /// Whether the program cannot go on without it.
    pub fn is_required(&self) -> bool {
        self.fails_without && !self.has_default
    }

    /// `src/main.rs:12, .env.example:3`.
    pub fn whence(&self) -> String {
        let all: Vec<&str> = self.code.iter().chain(&self.files).map(String::as_str).collect();
        let told = all[..all.len().min(TOLD)].join(", ");
        match all.len().saturating_sub(TOLD) {
            0 => told,
            more => format!("{told} and {more} more"),
        }
    }
}

/// All facts, in the order in which the names should be declared.
#[derive(Debug, Default)]
pub(super) struct Facts {
    all: Vec<Fact>,
    by_name: BTreeMap<String, usize>,
}

impl Facts {
    /// The fact of `name`, made when there is none.
    pub fn of(&mut self, name: &str) -> &mut Fact {
        let next = self.all.len();
        let at = *self.by_name.entry(name.to_owned()).or_insert(next);
        if at == next {
            self.all.push(Fact { name: name.to_owned(), ..Fact::default() });
        }
        &mut self.all[at]
    }

    pub fn get(&self, name: &str) -> Option<&Fact> {
        self.by_name.get(name).map(|at| &self.all[*at])
    }

    pub fn iter(&self) -> impl Iterator<Item = &Fact> {
        self.all.iter()
    }

    /// Takes those out that `keep` does not want.
    pub fn retain(&mut self, keep: impl FnMut(&Fact) -> bool) {
        self.all.retain(keep);
        self.by_name = self.all.iter().enumerate().map(|(at, fact)| (fact.name.clone(), at)).collect();
    }
}
