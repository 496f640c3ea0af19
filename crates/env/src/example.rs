//! Writes a commented `.env.example` from plain facts about the variables.
//!
//! Read [`example`]: the text is the same for the same items, so writing it again changes nothing. It is itself a `.env`
//! file: a required variable is an assignment, an optional one an assignment in a comment. A secret never has a value.

mod wrap;

use crate::export::{ExportError, Fault, Format, Lines, Sheet, push_value, refuses_name};
use std::collections::BTreeSet;

/// The widest comment line, in characters.
pub const WIDEST: usize = 100;

/// One variable, described. Build it with [`ExampleItem::new`] and set what is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExampleItem {
    /// Its name.
    pub name: String,
    /// Its type in words: `a port`, `one of json, text`.
    pub type_words: String,
    /// Where it is needed in words: `required in staging and production`, `optional`.
    pub required_words: String,
    /// Whether somebody must set it: it is then an assignment, else a comment.
    pub required: bool,
    /// Whether it is a secret: it then has no value, example or default, whatever is given.
    pub secret: bool,
    /// What it is for. Line breaks in it begin paragraphs.
    pub docs: Option<String>,
    /// A value such as it could have.
    pub example: Option<String>,
    /// The value that counts when it is not set.
    pub default: Option<String>,
    /// Older names that are still read.
    pub aliases: Vec<String>,
    /// The heading it stands under.
    pub group: Option<String>,
}

impl ExampleItem {
    /// An optional variable that is no secret, with no more known of it.
    pub fn new(name: impl Into<String>, type_words: impl Into<String>) -> Self {
        Self { name: name.into(), type_words: type_words.into(), required_words: "optional".into(), ..Self::default() }
    }
}

/// The text of a `.env.example`. Items without a group come first, then each group where its first item stands; within a
/// group the order given is kept.
///
/// # Errors
/// Names that a `.env` file cannot hold, and names given twice, all of them.
pub fn example(items: &[ExampleItem]) -> Result<String, ExportError> {
    refuse(items)?;
    let mut text = String::new();
    comment(&mut text, "Copy this file to `.env` and fill it in. Keep `.env` out of version control.");
    for group in groups(items) {
        if let Some(heading) = group {
            text.push('\n');
            comment(&mut text, &format!("--- {heading} ---"));
        }
        for item in items.iter().filter(|item| item.group.as_deref() == group) {
            text.push('\n');
            describe(&mut text, item);
            assign(&mut text, item);
        }
    }
    Ok(text)
}

fn refuse(items: &[ExampleItem]) -> Result<(), ExportError> {
    let mut seen = BTreeSet::new();
    let fault = |item: &ExampleItem| {
        let twice = (!seen.insert(item.name.clone())).then_some("it is given twice");
        refuses_name(&item.name).or(twice).map(|why| Fault { name: item.name.clone(), why })
    };
    let faults: Vec<Fault> = items.iter().filter_map(fault).collect();
    if faults.is_empty() { Ok(()) } else { Err(ExportError::CannotHold { format: Format::Dotenv, faults }) }
}

/// No group first, then the groups in order of appearance.
fn groups(items: &[ExampleItem]) -> Vec<Option<&str>> {
    let mut groups = vec![None];
    for group in items.iter().map(|item| item.group.as_deref()) {
        if !groups.contains(&group) {
            groups.push(group);
        }
    }
    groups
}

fn describe(text: &mut String, item: &ExampleItem) {
    comment(text, item.docs.as_deref().unwrap_or_default());
    let kind: Vec<&str> =
        [item.type_words.as_str(), &item.required_words].into_iter().filter(|words| !words.is_empty()).collect();
    comment(text, &kind.join("; "));
    if item.secret {
        comment(text, "A secret: never commit its value.");
    }
    if let Some(default) = public(item, item.default.as_deref()) {
        comment(text, &format!("Default: {default}"));
    }
    if let Some(example) = public(item, item.example.as_deref()) {
        comment(text, &format!("Example: {example}"));
    }
    if !item.aliases.is_empty() {
        comment(text, &format!("Also read as {}.", item.aliases.join(", ")));
    }
}

/// A value as it would stand behind the `=`; `None` for a secret.
fn public(item: &ExampleItem, value: Option<&str>) -> Option<String> {
    let value = value.filter(|value| !item.secret && !value.is_empty() && !value.contains('\0'))?;
    let mut sheet = Sheet::default();
    push_value(&mut sheet, value, Lines::One);
    Some(sheet.as_str().to_owned())
}

/// A required variable is given its example, an optional one its default or else its example, in a comment.
fn assign(text: &mut String, item: &ExampleItem) {
    let (first, second) = if item.required { (&item.example, &item.default) } else { (&item.default, &item.example) };
    let value = public(item, first.as_deref()).or_else(|| public(item, second.as_deref())).unwrap_or_default();
    let mark = if item.required { "" } else { "# " };
    text.push_str(&format!("{mark}{}={value}\n", item.name));
}

/// Comment lines of [`WIDEST`] characters at most, unless one word is longer. Blank paragraphs are left out.
fn comment(text: &mut String, words: &str) {
    for line in wrap::wrap(words, WIDEST - 2) {
        text.push_str(&format!("# {line}\n"));
    }
}

#[cfg(test)]
#[path = "example_tests.rs"]
mod tests;
