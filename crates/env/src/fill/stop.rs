//! Why visiting a value stopped.

use crate::problem::either;
use bootproof_core::{Secret, SecretBuilder};
use serde::de::{self, Expected, Unexpected};
use std::fmt::{self, Display, Write};

/// Why visiting stopped. Serde's own words about a value are kept as a secret: they may quote it.
#[derive(Debug)]
pub(super) enum Stop {
    /// Something was noted; the next pass goes further.
    Again,
    /// A struct misses this field.
    Missing(&'static str),
    /// A struct has this field under two names.
    Duplicate(&'static str),
    /// An enum has no such variant, only these.
    NotAmong(&'static [&'static str]),
    /// A type does not take the value, for this reason.
    Refused(Secret),
}

impl Stop {
    pub(super) fn too_deep() -> Self {
        Self::expected(&"a struct that is not nested endlessly")
    }

    fn expected(expected: &dyn Display) -> Self {
        <Self as de::Error>::custom(format_args!("expected {expected}"))
    }

    /// The reason, for whom it is not the field's name that matters.
    pub(super) fn reason(self) -> Secret {
        match self {
            Self::Again => Secret::default(),
            Self::Missing(field) => Secret::new(format!("it misses `{field}`")),
            Self::Duplicate(field) => Secret::new(format!("it has `{field}` twice")),
            Self::NotAmong(allowed) => Secret::new(format!("it must be {}", either(allowed))),
            Self::Refused(reason) => reason,
        }
    }
}

impl Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value is refused")
    }
}

impl std::error::Error for Stop {}

impl de::Error for Stop {
    fn custom<T: Display>(message: T) -> Self {
        let mut reason = SecretBuilder::with_capacity(256);
        // Writing into a builder cannot fail; a `Display` that fails leaves what it wrote.
        let _ = write!(reason, "{message}");
        Self::Refused(reason.finish())
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::expected(&expected)
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::expected(&expected)
    }

    fn invalid_length(length: usize, expected: &dyn Expected) -> Self {
        Self::expected(&format_args!("{expected}, not {length} items"))
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::NotAmong(expected)
    }

    fn unknown_field(_: &str, expected: &'static [&'static str]) -> Self {
        Self::expected(&either(expected))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::Missing(field)
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::Duplicate(field)
    }
}
