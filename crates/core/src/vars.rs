//! Variables: names, values and where each came from.

use crate::{Secret, SecretBuilder};
use std::collections::BTreeMap;

/// A value and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// The text. Every value is kept as a secret: one may turn out to be one.
    pub text: Secret,
    /// Where it came from: `process`, `default.development`, `file /run/secrets/db`.
    pub source: String,
    /// Whether it may be shown: false for declared secrets.
    pub shown: bool,
}

/// An ordered map of variables. The process environment is read once into one of these, by the caller.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vars {
    all: BTreeMap<String, Value>,
    not_text: Vec<String>,
}

impl Vars {
    /// Variables of one `source`, all of them hidden.
    pub fn from_pairs(source: &str, pairs: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>) -> Self {
        let mut vars = Self::default();
        for (name, text) in pairs {
            vars.set(name, Value { text: Secret::new(text), source: source.to_owned(), shown: false });
        }
        vars
    }

    /// Notes that `name` is set to something that is not text, so that it has no value here.
    pub fn set_not_text(&mut self, name: impl Into<String>) {
        self.not_text.push(name.into());
    }

    /// The names that are set to something that is not text.
    pub fn not_text(&self) -> &[String] {
        &self.not_text
    }

    /// Sets or replaces one.
    pub fn set(&mut self, name: impl Into<String>, value: Value) {
        self.all.insert(name.into(), value);
    }

    /// Sets or replaces many, in less time than one by one.
    pub fn set_all(&mut self, values: Vec<(String, Value)>) {
        self.all.append(&mut values.into_iter().collect());
    }

    /// The text of one. Never print it without knowing that it is [`Value::shown`].
    pub fn text(&self, name: &str) -> Option<&str> {
        self.all.get(name).map(|v| v.text.reveal())
    }

    /// One, with its source.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.all.get(name)
    }

    /// All, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.all.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// `template` with each `${NAME}` replaced by its value; `$$` gives `$`. No command is ever executed.
    ///
    /// # Errors
    /// The names that have no value, in order of their appearance.
    pub fn expand(&self, template: &str) -> Result<Secret, Vec<String>> {
        // Grows without leaving copies of the values in freed memory.
        let (mut out, mut missing, mut rest) = (SecretBuilder::default(), vec![], template);
        while let Some(at) = rest.find('$') {
            out.push_str(&rest[..at]);
            rest = &rest[at..];
            if let Some(after) = rest.strip_prefix("$$") {
                out.push('$');
                rest = after;
            } else if let Some((name, after)) = rest.strip_prefix("${").and_then(|r| r.split_once('}')) {
                match self.text(name) {
                    Some(text) => out.push_str(text),
                    None => missing.push(name.to_owned()),
                }
                rest = after;
            } else {
                out.push('$');
                rest = &rest[1..];
            }
        }
        out.push_str(rest);
        if missing.is_empty() { Ok(out.finish()) } else { Err(missing) }
    }
}

/// Whether `text` can be the name of a variable everywhere: letters of ASCII, digits and `_`, no digit first (POSIX, 8.1).
pub fn is_variable_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_replaced_once_and_missing_ones_are_all_named() {
        let vars = Vars::from_pairs("test", [("A", "1"), ("B", "${A}")]);
        assert_eq!(vars.expand("x${A}-${B}$$${A").unwrap().reveal(), "x1-${A}$${A");
        assert_eq!(vars.expand("${X}${A}${Y}").unwrap_err(), ["X", "Y"]);
    }

    #[test]
    fn many_are_set_as_if_one_by_one() {
        let mut vars = Vars::from_pairs("old", [("A", "1"), ("C", "3")]);
        let value = |text: &str| Value { text: Secret::new(text), source: "new".into(), shown: true };
        vars.set_all(vec![("C".into(), value("4")), ("B".into(), value("2")), ("C".into(), value("5"))]);
        let all: Vec<_> = vars.iter().map(|(name, value)| (name, value.text.reveal(), value.source.as_str())).collect();
        assert_eq!(all, [("A", "1", "old"), ("B", "2", "new"), ("C", "5", "new")]);
    }

    #[test]
    fn commands_are_never_executed() {
        let vars = Vars::default();
        assert_eq!(vars.expand("$(id) `id`").unwrap().reveal(), "$(id) `id`");
    }
}
