//! Names that are set and not declared, and look like a mistake.

use super::{BEHIND_ALL, Resolver, State};
use crate::{Variable, rules};
use std::collections::HashMap;

/// Shorter names are near to too many others.
const SHORTEST: usize = 4;

/// Nobody types longer names, and comparing two takes time in proportion to the product of their lengths.
const LONGEST: usize = 80;

/// Names whose lengths and letters are compared in one resolution: a few milliseconds' worth.
const GLANCES: usize = 2_000_000;

/// Names that are compared letter by letter in one resolution: a few milliseconds' worth.
const MEASURES: usize = 20_000;

/// A declared name that nothing sets, prepared for comparing.
struct Wanted<'a> {
    name: &'a str,
    letters: u64,
}

/// The declared names that nothing sets, and how much comparing is left. Resolving takes time in proportion to what is set and
/// declared, so not all are compared with all: after [`GLANCES`] or [`MEASURES`], only those that differ in case are found.
struct Search<'a> {
    by_length: HashMap<usize, Vec<Wanted<'a>>>,
    /// By name in capitals.
    by_capitals: HashMap<String, &'a str>,
    glances: usize,
    measures: usize,
}

impl<'a> Resolver<'a> {
    /// A name that is nearly that of a declared variable which nobody set is probably a typo of it. With thousands of
    /// both, not all typos are found: see [`Search`].
    pub(super) fn check_unknown(&mut self) {
        let mut search = Search::of(self.wanted());
        let mut names: Vec<&str> = self.index.unknown().collect();
        names.sort_unstable();
        for name in names {
            let mark = name.strip_prefix('\u{feff}').filter(|name| self.index.is_known(name));
            if let Some(meant) = mark {
                let sentence = format!("the name `{meant}` begins with a byte order mark, so that nothing finds it");
                self.note(BEHIND_ALL, meant, rules::BYTE_ORDER_MARK, sentence, self.place_of(name));
            } else if let Some(meant) = search.nearest(name) {
                let sentence = format!("`{name}` is set and not declared; is `{meant}` meant?");
                self.note(BEHIND_ALL, name, rules::TYPO, sentence, self.place_of(name));
            }
        }
    }

    fn place_of(&self, name: &str) -> Option<String> {
        self.index.hits(name).first().map(|hit| self.index.place(hit).to_string())
    }

    /// Declared names that nobody set.
    fn wanted(&self) -> impl Iterator<Item = &'a str> {
        let unset = |(variable, state): &(&'a Variable, &State)| match state {
            State::Done(Some(set)) => !set.source.place.is_set(),
            // A default may have failed, or a value.
            State::Failed(_) => !self.is_set_somewhere(variable),
            State::Done(None) | State::Todo | State::Doing => true,
        };
        self.schema.variables.iter().zip(&self.states).filter(unset).map(|(variable, _)| variable.name.as_str())
    }

    fn is_set_somewhere(&self, variable: &Variable) -> bool {
        let mut names = variable.aliases.iter().map(|alias| &alias.name).chain([&variable.name]);
        names.any(|name| !self.index.hits(name).is_empty())
    }
}

impl<'a> Search<'a> {
    fn of(wanted: impl Iterator<Item = &'a str>) -> Self {
        let mut search =
            Self { by_length: HashMap::new(), by_capitals: HashMap::new(), glances: GLANCES, measures: MEASURES };
        for name in wanted.filter(|name| name.len() >= SHORTEST) {
            search.by_capitals.entry(name.to_ascii_uppercase()).or_insert(name);
            if name.len() <= LONGEST {
                search.by_length.entry(name.len()).or_default().push(Wanted { name, letters: letters(name) });
            }
        }
        search
    }

    /// The wanted name at most one slip from `name` (two from nine letters on): a letter added, left out, replaced, or two
    /// swapped. Names that differ in digits only are two names.
    fn nearest(&mut self, name: &str) -> Option<&'a str> {
        if name.len() < SHORTEST || self.by_capitals.is_empty() {
            return None;
        }
        // Names of variables are case-sensitive, which is easily forgotten.
        if let Some(same) = self.by_capitals.get(&name.to_ascii_uppercase()) {
            return Some(same);
        }
        if name.len() > LONGEST {
            return None;
        }
        self.measured(name, if name.len() < 9 { 1 } else { 2 })
    }

    fn measured(&mut self, name: &str, most: usize) -> Option<&'a str> {
        let own = letters(name);
        let mut best = None;
        for length in name.len() - most..=name.len() + most {
            let near = self.by_length.get(&length).map_or(&[][..], Vec::as_slice);
            for wanted in near {
                // A nearest name that is not the nearest of all would be a wrong hint: none is better.
                self.glances = self.glances.checked_sub(1)?;
                // Names are compared letter by letter only when their letters are near.
                if (wanted.letters ^ own).count_ones() as usize > 2 * most {
                    continue;
                }
                self.measures = self.measures.checked_sub(1)?;
                let distance = strsim::damerau_levenshtein(name, wanted.name);
                if distance <= most && !differ_in_digits_only(name, wanted.name) {
                    best = best.into_iter().chain([(distance, wanted.name)]).min();
                }
            }
        }
        best.map(|(_, name)| name)
    }
}

fn differ_in_digits_only(one: &str, other: &str) -> bool {
    let without = |text: &str| text.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
    one.bytes().chain(other.bytes()).any(|b| b.is_ascii_digit()) && without(one) == without(other)
}

/// One bit for each letter that occurs.
fn letters(name: &str) -> u64 {
    name.bytes().fold(0, |bits, byte| bits | 1 << (byte.to_ascii_uppercase() & 63))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_slips_are_typos() {
        let mut search = Search::of(["DATABASE_URL", "PORT", "HOST", "REDIS_URL"].into_iter());
        for (name, meant) in [
            ("DATABSE_URL", Some("DATABASE_URL")),
            ("DATABASE_UR", Some("DATABASE_URL")),
            ("DATABASE_ULR", Some("DATABASE_URL")),
            ("PROT", Some("PORT")),
            ("HOSTNAME", None),
            ("PORT1", None),
            ("PATH", None),
            ("HO", None),
            ("DATABASE_HOST", None),
            ("database_url", Some("DATABASE_URL")),
        ] {
            assert_eq!(search.nearest(name), meant, "{name}");
        }
    }

    #[test]
    fn thousands_of_similar_names_do_not_take_long() {
        let wanted: Vec<String> = (0..5000).map(|n| format!("SOME_SERVICE_{n:04}_URL")).collect();
        let mut search = Search::of(wanted.iter().map(String::as_str));
        let begun = std::time::Instant::now();
        let found = (0..5000).filter(|n| search.nearest(&format!("SOME_SERVICE_{n:04}_URK")).is_some()).count();
        assert!((1..5000).contains(&found), "{found}");
        assert!(search.measures == 0 || search.glances == 0);
        assert!(begun.elapsed().as_secs() < 10, "{:?}", begun.elapsed());
        assert_eq!(search.nearest("some_service_4999_url"), Some("SOME_SERVICE_4999_URL"), "case costs nothing");
    }

    #[test]
    fn very_long_names_are_not_measured() {
        let long = "A".repeat(LONGEST + 1);
        let mut search = Search::of([long.as_str()].into_iter());
        assert_eq!(search.nearest(&long[1..]), None);
        assert_eq!(search.nearest(&long.to_lowercase()), Some(long.as_str()));
        let longest = &long[1..];
        assert_eq!(Search::of([longest].into_iter()).nearest(&longest[1..]), Some(longest));
    }
}
