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
    /// What sets a name, the layer that wins first.
    hits: HashMap<&'a str, Vec<Hit<'a>>>,
    /// The declared variables by canonical name.
    declared: HashMap<&'a str, usize>,
    /// Older names.
    aliases: HashMap<&'a str, usize>,
}

impl<'a> Index<'a> {
    pub(super) fn of(schema: &'a Schema, sources: &'a Sources<'a>) -> Self {
        let mut declared = HashMap::with_capacity(schema.variables.len());
        let mut aliases = HashMap::new();
        for (at, variable) in schema.variables.iter().enumerate() {
            declared.entry(variable.name.as_str()).or_insert(at);
            aliases.extend(variable.aliases.iter().map(|alias| (alias.name.as_str(), at)));
        }
        let mut index = Self { sources, hits: HashMap::with_capacity(declared.len()), declared, aliases };
        for (layer, vars) in [(FLAGS, sources.flags), (PROCESS, sources.process)] {
            for (name, value) in vars.iter() {
                index.add(name, Hit { layer, text: HitText::Plain(&value.text), names_file: false });
            }
        }
        for (at, file) in sources.files.iter().enumerate() {
            let Ok(content) = &file.content else { continue };
            // The last assignment of a file wins.
            for set in content.assignments.iter().rev() {
                let text = HitText::Template(&set.template, set.line);
                index.add(&set.name, Hit { layer: FILES + at, text, names_file: false });
            }
        }
        index.link_files();
        index
    }

    fn add(&mut self, name: &'a str, hit: Hit<'a>) {
        // Nearly every name is set once.
        let hits = self.hits.entry(name).or_insert_with(|| Vec::with_capacity(1));
        if hits.last().is_none_or(|last| last.layer != hit.layer) {
            hits.push(hit);
        }
    }

    /// What `NAME_FILE` sets is also a place for `NAME`, behind `NAME` of the same layer: for declared names, unless `NAME_FILE` is
    /// itself a declared one.
    fn link_files(&mut self) {
        let links = self.hits.iter().filter_map(|(name, hits)| {
            let stem = name.strip_suffix("_FILE").filter(|stem| self.is_known(stem) && !self.is_known(name))?;
            let files = hits.iter().map(|hit| Hit { names_file: true, ..*hit });
            Some((stem, files.collect::<Vec<_>>()))
        });
        for (stem, files) in links.collect::<Vec<_>>() {
            let hits = self.hits.entry(stem).or_default();
            hits.extend(files);
            hits.sort_by_key(|hit| (hit.layer, hit.names_file));
        }
    }

    /// Whether `name` is a name of a declared variable.
    pub(super) fn is_known(&self, name: &str) -> bool {
        self.declared.contains_key(name) || self.aliases.contains_key(name)
    }

    /// The variable whose canonical name is `name`.
    pub(super) fn declared(&self, name: &str) -> Option<usize> {
        self.declared.get(name).copied()
    }

    /// The variable that `name` is a name of.
    pub(super) fn owner(&self, name: &str) -> Option<usize> {
        self.declared(name).or_else(|| self.aliases.get(name).copied())
    }

    /// What sets `name`, the layer that wins first.
    pub(super) fn hits(&self, name: &str) -> &[Hit<'a>] {
        self.hits.get(name).map_or(&[], Vec::as_slice)
    }

    /// What sets `name` first of all, and `name` as it stands there.
    pub(super) fn first(&self, name: &str) -> Option<(&'a str, Hit<'a>)> {
        let (name, hits) = self.hits.get_key_value(name)?;
        Some((name, *hits.first()?))
    }

    /// Every name that is set, declared or not, in no order.
    pub(super) fn names(&self) -> impl Iterator<Item = &'a str> {
        self.hits.keys().copied()
    }

    /// Whether `name` is there only to name the file of a declared variable.
    pub(super) fn names_file(&self, name: &str) -> bool {
        name.strip_suffix("_FILE").is_some_and(|stem| self.is_known(stem) && !self.is_known(name))
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
