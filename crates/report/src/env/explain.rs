//! `bootproof env explain NAME`: everything about one variable.

use super::{EnvProblem, HIDDEN, notes, on_one_line, to_json};
use crate::page::{Ink, Page, Style, glue};
use serde::Serialize;

/// Everything about one variable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EnvExplained {
    /// [`ENV_SCHEMA_VERSION`](super::ENV_SCHEMA_VERSION).
    pub schema_version: u32,
    /// The environment in force.
    pub environment: &'static str,
    /// Its canonical name.
    pub name: String,
    /// The older name that was asked for.
    pub asked_for: Option<String>,
    /// Whether it is declared.
    pub declared: bool,
    /// What it is for.
    pub docs: Option<String>,
    /// Whether it has a value.
    pub set: bool,
    /// As much of the value as may be shown.
    pub value: Option<String>,
    /// Whether there is more than that.
    pub hidden: bool,
    /// Where the value came from.
    pub source: Option<String>,
    /// Where it has no value although something is set or defaulted for it: the variable that is to blame, itself or another.
    pub because_of: Option<String>,
    /// What is declared of it, and the rules that speak of it.
    pub facts: Vec<EnvFact>,
    /// Its default here.
    pub default: Option<EnvDefault>,
    /// Its older names.
    pub aliases: Vec<EnvAlias>,
    /// Every place that sets it.
    pub places: Vec<EnvPlace>,
    /// What is wrong with it.
    pub problems: Vec<EnvProblem>,
    /// What else the reader must know.
    pub notes: Vec<String>,
}

/// One thing that is declared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EnvFact {
    /// What about: `type`, `required`, `rule`.
    pub about: &'static str,
    /// In words.
    pub text: String,
}

/// A default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EnvDefault {
    /// The environment it is for; null when it is for all that have none of their own.
    pub environment: Option<&'static str>,
    /// As much of it as may be shown.
    pub value: Option<String>,
}

/// An older name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EnvAlias {
    /// The name.
    pub name: String,
    /// Since when it should no longer be used.
    pub deprecated_since: Option<String>,
    /// The day or version from which it is read no more.
    pub removed_in: Option<String>,
}

/// A place that sets a variable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EnvPlace {
    /// The name that is set there.
    pub name: String,
    /// Where.
    pub source: String,
    /// Whether its value is the one that counts.
    pub wins: bool,
    /// Why, or why not.
    pub why: String,
}

impl EnvExplained {
    /// The document.
    pub fn json(&self) -> String {
        to_json(self)
    }

    /// The text.
    pub fn text(&self, style: &Style) -> String {
        let mut page = Page::new(style);
        let worst = self.problems.iter().find(|problem| problem.is_error()).or(self.problems.first());
        let asked = self.asked_for.as_ref().map(|asked| format!(" (asked for as {asked})")).unwrap_or_default();
        let undeclared = if self.declared { "" } else { ": not declared" };
        let head = format!("{}{undeclared}{asked}", self.name);
        page.fill(&[], worst.map_or(Ink::Bold, EnvProblem::ink), &head);
        fact(&mut page, "docs", self.docs.as_deref().unwrap_or_default());
        self.write_value(&mut page);
        for one in &self.facts {
            fact(&mut page, one.about, &one.text);
        }
        self.write_default(&mut page);
        for alias in &self.aliases {
            fact(&mut page, "alias", &alias.in_words());
        }
        self.write_places(&mut page);
        for problem in &self.problems {
            page.gap();
            problem.write(&mut page);
        }
        notes(&mut page, &self.notes);
        page.finish()
    }

    fn write_value(&self, page: &mut Page<'_>) {
        let value = match (&self.value, self.set) {
            (Some(value), _) => glue(&on_one_line(value)),
            (None, true) if self.declared => HIDDEN.to_owned(),
            (None, true) => "never shown, as it is not declared".to_owned(),
            (None, false) => self.without_value(),
        };
        fact(page, "value", &value);
        fact(page, "source", self.source.as_deref().unwrap_or_default());
    }

    fn without_value(&self) -> String {
        match &self.because_of {
            Some(by) if *by != self.name => {
                format!("none, because of `{by}`: `bootproof env explain {by}` tells more")
            }
            None if self.places.is_empty() => "not set".to_owned(),
            _ => "none that can be used".to_owned(),
        }
    }

    fn write_default(&self, page: &mut Page<'_>) {
        let Some(default) = &self.default else { return };
        let only = default.environment.map(|environment| format!(" (in {environment})")).unwrap_or_default();
        let value = glue(&on_one_line(default.value.as_deref().unwrap_or(HIDDEN)));
        fact(page, "default", &format!("{value}{only}"));
    }

    fn write_places(&self, page: &mut Page<'_>) {
        if self.places.is_empty() {
            return;
        }
        page.heading("set by");
        for place in &self.places {
            let (sign, ink) = if place.wins { ("> ", Ink::Good) } else { ("  ", Ink::Plain) };
            let lead = [ink.on(format!("  {sign}")), ink.on(format!("{} ", place.name)), Ink::Dim.on("in ")];
            page.fill(&lead, Ink::Plain, &format!("{}: {}", place.source, place.why));
        }
    }
}

impl EnvAlias {
    fn in_words(&self) -> String {
        let since = self.deprecated_since.as_ref().map(|since| format!(", old since {since}")).unwrap_or_default();
        let until = self.removed_in.as_ref().map(|until| format!(", gone in {until}")).unwrap_or_default();
        format!("{}{since}{until}", self.name)
    }
}

fn fact(page: &mut Page<'_>, label: &str, text: &str) {
    if !text.is_empty() {
        page.fill(&[Ink::Dim.on(format!("  {label:<10} "))], Ink::Plain, text);
    }
}
