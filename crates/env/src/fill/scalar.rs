//! One value of a simple type, read from its text. The same rules as a schema's types have.

use crate::{duration, read};
use std::{ops::RangeInclusive, str::FromStr, time::Duration};

/// What a text must be, and how it is read.
pub(super) struct Scalar<T> {
    pub(super) expected: String,
    pub(super) read: fn(&str) -> Option<T>,
}

/// A whole number of a type.
pub(super) fn whole<T: FromStr + std::fmt::Display>(range: &RangeInclusive<T>) -> Scalar<T> {
    let expected = format!("a whole number from {} to {}", range.start(), range.end());
    Scalar { expected, read: read_whole }
}

fn read_whole<T: FromStr>(text: &str) -> Option<T> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    digits.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// A decimal number, and neither infinite nor none.
pub(super) fn decimal() -> Scalar<f64> {
    Scalar { expected: "a number".into(), read: |text| text.parse().ok().filter(|number: &f64| number.is_finite()) }
}

/// A decimal number that 32 bits can hold.
pub(super) fn short_decimal() -> Scalar<f64> {
    let read = |text: &str| text.parse::<f32>().ok().filter(|number| number.is_finite()).and(text.parse().ok());
    Scalar { expected: "a number".into(), read }
}

/// One of eight words, in upper or lower case.
pub(super) fn boolean() -> Scalar<bool> {
    Scalar { expected: read::BOOL.into(), read: read::bool_of }
}

/// One character.
pub(super) fn character() -> Scalar<char> {
    let read = |text: &str| {
        let mut chars = text.chars();
        chars.next().filter(|_| chars.next().is_none())
    };
    Scalar { expected: "a single character".into(), read }
}

/// A number and its unit.
pub(super) fn length_of_time() -> Scalar<Duration> {
    Scalar { expected: read::DURATION.into(), read: duration }
}
