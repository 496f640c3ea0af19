//! The fields of a struct, or the entries of a map, for which there is something.

use super::{pass::Pass, place::Place, stop::Stop, value::ValueDeserializer};
use serde::de::{DeserializeSeed, MapAccess, value::StrDeserializer};

/// Keys, and the place of each.
pub(super) struct Fields<'p, 'v> {
    pass: &'p Pass<'v>,
    place: Place,
    keys: Vec<String>,
    next: usize,
}

impl<'p, 'v> Fields<'p, 'v> {
    /// Those of a struct's fields that have a variable, or are needed.
    pub(super) fn of(pass: &'p Pass<'v>, place: &Place, fields: &[&str]) -> Self {
        Self::new(pass, place, fields.iter().map(|field| (*field).to_owned()).collect())
    }

    /// All variables under a name, and what a flattened struct was found to need.
    pub(super) fn entries(pass: &'p Pass<'v>, place: &Place) -> Self {
        let mut keys = pass.keys(place);
        keys.extend(pass.needed(place));
        Self::new(pass, place, keys.into_iter().collect())
    }

    fn new(pass: &'p Pass<'v>, place: &Place, mut keys: Vec<String>) -> Self {
        keys.retain(|key| pass.offers(&place.field(key)));
        keys.sort_by_key(|key| !pass.is_early(&place.field(key)));
        Self { pass, place: place.clone(), keys, next: 0 }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The key that was given out last.
    pub(super) fn current(&self) -> &str {
        self.next.checked_sub(1).and_then(|at| self.keys.get(at)).map_or("", String::as_str)
    }
}

impl<'de> MapAccess<'de> for Fields<'_, '_> {
    type Error = Stop;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Stop> {
        let Some(key) = self.keys.get(self.next) else { return Ok(None) };
        self.next += 1;
        seed.deserialize(StrDeserializer::new(key)).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Stop> {
        let place = self.place.field(self.current());
        match seed.deserialize(ValueDeserializer::at(self.pass, place.clone())) {
            Err(Stop::Again) => Err(Stop::Again),
            Err(stop) => {
                self.pass.refused(&place, stop);
                Err(Stop::Again)
            }
            value => value,
        }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.keys.len() - self.next)
    }
}
