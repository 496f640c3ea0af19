//! One place, as serde asks for it: by the type it wants.
//!
//! A text that is not of that type is noted, and a stand-in given, so that the struct's other fields are visited.

use super::{
    dummy,
    enums::Word,
    error::Fault,
    fields::Fields,
    items::Items,
    pass::Pass,
    place::{Place, State},
    scalar::{self, Scalar},
    stop::Stop,
};
use bootproof_core::Value;
use serde::de::{
    Deserializer, Error, Visitor,
    value::{SeqDeserializer, StrDeserializer},
};

/// Nested deeper, a struct holds itself.
const DEEPEST: usize = 32;

/// What there is at a place.
#[derive(Clone, Copy)]
pub(super) enum Given<'v> {
    /// A text: a variable's, or an item of it.
    Text(&'v str, &'v Value),
    /// No variable of this very name.
    Nothing,
    /// Something wrong, which is noted: the nth stand-in.
    Dummy(usize),
}

/// Deserializes what stands at one place.
pub(super) struct ValueDeserializer<'p, 'v> {
    pub(super) pass: &'p Pass<'v>,
    pub(super) place: Place,
    pub(super) given: Given<'v>,
}

impl<'p, 'v> ValueDeserializer<'p, 'v> {
    /// The value of a field.
    pub(super) fn at(pass: &'p Pass<'v>, place: Place) -> Self {
        let given = match (pass.state(&place), pass.variable(&place)) {
            (State::Dummy(nth), _) => Given::Dummy(nth),
            (_, Some((_, value))) => Given::Text(value.text.reveal(), value),
            (_, None) => Given::Nothing,
        };
        Self { pass, place, given }
    }

    /// Reads a simple value, or notes what is wrong with it and gives the stand-in.
    fn scalar<T>(&self, scalar: Scalar<T>, dummy: impl Fn(usize) -> T) -> Result<T, Stop> {
        let (text, value) = match self.given {
            Given::Text(text, value) => (text, value),
            Given::Dummy(nth) => return Ok(dummy(nth)),
            Given::Nothing => return self.pass.nothing(&self.place).map(|()| dummy(0)),
        };
        if let Some(read) = (scalar.read)(text) {
            return Ok(read);
        }
        let fault = match text.trim() {
            "" => Fault::Blank,
            trimmed if (scalar.read)(trimmed).is_some() => Fault::WhiteSpace,
            _ => Fault::Wrong { expected: scalar.expected },
        };
        let told = value.shown && matches!(fault, Fault::Wrong { .. });
        self.pass.note(&self.place, told.then_some(text), fault);
        Ok(dummy(0))
    }

    fn text(&self) -> Result<&'v str, Stop> {
        match self.given {
            Given::Text(text, _) => Ok(text),
            Given::Dummy(nth) => Ok(dummy::text(nth)),
            Given::Nothing => self.pass.nothing(&self.place).map(|()| dummy::text(0)),
        }
    }

    /// A struct whose fields are variables that begin with this place's name.
    fn nested<'de, V: Visitor<'de>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value, Stop> {
        if !self.place.items.is_empty() {
            return Err(Error::custom("a list of structs cannot be written in a variable"));
        }
        if self.place.names.len() > DEEPEST {
            return Err(Stop::too_deep());
        }
        self.pass.is_struct(&self.place);
        let mut fields = Fields::of(self.pass, &self.place, fields);
        if fields.is_empty() && self.pass.state(&self.place) < State::Needed {
            self.pass.advance(&self.place, State::Withheld);
            return Err(Stop::Again);
        }
        let built = visitor.visit_map(&mut fields);
        self.noted(built, fields.current())
    }

    fn entries<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        self.pass.is_struct(&self.place);
        let mut entries = Fields::entries(self.pass, &self.place);
        if entries.is_empty() && self.pass.state(&self.place) < State::Needed {
            self.pass.advance(&self.place, State::Withheld);
            return Err(Stop::Again);
        }
        let built = visitor.visit_map(&mut entries);
        self.noted(built, entries.current())
    }

    /// Notes which field a struct misses or has twice.
    fn noted<T>(&self, built: Result<T, Stop>, current: &str) -> Result<T, Stop> {
        match built {
            Err(Stop::Missing(field)) => self.pass.missing(&self.place, field),
            Err(Stop::Duplicate(field)) => self.pass.duplicate(&self.place, field, current),
            built => return built,
        }
        Err(Stop::Again)
    }

    fn list<'de, V: Visitor<'de>>(self, length: Option<usize>, visitor: V) -> Result<V::Value, Stop> {
        visitor.visit_seq(Items::of(self, length)?)
    }
}

