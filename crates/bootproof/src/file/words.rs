//! The words of the file that several sections share: durations, environments, booleans, numbers, lists.

use super::{
    error::{ProblemKind, Told, suggestion, ticked},
    place::At,
    section::{Section, Value, type_of},
};
use bootproof_core::Environment;
use bootproof_env::{Environments, duration};
use std::{ops::RangeInclusive, time::Duration};
use toml::{
    Spanned,
    de::{DeArray, DeInteger, DeString},
};

const DURATION: &str = "a duration such as \"60s\", \"5m\" or \"500ms\"";

impl<'a> Section<'a> {
    pub(super) fn bool(&mut self, key: &'static str) -> Option<bool> {
        Some(self.read(key, "`true` or `false`", |value| value.get_ref().as_bool())?.value)
    }

    /// A duration of more than nothing.
    pub(super) fn duration(&mut self, key: &'static str) -> Option<At<Duration>> {
        self.word(key, DURATION, |text| duration(text).filter(|length| !length.is_zero()))
    }

    /// A whole number within `allowed`.
    pub(super) fn integer(&mut self, key: &'static str, allowed: RangeInclusive<i64>) -> Option<At<i64>> {
        let number = self.read(key, "a whole number", |value| value.get_ref().as_integer().map(number))?;
        match number.value {
            Some(value) if allowed.contains(&value) => Some(At { value, at: number.at }),
            found => {
                let told = found.map_or("too large".to_owned(), |n| format!("`{n}`"));
                let (least, most) = allowed.into_inner();
                let text = format!("`{key}` in {} is {told}; it must be {least} to {most}", self.label());
                self.bad(number.at, text);
                None
            }
        }
    }

    /// A list of strings, which may be secret. `None` when it is not one; `expected` says what was expected.
    pub(super) fn strings(&mut self, key: &'static str, expected: &str) -> Option<At<Vec<String>>> {
        self.read(key, expected, |value| {
            let items: Option<Vec<String>> =
                value.get_ref().as_array()?.iter().map(|item| item.get_ref().as_str().map(str::to_owned)).collect();
            items
        })
    }

    /// A list of words that are told and looked up: those that `find` does not know are noted with a suggestion.
    pub(super) fn looked_up<T>(
        &self,
        key: &str,
        list: &'a DeArray<'a>,
        known: &[&str],
        find: impl Fn(&str) -> Option<T>,
    ) -> Vec<T> {
        let mut found = vec![];
        for item in list.iter() {
            match item.get_ref().as_str() {
                None => {
                    self.note(
                        item,
                        format!("`{key}` in {} must hold strings, and holds {}", self.label(), type_of(item)),
                    );
                }
                Some(word) => match find(word) {
                    Some(meant) => found.push(meant),
                    None => {
                        let suggestion = suggestion(word, known, ticked);
                        let text =
                            format!("`{key}` in {} holds {}, which is not known{suggestion}", self.label(), Told(word));
                        self.note(item, text);
                    }
                },
            }
        }
        found
    }

    /// `variable = "NAME"`.
    pub(super) fn variable(&mut self) -> Option<At<String>> {
        self.word("variable", "the name of a variable such as \"PORT\"", |text| {
            bootproof_core::is_variable_name(text).then(|| text.to_owned())
        })
    }

    /// `scheme = "http"`: RFC 3986, 3.1.
    pub(super) fn scheme(&mut self) -> Option<At<String>> {
        self.word("scheme", "the scheme of a URL, such as \"http\"", |text| {
            let good = text.starts_with(|c: char| c.is_ascii_alphabetic())
                && text.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
            good.then(|| text.to_ascii_lowercase())
        })
    }

    /// `required = true | false | ["production"]`.
    pub(super) fn required(&mut self) -> Option<Environments> {
        self.environments("required")
    }

    /// `key = true | false | ["production"]`.
    pub(super) fn environments(&mut self, key: &'static str) -> Option<Environments> {
        let value = self.value(key)?;
        if let Some(all) = value.get_ref().as_bool() {
            return Some(Environments::all_when(all));
        }
        let Some(list) = value.get_ref().as_array() else {
            let expected = "`true`, `false` or a list such as [\"production\"]";
            self.note(value, format!("`{key}` in {} must be {expected}, and is {}", self.label(), type_of(value)));
            return None;
        };
        let known = Environment::ALL.map(Environment::as_str);
        Some(self.looked_up(key, list, &known, |word| word.parse().ok()).into_iter().collect())
    }

    /// Whether its own name is one that ids can be made of. Notes it when not.
    pub(super) fn has_good_name(&self) -> bool {
        let good =
            !self.name.is_empty() && self.name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
        if !good {
            let text = format!("{} is not a name: only letters, digits, `_` and `-` are allowed", Told(&self.name));
            self.bad(self.at, text);
        }
        good
    }

    /// Whether its own name can be the name of a variable. Notes it when not.
    pub(super) fn has_variable_name(&self) -> bool {
        let good = bootproof_core::is_variable_name(&self.name);
        if !good {
            let text =
                format!("{} is not the name of a variable: letters, digits and `_`, no digit first", Told(&self.name));
            self.bad(self.at, text);
        }
        good
    }

    /// Notes that `key`, below `table` of this section, is no environment.
    pub(super) fn unknown_environment(&self, key: &Spanned<DeString<'_>>, table: &str) {
        let known = Environment::ALL.map(Environment::as_str);
        let suggestion = suggestion(key.get_ref(), &known, ticked);
        let text = format!("unknown environment {} in `{table}` of {}{suggestion}", Told(key.get_ref()), self.label());
        self.notes.add(self.notes.position(&key.span()), ProblemKind::Unknown, text);
    }
}

fn number(integer: &DeInteger<'_>) -> Option<i64> {
    i64::from_str_radix(integer.as_str(), integer.radix()).ok()
}

/// A scalar, or a list of strings, as the text that a variable would hold.
pub(super) fn as_variable_text(value: &Value<'_>) -> Option<String> {
    let value = value.get_ref();
    let list = || {
        let items: Option<Vec<&str>> = value.as_array()?.iter().map(|item| item.get_ref().as_str()).collect();
        items.map(|items| items.join(","))
    };
    value
        .as_str()
        .map(str::to_owned)
        .or_else(|| value.as_bool().map(|b| b.to_string()))
        .or_else(|| value.as_integer().map(|n| number(n).map_or_else(|| n.to_string(), |n| n.to_string())))
        .or_else(|| value.as_float().map(|n| n.as_str().to_owned()))
        .or_else(list)
}
