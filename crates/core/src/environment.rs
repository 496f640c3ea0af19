//! The four environments, and how the one in force is found.

use crate::spell::nearest;
use std::{fmt, str::FromStr};

/// Where the service runs. There is no fifth, and none is ever guessed to be production.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Environment {
    /// A developer's machine.
    Development,
    /// Automated tests.
    Test,
    /// Deployed, before production.
    Staging,
    /// Deployed, for users.
    Production,
}

impl Environment {
    /// All four, mildest first.
    pub const ALL: [Self; 4] = [Self::Development, Self::Test, Self::Staging, Self::Production];

    /// The word used in files, flags and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Test => "test",
            Self::Staging => "staging",
            Self::Production => "production",
        }
    }

    /// Whether others than its developer depend on it: staging and production.
    pub fn is_deployed(self) -> bool {
        matches!(self, Self::Staging | Self::Production)
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Environment {
    type Err = EnvironmentError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|e| e.as_str() == text).ok_or_else(|| EnvironmentError::Unknown {
            value: text.to_owned(),
            nearest: nearest(text, Self::ALL.map(Self::as_str)),
        })
    }
}

/// Why no environment could be chosen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnvironmentError {
    /// The value is none of the four.
    #[error("`{value}` is not an environment{}; the four are `development`, `test`, `staging` and `production`",
        nearest.map(|n| format!(": did you mean `{n}`?")).unwrap_or_default())]
    Unknown {
        /// What was given.
        value: String,
        /// The nearest of the four, when one is near.
        nearest: Option<&'static str>,
    },
    /// Nothing was given, on a machine where guessing would be dangerous.
    #[error(
        "no environment is set, and this is {deployed_on}; set ENVIRONMENT to `development`, `test`, `staging` or `production`"
    )]
    Unset {
        /// What says that this is not a bare machine, such as "a container (`/.dockerenv` exists)".
        deployed_on: String,
    },
}

/// What was seen of the machine, by the caller.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Host {
    /// What says that this is a container, Kubernetes or a cloud runtime; `None` on a bare machine.
    pub deployed_on: Option<String>,
}

/// The environment in force, and who chose it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChosenEnvironment {
    /// The environment.
    pub name: Environment,
    /// `--env`, `ENVIRONMENT`, or `default` on a bare machine.
    pub source: String,
}

impl ChosenEnvironment {
    /// Chooses: `flag`, else `variable`, else development, but only on a bare machine.
    ///
    /// # Errors
    /// An unknown value (a blank one too), or none at all inside a container, Kubernetes or a cloud runtime.
    pub fn choose(flag: Option<&str>, variable: Option<&str>, host: &Host) -> Result<Self, EnvironmentError> {
        match (flag, variable, &host.deployed_on) {
            (Some(text), _, _) => Ok(Self { name: text.parse()?, source: "--env".into() }),
            (None, Some(text), _) => Ok(Self { name: text.parse()?, source: "ENVIRONMENT".into() }),
            (None, None, Some(deployed_on)) => Err(EnvironmentError::Unset { deployed_on: deployed_on.clone() }),
            (None, None, None) => Ok(Self { name: Environment::Development, source: "default".into() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn container() -> Host {
        Host { deployed_on: Some("a container".into()) }
    }

    #[test]
    fn the_flag_wins_over_the_variable() {
        let chosen = ChosenEnvironment::choose(Some("staging"), Some("production"), &container()).unwrap();
        assert_eq!((chosen.name, chosen.source.as_str()), (Environment::Staging, "--env"));
    }

    #[test]
    fn unset_means_development_on_a_bare_machine_and_an_error_in_a_container() {
        assert_eq!(ChosenEnvironment::choose(None, None, &Host::default()).unwrap().name, Environment::Development);
        let error = ChosenEnvironment::choose(None, None, &container()).unwrap_err();
        assert!(error.to_string().contains("a container"), "{error}");
    }

    #[test]
    fn a_typo_is_an_error_that_names_the_four_and_the_nearest() {
        let error = ChosenEnvironment::choose(None, Some("prodution"), &Host::default()).unwrap_err().to_string();
        assert!(
            error.contains("did you mean `production`") && error.contains("`development`, `test`, `staging`"),
            "{error}"
        );
    }
}
