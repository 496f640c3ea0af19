//! A set of environments: where something is required.

use bootproof_core::Environment;
use std::fmt;

/// Some, all or none of the four environments.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Environments(u8);

impl Environments {
    /// None of them.
    pub const NONE: Self = Self(0);
    /// All four.
    pub const ALL: Self = Self(0b1111);

    /// All four when `all`, else none.
    pub fn all_when(all: bool) -> Self {
        if all { Self::ALL } else { Self::NONE }
    }

    /// Whether `environment` is one of them.
    pub fn contains(self, environment: Environment) -> bool {
        self.0 & bit(environment) != 0
    }

    /// Those of the set, mildest first.
    pub fn iter(self) -> impl Iterator<Item = Environment> {
        Environment::ALL.into_iter().filter(move |e| self.contains(*e))
    }
}

fn bit(environment: Environment) -> u8 {
    match environment {
        Environment::Development => 1,
        Environment::Test => 2,
        Environment::Staging => 4,
        Environment::Production => 8,
    }
}

impl FromIterator<Environment> for Environments {
    fn from_iter<I: IntoIterator<Item = Environment>>(environments: I) -> Self {
        Self(environments.into_iter().fold(0, |bits, e| bits | bit(e)))
    }
}

impl fmt::Debug for Environments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_was_put_in_and_nothing_else() {
        let deployed: Environments = Environment::ALL.into_iter().filter(|e| e.is_deployed()).collect();
        for environment in Environment::ALL {
            assert_eq!(deployed.contains(environment), environment.is_deployed());
            assert!(Environments::ALL.contains(environment) && !Environments::NONE.contains(environment));
        }
        assert_eq!(format!("{deployed:?}"), "{Staging, Production}");
    }
}
