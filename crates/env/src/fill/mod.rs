//! Fills a program's own struct from variables, and says everything that is wrong with them at once.
//!
//! Read [`fill`] first. Serde stops at the first error; so a wrong value is noted and replaced by a stand-in, and the struct is
//! visited again until nothing new is found ([`pass`]). Nothing that holds a stand-in is ever returned: each one is there because
//! an error was noted.

mod dummy;
mod enums;
mod error;
mod fields;
mod items;
mod notes;
mod pass;
mod place;
mod reason;
mod scalar;
mod secret;
mod stop;
mod value;

pub use error::{Fault, FillError, FillErrors, Refusal};
pub use secret::{SecretText, secret};

use bootproof_core::Vars;
use pass::Pass;
use place::{Place, State};
use serde::de::DeserializeOwned;
use stop::Stop;

/// Visits of the struct before giving up. Each finds at least one thing that the one before did not; a struct that needs more
/// has thousands of fields, or holds itself.
const MOST_PASSES: usize = 10_000;

/// Fills a struct that derives `Deserialize` from `vars`, with every error collected. Reads nothing but `vars`.
///
/// - Field `database_url` is read from `database_url`, else from `DATABASE_URL`; `#[serde(rename)]` and `alias` likewise. Two names of
///   one field may both be set only to the same text.
/// - A nested struct's fields are read with its name before theirs: `redis: Redis { url }` from `REDIS_URL`. An `Option` of one is
///   `None` when none of its variables is set.
/// - `Option`, `#[serde(default)]`, newtypes, plain enums (by their names), `Vec`s, tuples and sets (items separated by commas),
///   `Duration` (as [`duration`](crate::duration) reads it), and whatever reads itself from text (`IpAddr`, `Url`, `PathBuf`) work.
///   A bool is one of eight words, a number has nothing around it.
/// - A `HashMap<String, _>` takes all variables that begin with its name, with the rest in lower case as keys.
/// - For a secret use [`SecretText`], or `#[serde(deserialize_with = "bootproof_env::secret")]` on a `Secret`.
/// - `deny_unknown_fields` changes nothing: a process has many variables that are not this struct's.
/// - `#[serde(flatten)]` and tagged or untagged enums make serde buffer all values as text: strings work there, numbers and bools
///   do not, an optional nested struct beside a flattened one is not seen, and the buffer is not wiped. Prefer nested structs.
///
/// A type's own `Deserialize` may be run several times, and sees stand-ins after an error: it must not panic on odd text.
///
/// ```
/// use bootproof_core::Vars;
///
/// #[derive(serde::Deserialize, Debug)]
/// struct Config { port: u16, database_url: url::Url, redis: Option<Redis>, timeout: std::time::Duration }
/// #[derive(serde::Deserialize, Debug)]
/// struct Redis { url: url::Url }
///
/// let vars = Vars::from_pairs("process", [("PORT", "80a"), ("DATABASE_URL", "postgres://db/app"), ("REDIS_URL", "redis")]);
/// let errors = bootproof_env::fill::<Config>(&vars).unwrap_err();
/// assert_eq!(errors.to_string(), "3 variables cannot be used
///   `PORT` is not a whole number from 0 to 65535
///   `REDIS_URL` is refused by its type: relative URL without a base: \"***\"
///   `TIMEOUT` is not set");
/// ```
///
/// # Errors
/// Everything that is wrong, each with the variable's name. A value is told only when it may be shown and is of a kind in which
/// nobody writes a secret. When no value at all can stand in for a wrong one of a type with rules of its own, fields that are
/// missing further down in the same struct are told the next time only.
pub fn fill<T: DeserializeOwned>(vars: &Vars) -> Result<T, FillErrors> {
    let pass = Pass::new(vars);
    for _ in 0..MOST_PASSES {
        let filled = T::deserialize(pass.root());
        if pass.take_changed() && pass.state(&Place::default()) != State::Unbuildable {
            continue;
        }
        return match filled {
            Ok(filled) if !pass.has_errors() => Ok(filled),
            Ok(_) | Err(Stop::Again) => Err(pass.into_errors()),
            Err(stop) => {
                pass.refused(&Place::default(), stop);
                Err(pass.into_errors())
            }
        };
    }
    pass.refused(&Place::default(), Stop::too_deep());
    Err(pass.into_errors())
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;

#[cfg(test)]
#[path = "count_tests.rs"]
mod count_tests;
