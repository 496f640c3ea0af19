//! What is known about each field, from one visit of the struct to the next.
//!
//! Each place goes through its states in their order only, so that the visits come to an end.

use super::{
    error::{Fault, FillError, FillErrors},
    place::{Place, State},
    stop::Stop,
    value::ValueDeserializer,
};
use bootproof_core::{Value, Vars};
use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
};

/// What the visits have found so far.
pub(super) struct Pass<'v> {
    pub(super) vars: &'v Vars,
    /// All names, in order.
    names: Vec<&'v str>,
    states: RefCell<BTreeMap<Place, State>>,
    pub(super) errors: RefCell<Vec<(Place, FillError)>>,
    pub(super) structs: RefCell<BTreeSet<Place>>,
    /// Fields that come before the others, so that their other names are found.
    early: RefCell<BTreeSet<Place>>,
    /// Whether this visit found something.
    changed: Cell<bool>,
}

impl<'v> Pass<'v> {
    pub(super) fn new(vars: &'v Vars) -> Self {
        let pass = Self {
            vars,
            names: vars.iter().map(|(name, _)| name).collect(),
            states: RefCell::default(),
            errors: RefCell::default(),
            structs: RefCell::default(),
            early: RefCell::default(),
            changed: Cell::new(false),
        };
        pass.states.borrow_mut().insert(Place::default(), State::Needed);
        pass
    }

    pub(super) fn root(&self) -> ValueDeserializer<'_, 'v> {
        ValueDeserializer::at(self, Place::default())
    }

    pub(super) fn state(&self, place: &Place) -> State {
        self.states.borrow().get(place).copied().unwrap_or(State::Unknown)
    }

    /// Whether something was found since this was last asked.
    pub(super) fn take_changed(&self) -> bool {
        self.changed.take()
    }

    pub(super) fn has_errors(&self) -> bool {
        !self.errors.borrow().is_empty()
    }

    pub(super) fn into_errors(self) -> FillErrors {
        FillErrors(self.errors.into_inner().into_iter().map(|(_, error)| error).collect())
    }

    /// The variable of a place, with its name.
    pub(super) fn variable(&self, place: &Place) -> Option<(&'v str, &'v Value)> {
        place.variables().iter().find_map(|name| {
            let at = self.names.binary_search(&name.as_str()).ok()?;
            Some((self.names[at], self.vars.value(name)?))
        })
    }

    /// The keys under a place, in the form that leads back to their variables.
    pub(super) fn keys(&self, place: &Place) -> BTreeSet<String> {
        let [exact, upper] = place.variables();
        let mut keys: BTreeSet<String> =
            self.under(&upper).filter(|rest| is_upper(rest)).map(str::to_lowercase).collect();
        keys.extend(self.under(&exact).filter(|rest| exact != upper || !is_upper(rest)).map(str::to_owned));
        keys
    }

    /// Whether a variable's name begins with the place's.
    pub(super) fn has_more(&self, place: &Place) -> bool {
        place.variables().iter().any(|prefix| self.under(prefix).next().is_some())
    }

    /// What follows `prefix_` in the names that begin so.
    fn under(&self, prefix: &str) -> impl Iterator<Item = &'v str> + use<'v, '_> {
        let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}_") };
        let from = self.names.partition_point(|name| *name < prefix.as_str());
        self.names[from..].iter().map_while(move |name| name.strip_prefix(&prefix)).filter(|rest| !rest.is_empty())
    }

    /// Whether a field is offered to its struct.
    pub(super) fn offers(&self, place: &Place) -> bool {
        match self.state(place) {
            State::Unknown => self.variable(place).is_some() || self.has_more(place),
            State::Withheld | State::Unbuildable => false,
            State::Needed | State::Dummy(_) => true,
        }
    }

    /// The fields of a struct at `place` that were found to be needed.
    pub(super) fn needed(&self, place: &Place) -> Vec<String> {
        let states = self.states.borrow();
        let children = states.iter().filter(|(child, _)| {
            child.items.is_empty() && child.names.len() == place.names.len() + 1 && child.is_within(place)
        });
        let needed = children.filter(|(_, state)| matches!(state, State::Needed | State::Dummy(_)));
        needed.filter_map(|(child, _)| child.names.last().cloned()).collect()
    }

    pub(super) fn advance(&self, place: &Place, state: State) {
        if self.state(place) < state {
            self.states.borrow_mut().insert(place.clone(), state);
            self.changed.set(true);
        }
    }

    /// Notes that a struct stands at `place`.
    pub(super) fn is_struct(&self, place: &Place) {
        self.structs.borrow_mut().insert(place.clone());
    }

    /// Whether `field` comes before the others, so that its other names are found.
    pub(super) fn is_early(&self, place: &Place) -> bool {
        self.early.borrow().contains(place)
    }

    /// Nothing is set for a simple value at `place`: the next visit tries without, or it is noted as missing.
    pub(super) fn nothing(&self, place: &Place) -> Result<(), Stop> {
        if place.names.is_empty() {
            return Err(serde::de::Error::custom("only a struct or a map can be filled"));
        }
        if self.state(place) < State::Needed {
            self.advance(place, State::Withheld);
            return Err(Stop::Again);
        }
        self.note(place, None, Fault::Missing);
        Ok(())
    }

    /// The struct at `place` misses `field`.
    pub(super) fn missing(&self, place: &Place, field: &str) {
        let child = place.field(field);
        if self.state(&child) < State::Needed {
            return self.advance(&child, State::Needed);
        }
        if !self.is_noted(&child) {
            self.note(&child, None, Fault::Missing);
        }
        self.advance(place, State::Unbuildable);
    }

    /// The struct at `place` has `field` twice, for the second time as `key`.
    pub(super) fn duplicate(&self, place: &Place, field: &str, key: &str) {
        let (canonical, other) = (place.field(field), place.field(key));
        if field == key {
            // Next time it comes first, and the second is the other name.
            if self.early.borrow_mut().insert(canonical) {
                self.changed.set(true);
            }
            return;
        }
        let text = |place| self.variable(place).map(|(_, value)| &value.text);
        if text(&canonical) != text(&other) {
            self.note(&other, None, Fault::Twice { other: self.name(&canonical) });
        }
        self.advance(&other, State::Unbuildable);
    }
}

fn is_upper(text: &str) -> bool {
    !text.chars().any(char::is_lowercase)
}
