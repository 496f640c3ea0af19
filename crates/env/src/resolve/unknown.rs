//! Names that are set and not declared, and look like a mistake.

use super::{BEHIND_ALL, Resolver};
use crate::rules;

/// Shorter names are near to too many others.
const SHORTEST: usize = 4;

/// A declared name that nothing sets, prepared for comparing.
struct Wanted<'a> {
    name: &'a str,
    length: usize,
    letters: u64,
}

impl<'a> Resolver<'a> {
    /// A name that is nearly that of a declared variable which nobody set is probably a typo of it.
    pub(super) fn check_unknown(&mut self) {
        let wanted = self.wanted();
        let mut names: Vec<&str> = self.index.unknown().collect();
        names.sort_unstable();
        for name in names {
            let mark = name.strip_prefix('\u{feff}').filter(|name| self.index.is_known(name));
            if let Some(meant) = mark {
                let sentence = format!("the name `{meant}` begins with a byte order mark, so that nothing finds it");
                self.note(BEHIND_ALL, meant, rules::BYTE_ORDER_MARK, sentence, self.place_of(name));
            } else if let Some(meant) = nearest(name, &wanted) {
                let sentence = format!("`{name}` is set and not declared; is `{meant}` meant?");
                self.note(BEHIND_ALL, name, rules::TYPO, sentence, self.place_of(name));
            }
        }
    }

    fn place_of(&self, name: &str) -> Option<String> {
        self.index.hits(name).first().map(|hit| self.index.place(hit).to_string())
    }

    /// Declared names that nobody set.
    fn wanted(&self) -> Vec<Wanted<'a>> {
        let all = self.schema.variables.iter().zip(&self.states);
        let unset = all.filter(|(_, state)| state.set().is_none_or(|set| !set.source.place.is_set()));
        let long = unset.map(|(variable, _)| variable.name.as_str()).filter(|name| name.len() >= SHORTEST);
        long.map(|name| Wanted { name, length: name.len(), letters: letters(name) }).collect()
    }
}

/// The wanted name at most one slip from `name` (two from nine letters on): a letter added, left out, replaced, or two
/// swapped. Names that differ in digits only are two names.
fn nearest<'a>(name: &str, wanted: &[Wanted<'a>]) -> Option<&'a str> {
    if name.len() < SHORTEST {
        return None;
    }
    // Names of variables are case-sensitive, which is easily forgotten.
    if let Some(same) = wanted.iter().find(|wanted| wanted.name.eq_ignore_ascii_case(name)) {
        return Some(same.name);
    }
    let (own, most) = (letters(name), if name.len() < 9 { 1 } else { 2 });
    // Cheap tests first: names are compared letter by letter only when lengths and letters are near.
    let near = wanted
        .iter()
        .filter(|w| w.length.abs_diff(name.len()) <= most && (w.letters ^ own).count_ones() as usize <= 2 * most);
    let measured = near
        .filter(|w| !differ_in_digits_only(name, w.name))
        .map(|w| (strsim::damerau_levenshtein(name, w.name), w.name));
    measured.filter(|(distance, _)| *distance <= most).min().map(|(_, name)| name)
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
        let wanted: Vec<Wanted<'_>> = ["DATABASE_URL", "PORT", "HOST", "REDIS_URL"]
            .into_iter()
            .map(|name| Wanted { name, length: name.len(), letters: letters(name) })
            .collect();
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
            assert_eq!(nearest(name, &wanted), meant, "{name}");
        }
    }
}
