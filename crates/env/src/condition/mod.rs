//! Conditions over variables: `AUTH_MODE == 'oauth' and not DEBUG`, `POOL_MIN <= POOL_MAX`.
//!
//! Read [`Condition`] first. What is said of a variable that is not set is neither true nor false (Kleene's logic): a condition
//! never holds, and is never broken, because of what is not there. `X is set` asks for just that.

mod eval;
mod parse;

use std::fmt;

/// A condition that was parsed. Two are equal when they were written alike.
#[derive(Debug, Clone)]
pub struct Condition {
    source: String,
    tree: Tree,
}

/// What a condition says.
#[derive(Debug, Clone, PartialEq)]
enum Tree {
    Or(Vec<Tree>),
    And(Vec<Tree>),
    Not(Box<Tree>),
    Compare(Operand, Comparison, Operand),
    Among(Operand, Vec<Operand>),
    IsSet(String),
    /// A name alone: set, and not one of the words for false.
    Truth(String),
}

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq)]
enum Operand {
    /// The value of a variable.
    Name(String),
    /// A text in quotes, or a number, size, duration or bool without.
    Text(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// What is wrong with a condition, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConditionError {
    /// The column, from 1, in characters.
    pub column: usize,
    /// What was expected there.
    pub expected: &'static str,
}

impl fmt::Display for ConditionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is expected at column {} of the condition", self.expected, self.column)
    }
}

impl std::error::Error for ConditionError {}

impl Condition {
    /// Parses a condition: `==`, `!=`, `<`, `<=`, `>`, `>=` between names and values, `NAME in ['a', 'b']`, `NAME is set`,
    /// `NAME is not set`, `and`, `or`, `not`, parentheses. Texts stand in quotes of either kind, numbers (`5`, `30s`, `1MiB`), `true` and
    /// `false` do not. A name alone holds when it is set and not false. `ENVIRONMENT` is the environment in force.
    ///
    /// ```
    /// use bootproof_env::Condition;
    /// let condition = Condition::parse("AUTH_MODE == 'oauth' and not DEBUG").unwrap();
    /// let holds = |mode: &str| condition.holds(&|name| (name == "AUTH_MODE").then_some(mode));
    /// assert_eq!(holds("none"), Some(false));
    /// assert_eq!(holds("oauth"), None, "nothing is known of DEBUG");
    /// ```
    ///
    /// # Errors
    /// What is expected, and where.
    pub fn parse(source: &str) -> Result<Self, ConditionError> {
        Ok(Self { source: source.to_owned(), tree: parse::parse(source)? })
    }

    /// As it was written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether it holds for the values that `look_up` gives; `None` when that depends on one that is not set, or when values cannot
    /// be compared (`5s < 3`).
    pub fn holds<'v>(&self, look_up: &dyn Fn(&str) -> Option<&'v str>) -> Option<bool> {
        eval::holds(&self.tree, look_up, &|_| false)
    }

    /// The same where of some variables nobody knows whether they are set.
    pub(crate) fn holds_but<'v>(
        &self,
        look_up: &dyn Fn(&str) -> Option<&'v str>,
        is_unknown: &dyn Fn(&str) -> bool,
    ) -> Option<bool> {
        eval::holds(&self.tree, look_up, is_unknown)
    }

    /// The names it speaks of, in the order of their first appearance.
    pub fn names(&self) -> Vec<&str> {
        let mut names = vec![];
        self.tree.names(&mut names);
        let mut seen = std::collections::HashSet::new();
        names.retain(|name| seen.insert(*name));
        names
    }
}

impl PartialEq for Condition {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl Tree {
    fn names<'a>(&'a self, names: &mut Vec<&'a str>) {
        let mut of = |operand: &'a Operand| {
            if let Operand::Name(name) = operand {
                names.push(name);
            }
        };
        match self {
            Self::Compare(left, _, right) => [left, right].into_iter().for_each(of),
            Self::Among(operand, others) => [operand].into_iter().chain(others).for_each(&mut of),
            Self::IsSet(name) | Self::Truth(name) => names.push(name),
            Self::Or(trees) | Self::And(trees) => trees.iter().for_each(|tree| tree.names(names)),
            Self::Not(tree) => tree.names(names),
        }
    }
}
