//! A list: items separated by commas, without the white space around them.

use super::{
    error::Fault,
    pass::Pass,
    place::{Place, State},
    stop::Stop,
    value::{Given, ValueDeserializer},
};
use serde::de::{DeserializeSeed, SeqAccess};

/// The items of a list, one by one.
pub(super) struct Items<'p, 'v> {
    pass: &'p Pass<'v>,
    place: Place,
    given: std::vec::IntoIter<Given<'v>>,
    next: usize,
}

impl<'p, 'v> Items<'p, 'v> {
    /// Splits the text of a list, which must have `length` items if that is given.
    pub(super) fn of(list: ValueDeserializer<'p, 'v>, length: Option<usize>) -> Result<Self, Stop> {
        let stand_ins = |nth| vec![Given::Dummy(nth); length.unwrap_or(nth)];
        let given = match list.given {
            Given::Dummy(nth) => stand_ins(nth),
            Given::Nothing => {
                list.pass.nothing(&list.place)?;
                stand_ins(0)
            }
            Given::Text(text, value) => {
                let items: Vec<_> = text.split(',').map(str::trim).collect();
                match fault(text, &items, length) {
                    None => items.into_iter().map(|item| Given::Text(item, value)).collect(),
                    Some(fault) => {
                        list.pass.note(&list.place, None, fault);
                        stand_ins(0)
                    }
                }
            }
        };
        Ok(Self { pass: list.pass, place: list.place, given: given.into_iter(), next: 0 })
    }
}

impl<'v> Items<'_, 'v> {
    /// The next item, without those for which nothing can stand in: the list is wrong as it is, and the others are looked at.
    fn next_item(&mut self) -> Option<(Place, Given<'v>)> {
        loop {
            let given = self.given.next()?;
            let place = self.place.item(self.next);
            self.next += 1;
            match self.pass.state(&place) {
                State::Unbuildable => {}
                State::Dummy(nth) => return Some((place, Given::Dummy(nth))),
                _ => return Some((place, given)),
            }
        }
    }
}

fn fault(text: &str, items: &[&str], length: Option<usize>) -> Option<Fault> {
    if text.trim().is_empty() {
        return Some(Fault::Blank);
    }
    let wrong_length = length.filter(|length| *length != items.len());
    let of = length.map(|length| format!(" of {length}")).unwrap_or_default();
    let expected = format!("a list{of} (items separated by commas, none of them empty)");
    (wrong_length.is_some() || items.iter().any(|item| item.is_empty())).then_some(Fault::Wrong { expected })
}

impl<'de> SeqAccess<'de> for Items<'_, '_> {
    type Error = Stop;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Stop> {
        let Some((place, given)) = self.next_item() else { return Ok(None) };
        match seed.deserialize(ValueDeserializer { pass: self.pass, place: place.clone(), given }) {
            Ok(item) => Ok(Some(item)),
            Err(Stop::Again) => Err(Stop::Again),
            // Of a list that is a stand-in itself, the list is asked for another one.
            Err(stop) if matches!(given, Given::Dummy(_)) && self.pass.state(&place) == State::Unknown => Err(stop),
            Err(stop) => {
                self.pass.refused(&place, stop);
                Err(Stop::Again)
            }
        }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.given.len())
    }
}
