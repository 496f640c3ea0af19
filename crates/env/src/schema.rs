//! What a service declares about its variables.

use crate::Environments;
use bootproof_core::{Environment, Secret};
use std::collections::BTreeMap;

/// All variables a service declares, in the order in which problems are told.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Schema {
    /// The variables.
    pub variables: Vec<Variable>,
}

/// One declared variable.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    /// Its canonical name.
    pub name: String,
    /// What its text must be.
    pub kind: Type,
    /// Older names it may still be set under.
    pub aliases: Vec<String>,
    /// Where it must have a value. A default counts as one.
    pub required: Environments,
    /// What it is when nothing sets it.
    pub default: Defaults,
    /// Whether it must never be shown, whatever its type. [`Type::Secret`] is never shown either.
    pub secret: bool,
}

/// What a variable's text must be.
#[derive(Debug, Clone, PartialEq)]
pub enum Type {
    /// Any text that is not blank.
    String,
    /// Any text that is not blank, never shown.
    Secret,
    /// `true`, `false`, `1`, `0`, `yes`, `no`, `on`, `off`; upper and lower case alike.
    Bool,
    /// A whole number.
    Int {
        /// The least, if there is one.
        min: Option<i64>,
        /// The most, if there is one.
        max: Option<i64>,
    },
    /// A finite decimal number.
    Float,
    /// 0 to 65535; 0 lets the system choose.
    Port,
    /// A URL.
    Url {
        /// The schemes allowed. Empty: any, as long as `://` follows it.
        schemes: Vec<String>,
    },
    /// A host name or an IP address.
    Host,
    /// `host:port`, an IPv6 host in brackets.
    Address,
    /// A number and a unit: `500ms`, `60s`, `5m`.
    Duration,
    /// One of some words.
    Enum {
        /// The words.
        values: Vec<String>,
    },
    /// Items separated by commas.
    List,
}

/// What a variable is when nothing sets it: per environment, else for all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Defaults {
    /// In every environment that has none of its own.
    pub everywhere: Option<Secret>,
    /// In single environments.
    pub only: BTreeMap<Environment, Secret>,
}

impl Defaults {
    /// The default in `environment` and the source it is told under.
    pub fn of(&self, environment: Environment) -> Option<(&Secret, String)> {
        match self.only.get(&environment) {
            Some(text) => Some((text, format!("default.{environment}"))),
            None => self.everywhere.as_ref().map(|text| (text, "default".to_owned())),
        }
    }
}

impl Variable {
    /// A variable without aliases or defaults that is required nowhere.
    pub fn new(name: impl Into<String>, kind: Type) -> Self {
        Self {
            name: name.into(),
            kind,
            aliases: vec![],
            required: Environments::NONE,
            default: Defaults::default(),
            secret: false,
        }
    }

    /// Adds an older name.
    pub fn alias(mut self, alias: impl Into<String>) -> Self {
        self.aliases.push(alias.into());
        self
    }

    /// Sets where it must have a value.
    pub fn required(mut self, required: Environments) -> Self {
        self.required = required;
        self
    }

    /// Sets the default for all environments.
    pub fn default(mut self, text: impl Into<String>) -> Self {
        self.default.everywhere = Some(Secret::new(text));
        self
    }

    /// Sets the default for one environment.
    pub fn default_in(mut self, environment: Environment, text: impl Into<String>) -> Self {
        self.default.only.insert(environment, Secret::new(text));
        self
    }

    /// Never shows it.
    pub fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// Whether its value must never be shown: declared so, or named like a password.
    pub fn is_secret(&self) -> bool {
        self.secret || self.kind == Type::Secret || sounds_secret(&self.name)
    }
}

/// Whether the last word of a name is one that passwords go by: a forgotten `type = "secret"` must not print one.
fn sounds_secret(name: &str) -> bool {
    let last = name.rsplit('_').next().unwrap_or(name).to_ascii_uppercase();
    ["PASSWORD", "PASSWD", "PASS", "PWD", "SECRET", "TOKEN", "KEY", "CREDENTIALS", "DSN"].contains(&last.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_of_the_environment_wins_over_the_general_one() {
        let variable =
            Variable::new("A", Type::String).default("any").default_in(Environment::Development, "mine").default;
        assert_eq!(variable.of(Environment::Development).map(|(_, s)| s).as_deref(), Some("default.development"));
        assert_eq!(variable.of(Environment::Staging).map(|(_, s)| s).as_deref(), Some("default"));
        assert_eq!(variable.of(Environment::Staging).map(|(t, _)| t.reveal()), Some("any"));
    }

    #[test]
    fn a_password_that_was_not_declared_secret_is_still_one() {
        for (name, secret) in
            [("DB_PASSWORD", true), ("api_token", true), ("KEYBOARD", false), ("TOKEN_LIFETIME", false)]
        {
            assert_eq!(Variable::new(name, Type::String).is_secret(), secret, "{name}");
        }
    }
}