/// Whole numbers: the hint, the type, and the visitor's method.
macro_rules! whole_numbers {
    ($($deserialize:ident $number:ty, $visit:ident;)*) => {$(
        fn $deserialize<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
            let scalar = scalar::whole(&(<$number>::MIN..=<$number>::MAX));
            // Stand-ins fit into the smallest type, `i8`, as there are less than 128 of them.
            let dummy = |nth| dummy::number(nth).try_into().unwrap_or_default();
            visitor.$visit(self.scalar(scalar, dummy)?)
        }
    )*};
}

impl<'de> Deserializer<'de> for ValueDeserializer<'_, '_> {
    type Error = Stop;

    whole_numbers! {
        deserialize_i8 i8, visit_i8;
        deserialize_i16 i16, visit_i16;
        deserialize_i32 i32, visit_i32;
        deserialize_i64 i64, visit_i64;
        deserialize_i128 i128, visit_i128;
        deserialize_u8 u8, visit_u8;
        deserialize_u16 u16, visit_u16;
        deserialize_u32 u32, visit_u32;
        deserialize_u64 u64, visit_u64;
        deserialize_u128 u128, visit_u128;
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        match self.given {
            Given::Nothing if self.place.names.is_empty() || self.pass.has_more(&self.place) => self.entries(visitor),
            // Whoever takes anything may want a number.
            Given::Dummy(nth) if nth + 1 == dummy::MOST => visitor.visit_u64(1),
            _ => visitor.visit_str(self.text()?),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        visitor.visit_bool(self.scalar(scalar::boolean(), |nth| nth % 2 == 1)?)
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        visitor.visit_f64(self.scalar(scalar::short_decimal(), |nth| f64::from(dummy::number(nth)))?)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        visitor.visit_f64(self.scalar(scalar::decimal(), |nth| f64::from(dummy::number(nth)))?)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        visitor.visit_char(self.scalar(scalar::character(), |nth| char::from(b'a' + dummy::number(nth)))?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        visitor.visit_str(self.text()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        visitor.visit_bytes(self.text()?.as_bytes())
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        match self.given {
            Given::Text(..) => visitor.visit_some(self),
            Given::Nothing if self.pass.has_more(&self.place) => visitor.visit_some(self),
            Given::Nothing | Given::Dummy(_) => visitor.visit_none(),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Stop> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Stop> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        self.list(None, visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Stop> {
        self.list(Some(length), visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Stop> {
        self.list(Some(length), visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        self.entries(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Stop> {
        if name == "Duration" && fields == ["secs", "nanos"] {
            let length = self.scalar(scalar::length_of_time(), |nth| std::time::Duration::from_secs(nth as u64))?;
            return visitor
                .visit_seq(SeqDeserializer::new([length.as_secs(), length.subsec_nanos().into()].into_iter()));
        }
        self.nested(fields, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Stop> {
        let word = match self.given {
            Given::Text(text, _) => text,
            Given::Nothing => {
                self.pass.nothing(&self.place)?;
                variants.first().copied().unwrap_or_default()
            }
            Given::Dummy(nth) => variants.get(nth % variants.len().max(1)).copied().unwrap_or_default(),
        };
        visitor.visit_enum(Word(StrDeserializer::new(word)))
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        self.deserialize_str(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        visitor.visit_unit()
    }
}
