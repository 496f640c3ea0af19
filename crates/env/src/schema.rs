//! What a service declares about its variables.

use crate::{Alias, Condition, Connection, Environments, Pattern, Rule, Severity, Type, rules};
use bootproof_core::{Environment, Secret};
use std::collections::BTreeMap;

/// All variables a service declares, in the order in which problems are told, and what holds for several of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Schema {
    /// The variables.
    pub variables: Vec<Variable>,
    /// How many of some variables are set together.
    pub together: Vec<Together>,
    /// Conditions over several variables.
    pub conditions: Vec<Demand>,
    /// URLs with their parts.
    pub connections: Vec<Connection>,
    /// Where `.env` files are read. Development and test unless declared otherwise.
    pub dotenv: Dotfiles,
    /// Rules that are milder or harder than by default.
    pub severities: Vec<Override>,
    /// The version of the service, which `removed_in` of an alias may be compared with.
    pub version: Option<semver::Version>,
}

/// The environments in which `.env` files are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dotfiles(pub Environments);

impl Default for Dotfiles {
    fn default() -> Self {
        Self([Environment::Development, Environment::Test].into_iter().collect())
    }
}

/// How many of some variables have a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Together {
    /// The variables.
    pub names: Vec<String>,
    /// How many of them.
    pub count: Count,
}

/// A number of variables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// One, and one only.
    One,
    /// One or more.
    Any,
    /// One at most.
    OneAtMost,
    /// All of them, or none.
    AllOrNone,
}

/// A condition that must hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Demand {
    /// The condition. What it says of variables that are not set is left open, and then it counts as held.
    pub condition: Condition,
    /// What to tell when it does not hold.
    pub message: Option<String>,
}

/// A rule whose severity the schema changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// Where.
    pub environment: Environment,
    /// The code of the rule.
    pub code: String,
    /// How grave it is there.
    pub severity: Severity,
    /// Why: every report shows it.
    pub reason: String,
}

/// One declared variable.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    /// Its canonical name.
    pub name: String,
    /// What its text must be.
    pub kind: Type,
    /// Older names it may still be set under.
    pub aliases: Vec<Alias>,
    /// Where it must have a value. A default counts as one.
    pub required: Environments,
    /// When it must have a value besides.
    pub required_if: Option<Condition>,
    /// Where it must not be set. A default is not looked at.
    pub forbidden: Environments,
    /// What it is when nothing sets it.
    pub default: Defaults,
    /// Whether it must never be shown, whatever its type. `None`: a [`Type::Secret`], and what sounds like a secret, is not.
    pub secret: Option<bool>,
    /// Where it may name this very machine although others are meant in deployed environments.
    pub localhost: Environments,
    /// The least and most characters; of a list, items.
    pub length: crate::Bounds<u32>,
    /// What the whole text must match.
    pub pattern: Option<Pattern>,
    /// A value to show in `.env.example`.
    pub example: Option<String>,
    /// What it is for.
    pub docs: Option<String>,
}

/// What a variable is when nothing sets it: per environment, else for all. `${NAME}` in it is replaced.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Defaults {
    /// In every environment that has none of its own.
    pub everywhere: Option<Secret>,
    /// In single environments.
    pub only: BTreeMap<Environment, Secret>,
}

impl Defaults {
    /// The default in `environment`, and the environment it is meant for when it is not meant for all.
    pub fn of(&self, environment: Environment) -> Option<(&Secret, Option<Environment>)> {
        match self.only.get(&environment) {
            Some(text) => Some((text, Some(environment))),
            None => self.everywhere.as_ref().map(|text| (text, None)),
        }
    }
}

impl Schema {
    /// A schema of these variables, without rules over several.
    pub fn of(variables: impl IntoIterator<Item = Variable>) -> Self {
        Self { variables: variables.into_iter().collect(), ..Self::default() }
    }

    /// The variable `name`, by its canonical name.
    pub fn variable(&self, name: &str) -> Option<&Variable> {
        self.variables.iter().find(|variable| variable.name == name)
    }

    /// The variable one of whose names is `name`, the canonical one's before all others.
    pub fn variable_named(&self, name: &str) -> Option<&Variable> {
        let by_alias =
            || self.variables.iter().find(|variable| variable.aliases.iter().any(|alias| alias.name == name));
        self.variable(name).or_else(by_alias)
    }

    /// Whether `name` is a name of a declared variable.
    pub(crate) fn knows(&self, name: &str) -> bool {
        self.variable_named(name).is_some()
    }

    /// How grave a breach of `rule` is in `environment`.
    pub fn severity(&self, rule: &Rule, environment: Environment) -> Severity {
        self.override_of(rule.code, environment).map_or_else(|| rule.severity(environment), |over| over.severity)
    }

