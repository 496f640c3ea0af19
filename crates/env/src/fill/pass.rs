//! What is known about each field, from one visit of the struct to the next.
//!
//! Each place goes through its states in their order only, so that the visits come to an end.

use super::{
    dummy,
    error::{Fault, FillError, FillErrors, Refusal},
    reason,
    stop::Stop,
    value::ValueDeserializer,
};
use bootproof_core::{Value, Vars, nearest};
use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
};

/// A field, by the names that lead to it, or an item of a list in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) names: Vec<String>,
    pub(super) items: Vec<usize>,
}

impl Place {
    pub(super) fn field(&self, name: &str) -> Self {
        Self { names: self.names.iter().cloned().chain([name.to_owned()]).collect(), items: vec![] }
    }

    pub(super) fn item(&self, at: usize) -> Self {
        Self { names: self.names.clone(), items: self.items.iter().copied().chain([at]).collect() }
    }

    /// Whether this is `other` or a part of it.
    fn is_within(&self, other: &Self) -> bool {
        self.names.starts_with(&other.names)
            && (self.names.len() > other.names.len() || self.items.starts_with(&other.items))
    }

    /// The names a variable may have: as the field is written, and in upper case.
    fn variables(&self) -> [String; 2] {
        let exact = self.names.join("_");
        let upper = exact.chars().map(|c| if c.is_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect();
        [exact, upper]
    }
}

/// What is known about a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum State {
    /// Nothing yet: offered when a variable says so.
    Unknown,
    /// There is no value for what was asked: not offered, so that a default or `None` is taken.
    Withheld,
    /// Neither of these: offered, and missing if a value is asked.
    Needed,
    /// Wrong, which is noted: the nth stand-in is offered.
    Dummy(usize),
    /// Wrong, and no stand-in is taken: what holds it cannot be built.
    Unbuildable,
}

/// What the visits have found so far.
pub(super) struct Pass<'v> {
    vars: &'v Vars,
    /// All names, in order.
    names: Vec<&'v str>,
    states: RefCell<BTreeMap<Place, State>>,
    errors: RefCell<Vec<(Place, FillError)>>,
    structs: RefCell<BTreeSet<Place>>,
    early: RefCell<BTreeSet<Place>>,
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

    /// What stands at `place` was refused: it is noted once, and the next visit offers another stand-in.
    pub(super) fn refused(&self, place: &Place, stop: Stop) {
        let is_struct = place.names.is_empty() || self.structs.borrow().contains(place);
        if !self.is_noted(place) {
            self.note_refusal(place, stop, is_struct);
        }
        let next = match self.state(place) {
            _ if is_struct => State::Unbuildable,
            State::Dummy(nth) if nth + 1 < dummy::MOST => State::Dummy(nth + 1),
            State::Dummy(_) | State::Unbuildable => State::Unbuildable,
            _ => State::Dummy(0),
        };
        self.advance(place, next);
    }

    fn note_refusal(&self, place: &Place, stop: Stop, is_struct: bool) {
        let value = self.variable(place).map(|(_, value)| value);
        if let (Stop::NotAmong(allowed), Some(value)) = (&stop, value) {
            let near = || nearest(value.text.reveal().trim(), allowed.iter().copied()).map(str::to_owned);
            let nearest = value.shown.then(near).flatten();
            let allowed = allowed.iter().map(|word| (*word).to_owned()).collect();
            let text = value.shown.then(|| value.text.reveal()).filter(|_| place.items.is_empty());
            return self.note(place, text, Fault::NotAmong { allowed, nearest });
        }
        let below = self.vars.iter().filter(|(name, _)| is_struct && self.belongs(name, place)).map(|(_, value)| value);
        let hidden = value.into_iter().chain(below).filter(|value| !value.shown);
        self.note(place, None, Fault::Refused(Refusal(reason::told(stop.reason().reveal(), hidden))));
    }

    fn belongs(&self, name: &str, place: &Place) -> bool {
        place.names.is_empty() || place.variables().iter().any(|prefix| name.starts_with(prefix.as_str()))
    }

    /// Whether something is noted about a place or a part of it.
    pub(super) fn is_noted(&self, place: &Place) -> bool {
        self.errors.borrow().iter().any(|(noted, _)| noted.is_within(place))
    }

    /// Notes what is wrong at a place, unless it is noted already. `value` is told, so it must be fit for it.
    pub(super) fn note(&self, place: &Place, value: Option<&str>, fault: Fault) {
        if self.errors.borrow().iter().any(|(noted, _)| noted == place) {
            return;
        }
        let error = FillError {
            variable: self.name(place),
            item: place.items.first().map(|at| at + 1),
            from: self.variable(place).map(|(_, value)| value.source.clone()),
            value: value.map(|text| text.chars().take(40).collect::<String>().escape_debug().to_string()),
            fault,
        };
        self.errors.borrow_mut().push((place.clone(), error));
    }

    /// The name of a place's variable, as it is set or as it should be.
    fn name(&self, place: &Place) -> String {
        let [exact, upper] = place.variables();
        match self.variable(place) {
            Some((name, _)) => name.to_owned(),
            None if self.structs.borrow().contains(place) && !place.names.is_empty() => format!("{upper}_*"),
            None if place.names.is_empty() => "*".to_owned(),
            // A name that was given with capitals is meant as it is.
            None if exact.chars().any(char::is_uppercase) => exact,
            None => upper,
        }
    }
}

fn is_upper(text: &str) -> bool {
    !text.chars().any(char::is_lowercase)
}
