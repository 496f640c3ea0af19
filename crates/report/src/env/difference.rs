//! `bootproof diff ENV ENV`: what differs between two environments.

use super::to_json;
use crate::page::{Ink, Page, Style};
use serde::Serialize;

/// What differs between two environments. What is alike is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// [`ENV_SCHEMA_VERSION`](super::ENV_SCHEMA_VERSION).
    pub schema_version: u32,
    /// The two environments.
    pub environments: [&'static str; 2],
    /// Whether anything differs.
    pub differs: bool,
    /// What is declared otherwise.
    pub declared: Vec<VariableDifference>,
    /// Rules that are graver in one of them.
    pub rules: Vec<RuleDifference>,
    /// Whether .env files are read, when that differs.
    pub dotenv: Option<[bool; 2]>,
    /// What the variables that are set now would come to.
    pub values: Vec<ValueDifference>,
    /// What else the reader must know.
    pub notes: Vec<String>,
}

/// One thing that is declared otherwise of a variable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VariableDifference {
    /// The variable.
    pub name: String,
    /// `required`, `forbidden`, `default` or `localhost`.
    pub what: &'static str,
    /// What it is in the one and the other, in words; of a default that may not be shown, `***`.
    pub sides: [String; 2],
}

/// A rule of two severities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RuleDifference {
    /// Its code.
    pub code: &'static str,
    /// Its title.
    pub title: &'static str,
    /// `off`, `warning` or `error`.
    pub severities: [&'static str; 2],
    /// Why, where the file changes what is built in.
    pub reasons: Vec<String>,
}

/// What one variable would come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ValueDifference {
    /// The variable.
    pub name: String,
    /// Whether both come to the same text.
    pub same: bool,
    /// The one and the other.
    pub sides: [Side; 2],
}

/// What a variable comes to in one environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Side {
    /// Whether it has a value.
    pub set: bool,
    /// The value, when it may be shown.
    pub value: Option<String>,
    /// Where it comes from.
    pub source: Option<String>,
    /// Where it has no value although something is set or defaulted for it: the variable that is to blame, itself or another.
    pub because_of: Option<String>,
    /// The codes of the rules it breaks.
    pub problems: Vec<&'static str>,
}

impl Difference {
    /// The document.
    pub fn json(&self) -> String {
        to_json(self)
    }

    /// The text: a part for each kind of difference.
    pub fn text(&self, style: &Style) -> String {
        let mut page = Page::new(style);
        let [a, b] = self.environments;
        part(&mut page, "declared", !self.declared.is_empty() || self.dotenv.is_some());
        for one in &self.declared {
            page.fill(
                &lead(&one.name),
                Ink::Plain,
                &format!("{}: {} in {a}, {} in {b}", one.what, one.sides[0], one.sides[1]),
            );
        }
        if let Some(read) = self.dotenv {
            let [a_reads, b_reads] = read.map(|read| if read { "read" } else { "not read" });
            page.fill(&lead(".env files"), Ink::Plain, &format!("{a_reads} in {a}, {b_reads} in {b}"));
        }
        part(&mut page, "rules", !self.rules.is_empty());
        for rule in &self.rules {
            let [in_a, in_b] = rule.severities;
            page.fill(&lead(rule.code), Ink::Plain, &format!("{in_a} in {a}, {in_b} in {b}: {}", rule.title));
            rule.reasons.iter().for_each(|reason| page.fill(&lead(""), Ink::Dim, reason));
        }
        part(&mut page, "with the variables as they are now", !self.values.is_empty());
        for value in &self.values {
            let same = if value.same { "the same value; " } else { "" };
            let [in_a, in_b] = [0, 1].map(|side| value.sides[side].told(&value.name));
            page.fill(&lead(&value.name), Ink::Plain, &format!("{same}{in_a} in {a}, {in_b} in {b}"));
        }
        part(&mut page, "notes", !self.notes.is_empty());
        self.notes.iter().for_each(|note| page.fill(&[Ink::Plain.on("  ")], Ink::Plain, note));
        page.gap();
        let summary = if self.differs { "differ" } else { "do not differ" };
        page.fill(&[], Ink::Bold, &format!("{a} and {b} {summary}"));
        page.finish()
    }
}

impl Side {
    fn told(&self, name: &str) -> String {
        let value = match (&self.value, self.set) {
            (Some(value), _) => format!("`{value}`"),
            (None, true) => "set (hidden)".to_owned(),
            (None, false) => match &self.because_of {
                Some(by) if by != name => format!("no value because of `{by}`"),
                Some(_) => "no value".to_owned(),
                None => "unset".to_owned(),
            },
        };
        let source = self.source.as_ref().map(|source| format!(" from {source}")).unwrap_or_default();
        let problems =
            if self.problems.is_empty() { String::new() } else { format!(" [{}]", self.problems.join(", ")) };
        format!("{value}{source}{problems}")
    }
}

fn part(page: &mut Page<'_>, heading: &str, there: bool) {
    if there {
        page.heading(heading);
    }
}

fn lead(name: &str) -> Vec<crate::page::Piece> {
    vec![Ink::Bold.on(format!("  {name}")), Ink::Plain.on("  ")]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_difference_has_its_part() {
        let side = |value: Option<&str>, problems| Side {
            set: value.is_some(),
            value: value.map(str::to_owned),
            source: None,
            because_of: None,
            problems,
        };
        let hidden =
            Side { set: true, value: None, source: Some("process".into()), because_of: None, problems: vec![] };
        let difference = Difference {
            schema_version: crate::env::ENV_SCHEMA_VERSION,
            environments: ["test", "staging"],
            differs: true,
            declared: vec![VariableDifference {
                name: "A".into(),
                what: "required",
                sides: ["no".into(), "yes".into()],
            }],
            rules: vec![RuleDifference {
                code: "ENV-021",
                title: "localhost",
                severities: ["off", "error"],
                reasons: vec!["why".into()],
            }],
            dotenv: Some([true, false]),
            values: vec![
                ValueDifference {
                    name: "A".into(),
                    same: false,
                    sides: [side(Some("x"), vec![]), side(None, vec!["ENV-002"])],
                },
                ValueDifference {
                    name: "C".into(),
                    same: false,
                    sides: [
                        Side { because_of: Some("A".into()), ..side(None, vec![]) },
                        Side { because_of: Some("C".into()), ..side(None, vec!["ENV-006"]) },
                    ],
                },
                ValueDifference { name: "B".into(), same: true, sides: [hidden.clone(), hidden] },
            ],
            notes: vec![],
        };
        let text = difference.text(&Style { width: 120, ..Style::default() });
        let expected = "declared\n  A  required: no in test, yes in staging\n  .env files  read in test, not read in staging\n\nrules\n  \
                        ENV-021  off in test, error in staging: localhost\n    why\n\nwith the variables as they are now\n  A  `x` in test, unset [ENV-002] in staging\n  \
                        C  no value because of `A` in test, no value [ENV-006] in staging\n  \
                        B  the same value; set (hidden) from process in test, set (hidden) from process in staging\n\ntest and staging differ\n";
        assert_eq!(text, expected);
    }
}
