//! Where a value came from.

use bootproof_core::Environment;
use std::fmt;

/// Where a value came from. `Display` is what reports show: `process`, `.env:3`, `alias OLD, file /run/secrets/x`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The place.
    pub place: Place,
    /// The older name it was set under, if it was.
    pub alias: Option<String>,
}

/// A place for values. The first in this order wins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A flag of the command line.
    Flag,
    /// The environment of the process.
    Process,
    /// The file that a variable `NAME_FILE` names.
    SecretFile {
        /// The file.
        path: String,
        /// Where the variable that names it came from.
        named_by: Box<Place>,
    },
    /// A line of a .env file.
    Dotenv {
        /// The file, as it is told.
        path: String,
        /// The line on which the value begins, from 1.
        line: usize,
    },
    /// A default for one environment, or for all.
    Default(Option<Environment>),
    /// Put together from other variables.
    Parts(Vec<String>),
}

impl Place {
    /// Whether somebody set it: a default was set by nobody.
    pub fn is_set(&self) -> bool {
        !matches!(self, Self::Default(_))
    }

    /// Whether it was read from a .env file.
    pub fn is_dotenv(&self) -> bool {
        match self {
            Self::Dotenv { .. } => true,
            Self::SecretFile { named_by, .. } => named_by.is_dotenv(),
            _ => false,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => f.write_str("flag"),
            Self::Process => f.write_str("process"),
            Self::SecretFile { path, .. } => write!(f, "file {path}"),
            Self::Dotenv { path, line } => write!(f, "{path}:{line}"),
            Self::Default(None) => f.write_str("default"),
            Self::Default(Some(environment)) => write!(f, "default.{environment}"),
            Self::Parts(names) => write!(f, "parts {}", names.join(", ")),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.alias, &self.place) {
            (None, place) => write!(f, "{place}"),
            (Some(alias), Place::Process) => write!(f, "alias {alias}"),
            (Some(alias), place) => write!(f, "alias {alias}, {place}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_told_so_that_it_can_be_found() {
        let dotenv = Place::Dotenv { path: ".env.local".into(), line: 3 };
        let file = Place::SecretFile { path: "/run/secrets/x".into(), named_by: Box::new(dotenv.clone()) };
        assert!(file.is_dotenv() && dotenv.is_dotenv() && !Place::Process.is_dotenv());
        let told = |place: Place, alias: Option<&str>| Source { place, alias: alias.map(str::to_owned) }.to_string();
        assert_eq!(told(dotenv.clone(), None), ".env.local:3");
        assert_eq!(told(dotenv, Some("OLD")), "alias OLD, .env.local:3");
        assert_eq!(told(Place::Process, Some("OLD")), "alias OLD");
        assert_eq!(told(file, None), "file /run/secrets/x");
        assert_eq!(told(Place::Default(Some(Environment::Test)), None), "default.test");
        assert_eq!(told(Place::Parts(vec!["A".into(), "B".into()]), None), "parts A, B");
        assert_eq!(told(Place::Flag, None), "flag");
    }
}
