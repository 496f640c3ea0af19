//! From the comparison of code and file to findings with codes and severities.

use bootproof::env::{
    Rule, Schema, Severity,
    audit::{Audit, Declared, Place, Scan, Undeclared, compare},
    rules, sounds_secret,
};
use bootproof_core::Environment;
use bootproof_report::env::{AuditFinding, AuditPlace};
use std::collections::HashSet;

/// The findings whose rule is not off in `environment`, in the order of the codes, and what else is to be told.
pub(super) fn findings(
    scan: &Scan,
    declared: &[Declared],
    schema: &Schema,
    environment: Environment,
) -> (Vec<AuditFinding>, Vec<String>) {
    let mut audit = compare(scan, declared, &sounds_secret);
    let mut notes = aside(&mut audit, declared);
    let mut all = vec![];
    let mut add = |rule: Rule, name: &str, message: String, places: &[Place]| {
        let severity = schema.severity(&rule, environment);
        if severity != Severity::Off {
            let places = places.iter().map(place).collect();
            all.push(AuditFinding {
                code: rule.code,
                severity: severity.as_str(),
                name: name.to_owned(),
                message,
                places,
                action: rule.action,
            });
        }
    };
    for unused in &audit.unused {
        add(rules::UNUSED, &unused.name, unused.to_string(), &unused.tests);
    }
    for undeclared in &audit.undeclared {
        add(rules::UNDECLARED, &undeclared.name, undeclared.to_string(), &undeclared.places);
    }
    for differing in &audit.differing {
        let places: Vec<Place> = differing.in_code.iter().map(|(place, _)| place.clone()).collect();
        add(rules::DEFAULTS_DIFFER, &differing.name, differing.to_string(), &places);
    }
    for rule in [rules::UNUSED, rules::UNDECLARED, rules::DEFAULTS_DIFFER] {
        notes.extend(schema.override_of(rule.code, environment).map(|over| {
            format!(
                "rule {} is `{}` in {}, as the file says: {}",
                over.code,
                over.severity.as_str(),
                over.environment,
                over.reason
            )
        }));
    }
    (all, notes)
}

/// Takes out what is no finding about the service, and tells of it.
fn aside(audit: &mut Audit, declared: &[Declared]) -> Vec<String> {
    let names: HashSet<&str> = declared.iter().map(|own| own.name.as_str()).collect();
    let names_file = |one: &Undeclared| one.name.strip_suffix("_FILE").is_some_and(|base| names.contains(base));
    let mut notes = vec![];
    audit.undeclared.retain(|one| {
        let aside = one.only_in_tests || one.only_at_build;
        if aside {
            notes.push(one.to_string());
        }
        !aside && !names_file(one)
    });
    notes.extend(audit.old_names.iter().map(ToString::to_string));
    if audit.system > 0 {
        notes.push(format!("names that are read and that the system or a tool sets: {}", audit.system));
    }
    notes
}

fn place(place: &Place) -> AuditPlace {
    AuditPlace { file: place.file.display().to_string(), line: place.line }
}
