//! `[policy.ENVIRONMENT]` and `[fixes]`: what the file changes about an environment's built-in policy.

use super::{
    error::{ProblemKind, Told, suggestion, ticked},
    place::{At, Position},
    section::{Section, type_of},
};
use bootproof_core::{Environment, Proofs};
use bootproof_env::{Override, Schema, Severity, rules};
use std::{ops::RangeInclusive, time::Duration};

/// The ids of the five fixes.
pub const FIXES: [&str; 5] = ["environment", "ports", "database", "tasks", "redis"];

/// How much a proof may do.
pub(super) const PROOFS: [(&str, Proofs); 2] = [("full", Proofs::Full), ("light", Proofs::Light)];

/// `[policy.staging]`: overrides of the built-in policy. What is `None` stays as built in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicySection {
    /// The environment it is for.
    pub environment: Environment,
    /// Where its name stands.
    pub at: Position,
    /// Whether the start goes on after a failure.
    pub graceful: Option<bool>,
    /// Whether fixes are proven.
    pub robust: Option<bool>,
    /// How much a proof may do on shared servers.
    pub proofs: Option<Proofs>,
    /// The most a step may take.
    pub step_timeout: Option<At<Duration>>,
    /// The total time of a start.
    pub budget: Option<At<Duration>>,
    /// Retries after the first attempt.
    pub retries: Option<u32>,
    /// Ids of fixes that are not required there.
    pub optional: Vec<&'static str>,
    /// Where ports without a range of their own may move; the inner `None`: nowhere.
    pub port_range: Option<Option<RangeInclusive<u16>>>,
    /// Rules of the environment that are milder or harder there.
    pub severities: Vec<Override>,
}

/// A line of `[fixes]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FixSwitch {
    /// The fix.
    pub id: &'static str,
    /// Whether it runs.
    pub on: bool,
    /// Where it stands.
    pub at: Position,
}

fn fix_id(word: &str) -> Option<&'static str> {
    FIXES.into_iter().find(|id| *id == word)
}

impl PolicySection {
    pub(super) fn read_all(file: &mut Section<'_>) -> Vec<Self> {
        file.named("policy").into_iter().filter_map(Self::read).collect()
    }

    fn read(mut section: Section<'_>) -> Option<Self> {
        let environment = environment_of(&section);
        let policy = Self {
            environment: environment.unwrap_or(Environment::Development),
            at: section.at,
            graceful: section.bool("graceful"),
            robust: section.bool("robust"),
            proofs: section.one_of("proofs", &PROOFS).map(|p| p.value),
            step_timeout: section.duration("step_timeout"),
            budget: section.duration("budget"),
            retries: section.integer("retries", 0..=100).and_then(|n| u32::try_from(n.value).ok()),
            optional: optional(&mut section),
            port_range: port_range(&mut section),
            severities: environment.map(|environment| severities(&mut section, environment)).unwrap_or_default(),
        };
        section.finish();
        environment.map(|_| policy)
    }
}

fn environment_of(section: &Section<'_>) -> Option<Environment> {
    let environment = section.name.parse().ok();
    if environment.is_none() {
        let known = Environment::ALL.map(Environment::as_str);
        let suggestion = suggestion(&section.name, &known, |name| format!("[policy.{name}]"));
        let text = format!("unknown environment {} in {}{suggestion}", Told(&section.name), section.label());
        section.notes.add(section.at, ProblemKind::Unknown, text);
    }
    environment
}

/// `port_range = "8000-8999"`, or `false`.
fn port_range(section: &mut Section<'_>) -> Option<Option<RangeInclusive<u16>>> {
    const EXPECTED: &str = "two ports such as \"17000-17999\", the lower first, or `false`";
    let value = section.value("port_range")?;
    if value.get_ref().as_bool() == Some(false) {
        return Some(None);
    }
    section.word("port_range", EXPECTED, super::ports::range).map(|range| Some(range.value))
}

fn optional(section: &mut Section<'_>) -> Vec<&'static str> {
    let Some(list) = section.read("optional", "a list of fixes such as [\"redis\"]", |v| v.get_ref().as_array()) else {
        return vec![];
    };
    section.looked_up("optional", list.value, &FIXES, fix_id)
}

/// `[policy.ENVIRONMENT.severity]`: `ENV-021 = { level = "warning", reason = "..." }`.
fn severities(section: &mut Section<'_>, environment: Environment) -> Vec<Override> {
    let Some(table) = section.table("severity") else { return vec![] };
    let codes: Vec<&str> = rules::ALL.iter().map(|rule| rule.code).collect();
    let mut all = vec![];
    for (key, value) in table.entries() {
        let code: &str = key.get_ref();
        if Schema::rule(code).is_none() {
            let suggestion = suggestion(code, &codes, ticked);
            let text = format!("unknown rule {} in {}{suggestion}", Told(code), table.label());
            section.notes.add(section.notes.position(&key.span()), ProblemKind::Unknown, text);
            continue;
        }
        let Some(mut over) = table.item(code, value) else {
            let expected = "a table such as { level = \"warning\", reason = \"...\" }";
            section.note(value, format!("`{code}` in {} must be {expected}, and is {}", table.label(), type_of(value)));
            continue;
        };
        let (level, reason) = (over.one_of("level", &Severity::WORDS), over.text("reason"));
        for (key, there) in
            [("`level`", over.value("level").is_some()), ("`reason`, which every report shows", reason.is_some())]
        {
            if !there {
                over.missing(key);
            }
        }
        over.finish();
        if let (Some(level), Some(reason)) = (level, reason) {
            all.push(Override { environment, code: code.to_owned(), severity: level.value, reason: reason.value });
        }
    }
    all
}

impl FixSwitch {
    pub(super) fn read_all(file: &mut Section<'_>) -> Vec<Self> {
        let Some(section) = file.table("fixes") else { return vec![] };
        let mut switches = vec![];
        for (key, value) in section.entries() {
            let at = section.notes.position(&key.span());
            match (fix_id(key.get_ref()), value.get_ref().as_bool()) {
                (Some(id), Some(on)) => switches.push(Self { id, on, at }),
                (Some(id), None) => {
                    let found = type_of(value);
                    section.note(value, format!("`{id}` in [fixes] must be `true` or `false`, and is {found}"));
                }
                (None, _) => {
                    let suggestion = suggestion(key.get_ref(), &FIXES, ticked);
                    let text = format!("unknown fix {} in [fixes]{suggestion}", Told(key.get_ref()));
                    section.notes.add(at, ProblemKind::Unknown, text);
                }
            }
        }
        switches.sort_by_key(|switch| switch.at);
        switches
    }
}
