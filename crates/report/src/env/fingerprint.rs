//! `bootproof env fingerprint`: what two sides hold, without showing it.

use super::{counted, notes, to_json};
use crate::page::{Ink, Page, Style, wide};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The fingerprints of the variables of a service. It is also what `--compare` reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EnvFingerprints {
    /// [`ENV_SCHEMA_VERSION`](super::ENV_SCHEMA_VERSION).
    pub schema_version: u32,
    /// The environment they were made in.
    pub environment: String,
    /// Of the key: when two differ, nothing else can be compared.
    pub key: String,
    /// Of all variables together.
    pub all: String,
    /// Of each declared variable.
    pub variables: Vec<EnvFingerprint>,
    /// The variables that have none, because their values are in error.
    #[serde(default)]
    pub left_out: Vec<String>,
}

/// The fingerprint of a variable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EnvFingerprint {
    /// Its name.
    pub name: String,
    /// Whether it has a value.
    pub set: bool,
    /// The fingerprint.
    pub fingerprint: String,
}

/// What differs between two sides, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EnvComparison {
    /// [`ENV_SCHEMA_VERSION`](super::ENV_SCHEMA_VERSION).
    pub schema_version: u32,
    /// The environments of the earlier side and of this one.
    pub environments: [String; 2],
    /// Whether nothing differs.
    pub same: bool,
    /// Set on both sides, to different values.
    pub differing: Vec<String>,
    /// Set there, and not here.
    pub missing: Vec<String>,
    /// Set here, and not there.
    pub new: Vec<String>,
    /// What could not be compared, because it is in error on one side.
    pub left_out: Vec<String>,
}

impl EnvFingerprints {
    /// The document.
    pub fn json(&self) -> String {
        to_json(self)
    }

    /// The document that [`EnvFingerprints::json`] wrote.
    ///
    /// # Errors
    /// Where it is something else. Holds nothing of the text but field names.
    pub fn read(json: &str) -> Result<Self, String> {
        let read: Self = serde_json::from_str(json).map_err(|error| {
            // What serde_json says may quote a value: a wrong file could hold anything.
            format!(
                "it is no output of `bootproof env fingerprint --format json` (line {}, column {})",
                error.line(),
                error.column()
            )
        })?;
        match read.schema_version {
            super::ENV_SCHEMA_VERSION => Ok(read),
            other => {
                Err(format!("it is of version {other}, and this program knows version {}", super::ENV_SCHEMA_VERSION))
            }
        }
    }

    /// The text.
    pub fn text(&self, style: &Style) -> String {
        let mut page = Page::new(style);
        let name = self.variables.iter().map(|one| wide(&page.clean(&one.name))).max().unwrap_or(0);
        for one in &self.variables {
            let gap = " ".repeat(name - wide(&page.clean(&one.name)) + 2);
            let state = if one.set { "" } else { "  not set" };
            page.line(&[Ink::Bold.on(&one.name), Ink::Plain.on(gap + &one.fingerprint), Ink::Dim.on(state)]);
        }
        page.gap();
        page.line(&[Ink::Dim.on("all "), Ink::Plain.on(&self.all), Ink::Dim.on("  key "), Ink::Plain.on(&self.key)]);
        page.finish()
    }

    /// What differs between `earlier` and this.
    ///
    /// # Errors
    /// When the two were made with different keys.
    pub fn compare(&self, earlier: &Self) -> Result<EnvComparison, String> {
        if self.key != earlier.key {
            return Err("the two were made with different keys, and cannot be compared".to_owned());
        }
        let left_out: BTreeSet<&String> = self.left_out.iter().chain(&earlier.left_out).collect();
        let (was, is) = (earlier.set(&left_out), self.set(&left_out));
        let only = |of: &BTreeMap<&str, &str>, other: &BTreeMap<&str, &str>| -> Vec<String> {
            of.keys().filter(|name| !other.contains_key(*name)).map(|name| (*name).to_owned()).collect()
        };
        let (missing, new) = (only(&was, &is), only(&is, &was));
        let differs = |(name, print): &(&&str, &&str)| was.get(*name).is_some_and(|other| other != *print);
        let differing: Vec<String> = is.iter().filter(differs).map(|(name, _)| (*name).to_owned()).collect();
        let same = missing.is_empty() && new.is_empty() && differing.is_empty() && left_out.is_empty();
        let environments = [earlier.environment.clone(), self.environment.clone()];
        Ok(EnvComparison {
            schema_version: super::ENV_SCHEMA_VERSION,
            environments,
            same,
            differing,
            missing,
            new,
            left_out: left_out.into_iter().cloned().collect(),
        })
    }

    /// The fingerprints of what is set, by name, without those of `left_out`.
    fn set(&self, left_out: &BTreeSet<&String>) -> BTreeMap<&str, &str> {
        let set = self.variables.iter().filter(|one| one.set && !left_out.contains(&one.name));
        set.map(|one| (one.name.as_str(), one.fingerprint.as_str())).collect()
    }
}

impl EnvComparison {
    /// The document.
    pub fn json(&self) -> String {
        to_json(self)
    }

    /// The text.
    pub fn text(&self, style: &Style) -> String {
        let mut page = Page::new(style);
        let groups = [
            ("differs", &self.differing),
            ("missing", &self.missing),
            ("new", &self.new),
            ("not compared", &self.left_out),
        ];
        for (label, names) in groups {
            for name in names {
                page.line(&[Ink::Warn.on(format!("{label:<14}")), Ink::Plain.on(name)]);
            }
        }
        let [earlier, this] = &self.environments;
        let count = [&self.differing, &self.missing, &self.new].iter().map(|names| names.len()).sum();
        let found = if self.same { "the same".to_owned() } else { counted(count, "difference") };
        notes(&mut page, &[format!("{earlier} (earlier) and {this} (now): {found}")]);
        page.finish()
    }
}
