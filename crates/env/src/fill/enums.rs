//! An enum, from the name of one of its variants.

use super::stop::Stop;
use serde::de::{DeserializeSeed, EnumAccess, Error, VariantAccess, Visitor, value::StrDeserializer};

/// A word that names a variant, and holds nothing else.
pub(super) struct Word<'a>(pub(super) StrDeserializer<'a, Stop>);

/// A variant without content.
pub(super) struct Plain;

impl<'de> EnumAccess<'de> for Word<'_> {
    type Error = Stop;
    type Variant = Plain;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Plain), Stop> {
        Ok((seed.deserialize(self.0)?, Plain))
    }
}

fn has_content<T>() -> Result<T, Stop> {
    Err(Error::custom("a word cannot hold what this variant holds"))
}

impl<'de> VariantAccess<'de> for Plain {
    type Error = Stop;

    fn unit_variant(self) -> Result<(), Stop> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, _: T) -> Result<T::Value, Stop> {
        has_content()
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Stop> {
        has_content()
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], _: V) -> Result<V::Value, Stop> {
        has_content()
    }
}
