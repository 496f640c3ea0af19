//! Secrets as fields.

use bootproof_core::Secret;
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use std::{fmt, ops::Deref};

/// Reads a `Secret` field: `#[serde(deserialize_with = "bootproof_env::secret")]`. The text is copied once, into memory that is wiped.
///
/// # Errors
/// When the deserializer has no text there.
pub fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Secret, D::Error> {
    deserializer.deserialize_string(SecretVisitor)
}

/// A [`Secret`] as a field: also in an `Option` or a `Vec`. Prints as `***`, is wiped when dropped, and cannot be serialized.
///
/// ```
/// #[derive(serde::Deserialize)]
/// struct Config { api_key: bootproof_env::SecretText, old_key: Option<bootproof_env::SecretText> }
/// let vars = bootproof_core::Vars::from_pairs("process", [("API_KEY", "hunter2")]);
/// let config: Config = bootproof_env::fill(&vars)?;
/// assert_eq!((config.api_key.reveal(), config.old_key), ("hunter2", None));
/// # Ok::<(), bootproof_env::FillErrors>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SecretText(pub Secret);

impl Deref for SecretText {
    type Target = Secret;

    fn deref(&self) -> &Secret {
        &self.0
    }
}

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        secret(deserializer).map(Self)
    }
}

struct SecretVisitor;

impl Visitor<'_> for SecretVisitor {
    type Value = Secret;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a secret")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Secret, E> {
        Ok(Secret::new(text))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Secret, E> {
        Ok(Secret::new(text))
    }
}
