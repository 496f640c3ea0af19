//! Everything that is set, by name: built once, so that each name is found without searching the layers.

use crate::{Place, Schema, Sources, Template};
use bootproof_core::Secret;
use std::collections::HashMap;

/// One place that sets a name.
#[derive(Clone, Copy)]
pub(super) struct Hit<'a> {
    /// The layer: 0 for flags, 1 for the process, then the files.
    pub(super) layer: usize,
    pub(super) text: HitText<'a>,
    /// Whether the text is the path of a file that holds the value.
    pub(super) names_file: bool,
}

#[derive(Clone, Copy)]
pub(super) enum HitText<'a> {
    Plain(&'a Secret),
    /// A value of a .env file, and its line.
    Template(&'a Template, usize),
}

pub(super) const FLAGS: usize = 0;
pub(super) const PROCESS: usize = 1;
/// The first .env file.
const FILES: usize = 2;

pub(super) struct Index<'a> {
    sources: &'a Sources<'a>,
    slots: Vec<Slot<'a>>,
    by_name: HashMap<&'a str, usize>,
    /// The slot of each variable's canonical name.
    canonical: Vec<usize>,
}

/// A name that is declared, or set, or both. Hashing is most of what resolving costs, so it is done once for each.
struct Slot<'a> {
    name: &'a str,
    /// The variable that this is a name of.
    owner: Option<usize>,
    is_canonical: bool,
    /// What sets it, the layer that wins first.
    hits: Vec<Hit<'a>>,
}

impl<'a> Index<'a> {
    pub(super) fn of(schema: &'a Schema, sources: &'a Sources<'a>) -> Self {
        let n = schema.variables.len();
        let mut index = Self {
            sources,
            slots: Vec::with_capacity(n),
            by_name: HashMap::with_capacity(n),
            canonical: Vec::with_capacity(n),
        };
        for (at, variable) in schema.variables.iter().enumerate() {
            let slot = index.slot(&variable.name);
            index.canonical.push(slot);
            index.slots[slot].is_canonical = true;
            index.slots[slot].owner.get_or_insert(at);
        }
        for (at, variable) in schema.variables.iter().enumerate() {
            for alias in &variable.aliases {
                let slot = index.slot(&alias.name);
                index.slots[slot].owner.get_or_insert(at);
            }
        }
        index.take_hits();
        index.link_files();
        index
    }

    fn slot(&mut self, name: &'a str) -> usize {
        let next = self.slots.len();
        let slot = *self.by_name.entry(name).or_insert(next);
        if slot == next {
            self.slots.push(Slot { name, owner: None, is_canonical: false, hits: vec![] });
        }
        slot
    }

    fn take_hits(&mut self) {
        let sources = self.sources;
        for (layer, vars) in [(FLAGS, sources.flags), (PROCESS, sources.process)] {
            for (name, value) in vars.iter() {
                self.add(name, Hit { layer, text: HitText::Plain(&value.text), names_file: false });
            }
        }
        for (at, file) in sources.files.iter().enumerate() {
            let Ok(content) = &file.content else { continue };
            // The last assignment of a file wins.
            for set in content.assignments.iter().rev() {
                let text = HitText::Template(&set.template, set.line);
                self.add(&set.name, Hit { layer: FILES + at, text, names_file: false });
            }
        }
    }

    fn add(&mut self, name: &'a str, hit: Hit<'a>) {
        let slot = self.slot(name);
        let hits = &mut self.slots[slot].hits;
        if hits.last().is_none_or(|last| last.layer != hit.layer) {
            // Nearly every name is set once.
            hits.reserve_exact(1);
            hits.push(hit);
        }
    }

    /// What `NAME_FILE` sets is also a place for `NAME`, behind `NAME` of the same layer: for declared names, unless `NAME_FILE` is
    /// itself a declared one.
    fn link_files(&mut self) {
        for at in 0..self.slots.len() {
            let Some(stem) = self.stem(&self.slots[at]) else { continue };
            let files: Vec<Hit<'a>> = self.slots[at].hits.iter().map(|hit| Hit { names_file: true, ..*hit }).collect();
            let hits = &mut self.slots[stem].hits;
            hits.extend(files);
            hits.sort_by_key(|hit| (hit.layer, hit.names_file));
        }
    }

    /// The slot of the declared name whose file an undeclared one names.
    fn stem(&self, slot: &Slot<'_>) -> Option<usize> {
        let stem = slot.name.strip_suffix("_FILE").filter(|_| slot.owner.is_none())?;
        self.by_name.get(stem).copied().filter(|stem| self.slots[*stem].owner.is_some())
    }

    fn find(&self, name: &str) -> Option<&Slot<'a>> {
        self.by_name.get(name).map(|slot| &self.slots[*slot])
    }

    /// Whether `name` is a name of a declared variable.
    pub(super) fn is_known(&self, name: &str) -> bool {
        self.owner(name).is_some()
    }

    /// The variable whose canonical name is `name`.
    pub(super) fn declared(&self, name: &str) -> Option<usize> {
        self.find(name).filter(|slot| slot.is_canonical)?.owner
    }

    /// The variable that `name` is a name of.
    pub(super) fn owner(&self, name: &str) -> Option<usize> {
        self.find(name)?.owner
    }

    /// What sets `name`, the layer that wins first.
    pub(super) fn hits(&self, name: &str) -> &[Hit<'a>] {
        self.find(name).map_or(&[], |slot| &slot.hits)
    }

    /// The same of the canonical name of the variable at `at`.
    pub(super) fn hits_of(&self, at: usize) -> &[Hit<'a>] {
        &self.slots[self.canonical[at]].hits
    }

    /// What sets `name` first of all, and `name` as it stands there.
    pub(super) fn first(&self, name: &str) -> Option<(&'a str, Hit<'a>)> {
        let slot = self.find(name)?;
        Some((slot.name, *slot.hits.first()?))
    }

    /// The names that are set and are no variable's canonical one, each with what sets it first.
    pub(super) fn undeclared(&self) -> impl Iterator<Item = (&'a str, Hit<'a>)> {
        let slots = self.slots.iter().filter(|slot| !slot.is_canonical);
        slots.filter_map(|slot| Some((slot.name, *slot.hits.first()?)))
    }

    /// The names that are set and say nothing to the schema: neither declared nor the name of a declared one's file.
    pub(super) fn unknown(&self) -> impl Iterator<Item = &'a str> {
        let unknown = |slot: &&Slot<'_>| slot.owner.is_none() && !slot.hits.is_empty() && self.stem(slot).is_none();
        self.slots.iter().filter(unknown).map(|slot| slot.name)
    }

    pub(super) fn place(&self, hit: &Hit<'_>) -> Place {
        match (hit.layer, hit.text) {
            (FLAGS, _) => Place::Flag,
            (layer, HitText::Template(_, line)) => {
                Place::Dotenv { path: self.sources.files[layer - FILES].path.clone(), line }
            }
            _ => Place::Process,
        }
    }
}
