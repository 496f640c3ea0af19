//! A problem with one variable, in one line that begins with its code.

use crate::{Rule, Type, Variable};
use std::{fmt, io};

/// A variable and the rule it breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The variable's canonical name.
    pub name: String,
    /// The rule.
    pub rule: Rule,
    /// Where the value came from, when there is one.
    pub source: Option<String>,
    /// The value, for types in which nobody writes a secret (bool, int, port, duration, enum).
    pub value: Option<String>,
}

impl Problem {
    /// `variable` breaks `rule`, whatever its value.
    pub(crate) fn of(variable: &Variable, rule: Rule) -> Self {
        Self { name: variable.name.clone(), rule, source: None, value: None }
    }

    /// `variable` breaks `rule` by the value `text` that came from `source`.
    pub(crate) fn by_value(variable: &Variable, rule: Rule, text: &str, source: &str) -> Self {
        let value = may_be_told(variable, &rule).then(|| text.chars().take(40).collect());
        Self { name: variable.name.clone(), rule, source: Some(source.to_owned()), value }
    }
}

/// Only values of types in which nobody writes a secret, and only where seeing them helps.
fn may_be_told(variable: &Variable, rule: &Rule) -> bool {
    !variable.is_secret()
        && matches!(variable.kind, Type::Bool | Type::Int { .. } | Type::Port | Type::Duration | Type::Enum { .. })
        && matches!(rule, Rule::WrongType { .. } | Rule::OutOfRange { .. } | Rule::NotAmong { .. })
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.rule.code(), self.sentence())?;
        match self.source.as_deref() {
            None | Some("process") => Ok(()),
            Some(source) => write!(f, " (from {source})"),
        }
    }
}

impl Problem {
    /// What is wrong, without code and source: for places that tell these themselves.
    pub fn sentence(&self) -> String {
        let name = &self.name;
        let told = self.value.as_ref().map(|value| format!("is `{value}`"));
        match &self.rule {
            Rule::Missing { environment, aliases } => {
                format!("`{name}` is required in {environment}, and not set{}", nor(aliases))
            }
            Rule::Blank => format!("`{name}` is set, but blank"),
            Rule::WhiteSpace => format!("`{name}` begins or ends with white space"),
            Rule::Placeholder => format!("`{name}` still holds a placeholder"),
            Rule::UnresolvedReference { to } => match to {
                Some(to) => format!("`{name}` refers to `${{{to}}}`, and nothing replaced it"),
                None => format!("`{name}` holds a `${{...}}` reference that nothing replaced"),
            },
            Rule::WrongType { expected } => match told {
                Some(told) => format!("`{name}` {told}, not {expected}"),
                None => format!("`{name}` is not {expected}"),
            },
            Rule::OutOfRange { allowed } => {
                format!("`{name}` {}; it must be {allowed}", told.unwrap_or_else(|| "is out of range".into()))
            }
            Rule::SchemeNotAllowed { found, allowed } => {
                let found = found.map(|scheme| format!(" (`{scheme}`)")).unwrap_or_default();
                format!("`{name}` is a URL of another scheme{found} than {}", either(allowed))
            }
            Rule::NotAmong { allowed, nearest } => {
                let nearest = nearest.as_ref().map(|n| format!("; did you mean `{n}`?")).unwrap_or_default();
                let told = told.unwrap_or_else(|| "is none of its words".into());
                format!("`{name}` {told}; it must be {}{nearest}", either(allowed))
            }
            Rule::NamesDiffer { name, other } => format!("`{name}` and `{other}` are both set, to different values"),
            Rule::FileUnreadable { variable, kind } => {
                format!("`{variable}` names a file that cannot be read: {}", unreadable(*kind))
            }
            Rule::FileAndValue { name, variable } => format!("`{name}` and `{variable}` are both set"),
            Rule::FileEmpty { variable } => format!("`{variable}` names an empty file"),
            Rule::ServiceLink => {
                format!("`{name}` holds a Kubernetes service link, which somebody else's pod put there")
            }
        }
    }
}

fn nor(aliases: &[String]) -> String {
    match aliases {
        [] => String::new(),
        _ => format!(" (nor {})", either(aliases)),
    }
}

/// `` `a`, `b` or `c` ``.
fn either(words: &[String]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, first)) => format!("{} or {last}", first.join(", ")),
        None => String::new(),
    }
}

fn unreadable(kind: io::ErrorKind) -> String {
    match kind {
        io::ErrorKind::NotFound => "there is no such file".into(),
        io::ErrorKind::IsADirectory => "it is a directory".into(),
        io::ErrorKind::InvalidData => "it is not UTF-8 text".into(),
        io::ErrorKind::InvalidInput => "it is not a regular file".into(),
        io::ErrorKind::FileTooLarge => "it is larger than 1 MiB".into(),
        other => other.to_string(),
    }
}
