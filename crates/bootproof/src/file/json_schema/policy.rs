//! `[policy.ENVIRONMENT]` with its severities, and `[fixes]`.

use super::words::{PORTS, closed, duration, environments, flag, integer, list_of, needing, one_of, text};
use crate::file::policy::{FIXES, PROOFS};
use bootproof_env::{Rule, Severity, diagnose, rules};
use serde_json::{Map, Value, json};

pub(super) fn policy() -> Value {
    let each = |environment| (environment, one(environment));
    closed("What the file changes about the policy that is built in for an environment.", map(environments().map(each)))
}

fn one(environment: &str) -> Value {
    closed(
        &format!("Overrides in {environment}."),
        json!({
            "graceful": flag("Go on after a failure, so that all are found; else stop at the first of anything required."),
            "robust": flag("Prove what was applied. Default: `true`."),
            "proofs": one_of(&PROOFS.map(|(word, _)| word), "`full`, or `light`: nothing is created on shared servers."),
            "step_timeout": duration("The most a step may take, all attempts and waits included."),
            "budget": duration("The total time of a start. Default: \"30s\"."),
            "retries": integer(0, 100, "Attempts after the first, of what time can cure. Default: 3."),
            "optional": list_of(&FIXES, "Fixes whose failure only degrades the start there."),
            "port_range": port_range(),
            "severity": { "$ref": "#/definitions/severity" },
        }),
    )
}

fn port_range() -> Value {
    json!({
        "anyOf": [{ "const": false }, { "type": "string", "pattern": PORTS }],
        "description": "Where ports without a `range` may move: \"17000-17999\", or `false` for nowhere. Default: a thousand from 17000 in development, 18000 in test, 19000 in staging; in production nowhere.",
    })
}

/// What every environment, and every rule, has alike: it would be most of the schema otherwise.
pub(super) fn definitions() -> Value {
    let level = one_of(&Severity::WORDS.map(|(word, _)| word), "How grave it is there: an `error` stops the start.");
    json!({ "severity": severities(), "level": level, "reason": text("Why. Every report shows it.") })
}

fn severities() -> Value {
    let rule = |rule: &Rule| (rule.code, severity(rule));
    closed("How grave a breach of a rule of the environment is there, by its code.", map(rules::ALL.iter().map(rule)))
}

fn severity(rule: &Rule) -> Value {
    let title = diagnose::CODES.iter().find(|(code, _)| *code == rule.code).map_or("", |(_, title)| title);
    let (home, deployed) = (rule.at_home.as_str(), rule.deployed.as_str());
    let description =
        format!("{title}. Default: `{home}` in development and test, `{deployed}` in staging and production.");
    let properties =
        json!({ "level": { "$ref": "#/definitions/level" }, "reason": { "$ref": "#/definitions/reason" } });
    needing(&["level", "reason"], closed(&description, properties))
}

pub(super) fn fixes() -> Value {
    let switch =
        |id| (id, flag(&format!("`false` switches the fix `{id}` off; the report says that the file did it.")));
    closed("Which of the five fixes run.", map(FIXES.map(switch)))
}

fn map<'k>(entries: impl IntoIterator<Item = (&'k str, Value)>) -> Value {
    entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<Map<_, _>>().into()
}
