//! What is wrong with a place, noted once.

use super::{
    dummy,
    error::{Fault, FillError, Refusal},
    pass::Pass,
    place::{Place, State},
    reason,
    stop::Stop,
};
use bootproof_core::nearest;

impl Pass<'_> {
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
    pub(super) fn name(&self, place: &Place) -> String {
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