    /// What the schema says of the severity of `code` in `environment`.
    pub fn override_of(&self, code: &str, environment: Environment) -> Option<&Override> {
        // The last one wins, as a later line in a file does.
        self.severities.iter().rev().find(|over| over.environment == environment && over.code == code)
    }

    /// The rule of `code`, of those whose severity may be changed.
    pub fn rule(code: &str) -> Option<&'static Rule> {
        rules::ALL.iter().find(|rule| rule.code == code)
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
            required_if: None,
            forbidden: Environments::NONE,
            default: Defaults::default(),
            secret: None,
            localhost: Environments::NONE,
            length: crate::Bounds::default(),
            pattern: None,
            example: None,
            docs: None,
        }
    }

    /// Adds an older name.
    pub fn alias(mut self, alias: impl Into<Alias>) -> Self {
        self.aliases.push(alias.into());
        self
    }

    /// Sets where it must have a value.
    pub fn required(mut self, required: Environments) -> Self {
        self.required = required;
        self
    }

    /// Sets where it must not be set.
    pub fn forbidden(mut self, forbidden: Environments) -> Self {
        self.forbidden = forbidden;
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
        self.secret = Some(true);
        self
    }

    /// Lets it name this very machine in deployed environments, too.
    pub fn localhost(mut self) -> Self {
        self.localhost = Environments::ALL;
        self
    }

    /// Says what it is for.
    pub fn docs(mut self, docs: impl Into<String>) -> Self {
        self.docs = Some(docs.into());
        self
    }

    /// Whether its value must never be shown: declared so, or named like a password.
    pub fn is_secret(&self) -> bool {
        self.kind == Type::Secret || self.secret.unwrap_or_else(|| sounds_secret(&self.name))
    }

    /// Whether its text is judged as a secret: weak, short, the same twice. A name alone is enough only where it ends like one.
    pub(crate) fn is_judged_as_secret(&self) -> bool {
        let text = matches!(self.kind, Type::String | Type::Secret);
        let declared = self.kind == Type::Secret || self.secret == Some(true);
        text && (declared || (self.is_secret() && ends_like_secret(&self.name)))
    }
}

/// Whether a name is one that passwords go by: a forgotten `type = "secret"` must not print one.
pub fn sounds_secret(name: &str) -> bool {
    let says = |word: &str| ["PASSWORD", "PASSWD", "SECRET"].iter().any(|known| word.eq_ignore_ascii_case(known));
    ends_like_secret(name) || name.split('_').any(says)
}

/// Whether the last word of a name, numbers left out, is one that passwords go by, or ends in one: `PGPASSWORD`, `API_KEY_2`.
fn ends_like_secret(name: &str) -> bool {
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_');
    let last = name.rsplit('_').next().unwrap_or(name);
    let is = |word: &&str| last.eq_ignore_ascii_case(word);
    let ends = |word: &&str| {
        last.len()
            .checked_sub(word.len())
            .is_some_and(|at| last.get(at..).is_some_and(|end| end.eq_ignore_ascii_case(word)))
    };
    ["PASS", "PWD", "KEY", "CREDENTIALS", "DSN"].iter().any(is)
        || ["PASSWORD", "PASSWD", "SECRET", "TOKEN"].iter().any(ends)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_of_the_environment_wins_over_the_general_one() {
        let variable =
            Variable::new("A", Type::String).default("any").default_in(Environment::Development, "mine").default;
        let of = |environment| variable.of(environment).map(|(text, only)| (text.reveal(), only));
        assert_eq!(of(Environment::Development), Some(("mine", Some(Environment::Development))));
        assert_eq!(of(Environment::Staging), Some(("any", None)));
    }

    #[test]
    fn a_password_that_was_not_declared_secret_is_still_one() {
        for (name, secret) in [
            ("DB_PASSWORD", true),
            ("api_token", true),
            ("KEYBOARD", false),
            ("TOKEN_LIFETIME", false),
            ("SECRET_KEY_BASE", true),
            ("PGPASSWORD", true),
            ("API_KEY_2", true),
            ("MONKEY", false),
        ] {
            assert_eq!(Variable::new(name, Type::String).is_secret(), secret, "{name}");
        }
    }

    #[test]
    fn the_schema_may_change_how_grave_a_rule_is_in_one_environment_only() {
        let over = |severity| Override {
            environment: Environment::Staging,
            code: rules::LOCALHOST.code.to_owned(),
            severity,
            reason: "the proxy listens here".into(),
        };
        let schema = Schema { severities: vec![over(Severity::Off), over(Severity::Warning)], ..Schema::default() };
        assert_eq!(schema.severity(&rules::LOCALHOST, Environment::Staging), Severity::Warning);
        assert_eq!(schema.severity(&rules::LOCALHOST, Environment::Production), Severity::Error);
        assert_eq!(schema.severity(&rules::BLANK, Environment::Staging), Severity::Error);
    }
}
